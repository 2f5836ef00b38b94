/** A release, or a whole cluster, of which nothing could be seen: a row among others, with the reason, and not the end of the run. */
import { resolveNames } from '../contract/names.js';
import { resolveContract } from '../contract/resolve.js';
import { unread } from '../evidence/observed.js';
import { sanitizeLine } from '../evidence/sanitize.js';
import { shellFor, type Release, type SessionFlags } from './release.js';

/**
 * @param namespace as it was asked for; undefined: the whole cluster
 * @param why one sentence
 */
export async function unknownRelease(
  flags: SessionFlags,
  namespace: string | undefined,
  why: string,
): Promise<Release> {
  const [line = ''] = why.split('\n');
  const gap = unread('failed', sanitizeLine(line));
  const none = { deployments: undefined, services: undefined, configMaps: undefined, secrets: undefined };
  const { release, deployment } = flags;
  const resolution = resolveNames({
    ...none,
    namespace: namespace ?? '-',
    releases: undefined,
    release: release ?? deployment,
  });
  // Without any list the names of the contract are taken, which is always possible.
  if (!resolution.ok) throw new Error(resolution.problem.message);
  const [names] = resolution.targets;
  if (names === undefined) throw new Error('no names');
  const target = {
    context: sanitizeLine(flags.context ?? '-'),
    server: '',
    namespace: namespace ?? '-',
    ...names,
  };
  const resolved = await resolveContract({
    helmRelease: undefined,
    valuesFiles: flags.values ?? [],
    contractFile: flags.contract,
    sets: flags.set ?? [],
  });
  return {
    target,
    contract: resolved.contract,
    resolved,
    notices: [sanitizeLine(line)],
    unremoved: () => [],
    observe: () => ({ read: () => Promise.resolve(gap), close: () => Promise.resolve() }),
    now: () => Date.now(),
    shell: shellFor(flags, target),
    recorder: undefined,
    replayed: undefined,
  };
}
