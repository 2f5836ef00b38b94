/** Several clusters, or a list of releases, in one session: what cannot be seen is a row, and does not end the run. */
import { mapLimited } from '../evidence/concurrency.js';
import { allOf } from '../evidence/redaction.js';
import type { Listed } from './releases-file.js';
import type { Session, SessionFlags } from './release.js';
import { isInShard } from './shard.js';
import { unknownRelease } from './unknown-release.js';
import { UsageError } from './usage-error.js';

/** Clusters that are asked at a time. */
const CONCURRENT_CLUSTERS = 4;

type Open = (flags: SessionFlags, signal: AbortSignal) => Promise<Session>;

/**
 * @param open one cluster
 * @throws UsageError, ContractError, KubeconfigError for what is wrong before any cluster is asked
 */
export async function openFleet(flags: SessionFlags, open: Open, signal: AbortSignal): Promise<Session> {
  const { parts, found } =
    flags['releases-from'] === undefined ? ofContexts(flags) : await ofFile(flags, flags['releases-from']);
  const opened: Session[] = [];
  try {
    await mapLimited(parts, CONCURRENT_CLUSTERS, async (part, index) => {
      opened[index] = await openPart(part, open, signal);
    });
  } catch (error) {
    // Of those that are not open yet the array has nothing.
    await Promise.all(opened.map((session) => session.close()));
    throw error;
  }
  return {
    releases: opened.flatMap(({ releases }) => releases),
    found: found ?? opened.reduce((sum, each) => sum + (each.found ?? each.releases.length), 0),
    redactor: allOf(opened.map(({ redactor }) => redactor)),
    close: async () => {
      for (const session of opened) await session.close();
    },
  };
}

function ofContexts(flags: SessionFlags): { parts: SessionFlags[]; found: undefined } {
  const contexts = flags.contexts ?? [];
  const twice = contexts.find((each, index) => contexts.indexOf(each) !== index);
  if (twice !== undefined) throw new UsageError(`--contexts names ${JSON.stringify(twice)} twice`);
  if (contexts.some((each) => each.trim() === ''))
    throw new UsageError('--contexts: the name of a context is empty');
  const each = { ...flags, contexts: undefined, 'all-releases': true };
  return { parts: contexts.map((context) => ({ ...each, context })), found: undefined };
}

/** The releases of each context that are of this shard. */
async function ofFile(flags: SessionFlags, file: string): Promise<{ parts: SessionFlags[]; found: number }> {
  const { readReleasesFile } = await import('./releases-file.js');
  const all = await readReleasesFile(file);
  const byContext = new Map<string | undefined, Listed[]>();
  for (const each of all) {
    const { context = flags.context, namespace, release, deployment } = each;
    const identity = { context: context ?? '', namespace, name: release ?? deployment ?? '' };
    if (!isInShard(identity, flags.shard)) continue;
    byContext.set(context, [...(byContext.get(context) ?? []), each]);
  }
  const parts = [...byContext].map(([context, listed]) => ({
    ...flags,
    'releases-from': undefined,
    shard: undefined,
    context,
    listed,
  }));
  return { parts, found: all.length };
}

/** What the cluster says no to, or does not answer, is one row. @throws KubeconfigError, ContractError */
async function openPart(flags: SessionFlags, open: Open, signal: AbortSignal): Promise<Session> {
  try {
    return await open(flags, signal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const namespace = flags['all-namespaces'] ? undefined : flags.namespace;
    const release = await unknownRelease(flags, namespace, error.message);
    return { releases: [release], redactor: allOf([]), close: () => Promise.resolve() };
  }
}
