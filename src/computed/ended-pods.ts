/** Pods that the kubelet ended, or never took, lately: their ReplicaSet replaces them, and the next one ends the same way. */
import type { CheckContext } from '../rule/context.js';
import type { KubernetesEvent, Pod } from '../evidence/objects.js';
import { POD_ENDS, type PodEndMeaning } from '../vocabulary/pod-end.js';
import { disruption, isTerminating } from '../kube/pod-state.js';
import { madeAt } from '../text-order.js';
import { eventsOf } from './events-of.js';

/** Milliseconds in which a pod's end is more than history, as in the check pods/restarts. */
const RECENT_MS = 10 * 60 * 1000;

/**
 * It ended lately: by the time that its condition gives, else by when it was made, as what a node does not take ends at once.
 * @param now milliseconds since the epoch
 */
export function hasEndedLately(pod: Pod, now: number): boolean {
  return !(now - Date.parse(disruption(pod)?.lastTransitionTime ?? madeAt(pod)) > RECENT_MS);
}

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
  /** JSON path in the pod, where its status does. */
  field: string;
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
 * writes phase Succeeded over it, and only its event Evicted and the condition DisruptionTarget are left. The condition is there
 * before the containers end, too.
 */
export function podEnd(pod: Pod, events: readonly KubernetesEvent[]): PodEnd | undefined {
  const { phase, reason, message = '' } = pod.status ?? {};
  const byCondition = endByCondition(pod);
  if (phase !== 'Failed' && phase !== 'Succeeded') {
    const refusal = phase === 'Running' ? undefined : eventsOf(events, pod.metadata).findLast(isRefusal);
    if (refusal)
      return { reason: refusal.reason ?? '', message: refusal.message ?? '', event: refusal, field: '' };
    return isTerminating(pod) ? undefined : byCondition;
  }
  if (reason) return { reason, message, event: undefined, field: 'status.message' };
  const event = eventsOf(events, pod.metadata).findLast((each) => each.reason === 'Evicted');
  return event ? { reason: 'Evicted', message: event.message ?? '', event, field: '' } : byCondition;
}

/** Who ends pods without being asked to: what the eviction API and the scheduler do to them, somebody has asked for. */
const ENDED_BY = ['TerminationByKubelet', 'DeletionByPodGC'];

function endByCondition(pod: Pod): PodEnd | undefined {
  const { reason = '', message = '' } = disruption(pod) ?? {};
  if (!ENDED_BY.includes(reason)) return undefined;
  return { reason, message, event: undefined, field: "status.conditions[type='DisruptionTarget'].message" };
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
      const end = hasEndedLately(pod, now) ? podEnd(pod, events) : undefined;
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
