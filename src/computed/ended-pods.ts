/** Pods that the kubelet ended, or never took, lately: their ReplicaSet replaces them, and the next one ends the same way. */
import type { CheckContext } from '../rule/context.js';
import type { KubernetesEvent, Pod } from '../evidence/objects.js';
import { POD_ENDS, type PodEndMeaning } from '../vocabulary/pod-end.js';
import { eventsOf } from './events-of.js';

/** Milliseconds since a pod's creation in which its end is more than history, as in the check pods/restarts. */
const RECENT_MS = 10 * 60 * 1000;

export interface EndedPods {
  means: PodEndMeaning;
  /** Of the newest of them. */
  reason: string;
  message: string;
  /** Newest first. */
  pods: [Pod, ...Pod[]];
}

/** Why the kubelet ended a pod. */
export interface PodEnd {
  reason: string;
  message: string;
  /** What says so, where the pod's own status does not. */
  event: KubernetesEvent | undefined;
}

/** The node does not take the pod. Its kubelet says so in an event before it does in the pod's status. */
export function isRefusal({ type, reason = '', message = '' }: KubernetesEvent): boolean {
  return type === 'Warning' && meaningOf(`${reason}: ${message}`) === 'rejected';
}

function meaningOf(end: string): PodEndMeaning | undefined {
  return POD_ENDS.find(({ says }) => says.test(end))?.means;
}

/**
 * Why the kubelet ended a pod, or did not take it; undefined for one that goes on, or whose containers ended by themselves.
 * Containers that end well when they are asked to, as uvicorn's do, take the reason away with them: the kubelet then
 * writes phase Succeeded over it, and only its event Evicted is left.
 */
export function podEnd(pod: Pod, events: readonly KubernetesEvent[]): PodEnd | undefined {
  const { phase, reason, message = '' } = pod.status ?? {};
  if (phase !== 'Failed' && phase !== 'Succeeded') {
    const refusal = phase === 'Running' ? undefined : eventsOf(events, pod.metadata).findLast(isRefusal);
    return refusal && { reason: refusal.reason ?? '', message: refusal.message ?? '', event: refusal };
  }
  if (reason) return { reason, message, event: undefined };
  const event = eventsOf(events, pod.metadata).findLast((each) => each.reason === 'Evicted');
  return event && { reason: 'Evicted', message: event.message ?? '', event };
}

/** By what their ends mean; pods whose containers ended by themselves are none of these. */
export function endedPods(
  pods: readonly Pod[],
  events: readonly KubernetesEvent[],
  { now }: Pick<CheckContext, 'now'>,
): EndedPods[] {
  const recent = pods
    .flatMap((pod) => {
      const created = Date.parse(pod.metadata.creationTimestamp ?? '');
      const end = now - created > RECENT_MS ? undefined : podEnd(pod, events);
      return end ? [{ pod, created, end }] : [];
    })
    .sort((a, b) => b.created - a.created);
  const groups = new Map<PodEndMeaning, EndedPods>();
  for (const { pod, end } of recent) {
    const { reason, message } = end;
    const means = meaningOf(`${reason}: ${message}`) ?? 'rejected';
    const group = groups.get(means);
    if (group) group.pods.push(pod);
    else groups.set(means, { means, reason, message, pods: [pod] });
  }
  return [...groups.values()];
}
