/** What ends again and again: it is down at the next look, whatever the moment of this one shows. */
import type { ContainerStatus, Pod } from '../evidence/objects.js';
import { STABLE_MS } from '../kube/pod-containers.js';
import { isActive, isReady } from '../kube/pod-state.js';
import { byText, madeAt } from '../text-order.js';
import { STOP_SIGNALS } from '../vocabulary/signals.js';

/** Milliseconds of a run that say nothing yet of how it goes on. */
const JUST_STARTED_MS = 10_000;

/**
 * A container that ended a moment ago and was started again. One restart by which the kubelet acted on a probe (by a signal, or in
 * peace) is for the probe to say; from the second on the kubelet waits longer and longer before each start, and whether it waits or
 * the container runs is chance.
 * @param now milliseconds since the epoch
 */
export function isLooping(
  { restartCount, state, lastState }: ContainerStatus,
  isPodReady: boolean,
  now: number,
): boolean {
  const ended = lastState?.terminated;
  if (!ended || restartCount === 0 || now - Date.parse(ended.finishedAt ?? '') > STABLE_MS) return false;
  const wasTold = ended.exitCode === 0 || STOP_SIGNALS[ended.exitCode] !== undefined;
  if (wasTold && ended.reason !== 'OOMKilled' && restartCount < 2) return false;
  const isNew = now - Date.parse(state?.running?.startedAt ?? '') < JUST_STARTED_MS;
  return !isPodReady || (restartCount > 1 && isNew);
}

/**
 * Pods of the newest revision that a node refused, or ended, lately, while none of that revision is ready: the next one meets the
 * same.
 * @param now milliseconds since the epoch
 */
export function endedAgain(pods: readonly Pod[], now: number): ReadonlySet<Pod> {
  const newest = pods.reduce<Pod | undefined>(
    (last, pod) => (last === undefined || byText(madeAt(pod), madeAt(last)) > 0 ? pod : last),
    undefined,
  );
  const revision = newest && revisionOf(newest);
  const own = revision === undefined ? [] : pods.filter((pod) => revisionOf(pod) === revision);
  if (own.some((pod) => isActive(pod) && isReady(pod))) return new Set();
  return new Set(
    own.filter((pod) => pod.status?.phase === 'Failed' && now - Date.parse(madeAt(pod)) < STABLE_MS),
  );
}

function revisionOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.['pod-template-hash'];
}
