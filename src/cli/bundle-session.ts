/** A session whose evidence comes from a bundle: nothing is connected to, nothing is observed anew. */
import type { ContractSources } from '../contract/resolve.js';
import { resolveContract } from '../contract/resolve.js';
import { openBundle } from '../evidence/bundle/bundle-reader.js';
import { createRedactor } from '../evidence/redaction.js';
import type { Session, SessionFlags } from './session.js';

/**
 * The recorded contract holds, unless --values, --contract or --set lay something over it.
 * @throws BundleError, ContractError
 */
export async function openBundleSession(
  file: string,
  flags: Pick<SessionFlags, 'values' | 'contract' | 'set'>,
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
        recorder: undefined,
        replayed: {
          ...run,
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
