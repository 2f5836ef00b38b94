/**
 * The contract's own load run, made again where what failed can be put down to a change that was still settling (endpoints
 * and nodes hear of a pod that came or went a moment later), or to chance. What counts is the last run, and the facts say
 * that there was one before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FactContext } from '../evidence/fact-context.js';
import { KubernetesError } from '../evidence/kubernetes/client.js';
import type { DistributionFacts } from '../evidence/load-facts.js';
import type { Pod } from '../evidence/objects.js';
import { Unreadable } from '../evidence/observed.js';
import { secondLook } from '../computed/load-assessment.js';
import { areUnanswered, tallyWords } from '../computed/load-tally.js';
import { FRESH_MS, isFresh, readyFor } from '../computed/own-time.js';
import { isActive, isReady } from '../kube/pod-state.js';
import { measureLoad } from './measure.js';
import { podsNow } from './members.js';
import type { LoadPlan } from './plan.js';

/** Milliseconds to wait at least and at most; a run as a whole has half a minute. */
const WAIT_MS = { least: 1000, most: 10_000 };

/** A run that counts as it is. @throws KubernetesError, Unreadable when the pods cannot be listed */
export function measureOnce(context: FactContext, plan: LoadPlan): Promise<DistributionFacts> {
  return measureLoad(context, plan);
}

/**
 * The contract's own run: once more where pods had just come or gone, and once more where its few requests do not look evenly
 * spread, which chance may account for.
 * @throws KubernetesError, Unreadable when the pods cannot be listed
 */
export async function measureSettled(context: FactContext, plan: LoadPlan): Promise<DistributionFacts> {
  const settled = await afterSettling(context, plan, await measureLoad(context, plan));
  const { route } = await context.transport();
  const look = secondLook(settled, route, context.contract.loadBalancing.confidence);
  if (look === undefined) return settled;
  const { requests, because } = look;
  return repeated(context, { ...plan, requests }, settled, { afterMs: 0, because, chance: true });
}

async function afterSettling(
  context: FactContext,
  plan: LoadPlan,
  first: DistributionFacts,
): Promise<DistributionFacts> {
  const pods = await context.read('pods');
  // As long as a pod is not ready the spread is not judged.
  if (!areAllReady(pods)) return first;
  const now = Date.now();
  const ageMs = sinceChange(first, pods, now);
  const because = ageMs === undefined ? undefined : troubleOf(first, pods, now);
  if (ageMs === undefined || because === undefined) return first;
  const afterMs = Math.round(Math.min(Math.max(FRESH_MS - ageMs, WAIT_MS.least), WAIT_MS.most));
  await sleep(afterMs, undefined, { signal: context.signal });
  return repeated(context, plan, first, { afterMs, because });
}

/** The run made again; the one before where that cannot be, or where pods have begun to go meanwhile: it would meet the same. */
async function repeated(
  context: FactContext,
  plan: LoadPlan,
  before: DistributionFacts,
  again: NonNullable<DistributionFacts['again']>,
): Promise<DistributionFacts> {
  try {
    const pods = await podsNow(context, new Set());
    return pods === undefined || areAllReady(pods)
      ? { ...(await measureLoad(context, plan, pods)), again }
      : before;
  } catch (error) {
    if (error instanceof KubernetesError || error instanceof Unreadable) return before;
    throw error;
  }
}

function areAllReady(pods: readonly Pod[]): boolean {
  const active = pods.filter(isActive);
  return active.length > 0 && active.every(isReady);
}

/** What went wrong, where all of it may pass by itself. */
function troubleOf(
  { problems, completed, flaws = [], pods: loads }: DistributionFacts,
  pods: readonly Pod[],
  now: number,
): string | undefined {
  if (problems.length > 0) {
    return areUnanswered(problems) ? `of ${completed} requests ${tallyWords(problems)}` : undefined;
  }
  if (flaws.length > 0) return `of ${completed} requests ${tallyWords(flaws)}`;
  const fresh = new Set(pods.filter((pod) => isFresh(pod, { now })).map(({ metadata }) => metadata.name));
  const isServed = loads.some(({ requests }) => requests > 0);
  const without = loads.filter(({ pod, requests }) => requests === 0 && fresh.has(pod));
  return isServed && without.length > 0
    ? `none of ${completed} requests reached ${without.map(({ pod }) => pod).join(', ')}`
    : undefined;
}

/** Milliseconds since a pod came or went; undefined where that is too long ago to matter. */
function sinceChange({ changes }: DistributionFacts, pods: readonly Pod[], now: number): number | undefined {
  if (changes.length > 0) return 0;
  const ages = pods.map((pod) => {
    const { deletionTimestamp } = pod.metadata;
    return deletionTimestamp === undefined
      ? readyFor(pod, now)
      : Math.max(0, now - Date.parse(deletionTimestamp));
  });
  const age = Math.min(...ages);
  return age < FRESH_MS ? age : undefined;
}
