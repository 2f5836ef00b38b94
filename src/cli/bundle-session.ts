/** A session whose evidence comes from a bundle: nothing is connected to, nothing is observed again. */
import path from 'node:path';
import { elapsed } from '../kube/pod-state.js';
import type { ContractSources } from '../contract/resolve.js';
import { resolveContract } from '../contract/resolve.js';
import { openBundle } from '../evidence/bundle/bundle-reader.js';
import { createRedactor } from '../evidence/redaction.js';
import type { Target } from '../contract/target.js';
import type { Shell } from '../rule/command.js';
import { targetArguments } from './command-line.js';
import { bundleArguments } from './following.js';
import type { Session, SessionFlags } from './release.js';

/**
 * The recorded contract holds, unless --values, --contract or --set lay something over it.
 * @throws BundleError, ContractError
 */
export async function openBundleSession(
  file: string,
  flags: Pick<SessionFlags, 'values' | 'contract' | 'set' | 'defaults'>,
): Promise<Session> {
  const { manifest, reader } = await openBundle(file);
  const base: ContractSources['base'] = {
    contract: manifest.contract,
    origins: new Map(Object.entries(manifest.origins)) as NonNullable<ContractSources['base']>['origins'],
  };
  const resolved = await resolveContract({
    base,
    valuesFiles: flags.values ?? [],
    contractFile: flags.contract,
    sets: flags.set ?? [],
  });
  const { startedAt, finishedAt, judgedAt, run, pseudonymized } = manifest;
  return {
    releases: [
      {
        target: manifest.target,
        contract: resolved.contract,
        resolved,
        notices: [...manifest.notices, ...resolved.notices],
        unremoved: () => [],
        observe: () => reader,
        now: () => Date.parse(judgedAt),
        shell: {
          ...shellFor(manifest.target, run.options.target),
          // A load run keeps nothing of what doctor reads.
          bundle: run.command === 'loadbalance' ? undefined : bundleArguments(file, flags),
        },
        recorder: undefined,
        defaults: flags.defaults ?? [],
        replayed: {
          ...run,
          source: {
            bundle: path.basename(file),
            recordedAt: startedAt,
            by: run.command,
            age: elapsed(Math.max(0, (Date.now() - Date.parse(startedAt)) / 1000)),
          },
          startedAt: Date.parse(startedAt),
          finishedAt: Date.parse(finishedAt),
          pseudonymized,
        },
      },
    ],
    redactor: createRedactor(),
    close: () => Promise.resolve(),
  };
}

/**
 * A bundle may be about any cluster, so every line names the one that was recorded, and its namespace. The recorder's
 * kubeconfig is a file of another machine.
 * @param recorded the options that the recorded command was given
 */
function shellFor({ context, namespace }: Target, recorded: Readonly<Record<string, string>> = {}): Shell {
  const given = Object.fromEntries(Object.entries(recorded).filter(([name]) => name !== 'kubeconfig'));
  const named = context === 'in-cluster' ? undefined : context;
  const own = given.lab === undefined ? { ...(named !== undefined && { context: named }), namespace } : {};
  const words = targetArguments({ ...own, ...given });
  return { context: named, own: { doctor: words, loadbalance: words, verify: words } };
}
