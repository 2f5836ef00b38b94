/** Which pods are looked into where there are too many: their logs are read, and programs are run in them. */
import { grouped } from '../../computed/memo.js';
import { byText, madeAt } from '../../text-order.js';
import { unread, type Unread } from '../observed.js';
import type { Pod } from '../objects.js';

/** Pods that are looked into; of the others it is said that they were not. */
export const MAX_PODS = 20;

/** Calls to kubelets at a time. */
export const CONCURRENT_PODS = 6;

export function newestFirst(pods: readonly Pod[]): Pod[] {
  return [...pods].sort((a, b) => byText(madeAt(b), madeAt(a)) || byText(a.metadata.name, b.metadata.name));
}

/**
 * All pods, those first that are looked into: where there are too many, those that are in trouble, then the newest of each
 * node in turn, as what is wrong with a node is wrong for its pods alone.
 */
export function chosenFirst(pods: readonly Pod[]): Pod[] {
  const newest = newestFirst(pods);
  if (newest.length <= MAX_PODS) return newest;
  const troubled = newest.filter(isTroubled);
  const others = newest.filter((pod) => !isTroubled(pod));
  const nodes = [...grouped(others, ({ spec }) => spec.nodeName ?? '').values()];
  const longest = nodes.reduce((most, { length }) => Math.max(most, length), 0);
  const inTurn = Array.from({ length: longest }, (_, turn) => nodes.flatMap((here) => here[turn] ?? []));
  return [...troubled, ...inTurn.flat()];
}

/** It is not ready, or one of its containers was started again. */
function isTroubled({ status }: Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const restarted = status?.containerStatuses?.some(({ restartCount }) => restartCount > 0);
  return ready?.status !== 'True' || restarted === true;
}

/** @param count pods that there are */
export function notSampled(count: number): Unread {
  return unread('not-sampled', `${MAX_PODS} of ${count} pods are looked into, and this is not one of them`);
}
