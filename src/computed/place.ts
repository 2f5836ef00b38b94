/**
 * Pods that go, and the place on their nodes that they give back: without a surge, or on nodes that are full, a pod of the next
 * revision waits for it, and the scheduler says so of every node meanwhile.
 */
import { addRequests, NO_REQUESTS, requestsOfPod, type Requests } from '../kube/pod-requests.js';
import { eventTime } from '../kube/events.js';
import { isActive, isTerminating } from '../kube/pod-state.js';
import type { KubernetesEvent, Pod } from '../evidence/objects.js';
import { preemptionBehind } from './preemption.js';
import { parseSchedulerMessage, type SchedulerReason } from './scheduler-answer.js';

/** Milliseconds after a change in which a node may still send requests to a pod that has ended. */
export const SETTLING_MS = 30_000;
/** Milliseconds from the time that a pod is ended to the scheduler's next try: the default grace period, and its back-off. */
const GONE_MS = 45_000;

/** A pod ends. One that should have been gone for long is stuck, and no endpoint any more. */
export function isLeaving(pod: Pod, now: number): boolean {
  // The time at which a pod is to be gone at the latest: its grace period is over then.
  return isTerminating(pod) && now - Date.parse(pod.metadata.deletionTimestamp ?? '') < SETTLING_MS;
}

/**
 * No node takes the pod, and for no other reason than what a pod of the same application is about to give back, or has given back
 * a moment ago: CPU, memory, one of the node's pods, a host port, a place of its own.
 * @param message the scheduler's
 * @param events undefined: they could not be read
 */
export function waitsForPlace(
  pod: Pod,
  message: string,
  pods: readonly Pod[],
  events: readonly KubernetesEvent[] | undefined,
  now: number,
): boolean {
  const answer = parseSchedulerMessage(message);
  const reasons = (answer?.reasons ?? []).filter(isGivenBack);
  if (answer === undefined || reasons.length === 0) return false;
  // What it gave back was taken at once, by the pod that it made room for.
  if (preemptionBehind(pod, pods, events) !== undefined) return false;
  const others = pods.filter((each) => each !== pod && each.spec.nodeName !== undefined);
  const leaving = others.filter((each) => isLeaving(each, now));
  if (leaving.length > 0) {
    const back = leaving.map(({ spec }) => requestsOfPod(spec)).reduce(addRequests, NO_REQUESTS);
    return fits(pod, back, reasons);
  }
  // A port or a place of its own is not given back where another pod that stays has it on every node.
  const taken = new Set(others.filter(isActive).map(({ spec }) => spec.nodeName));
  if (reasons.some(isOfPlace) && taken.size >= answer.total) return false;
  // What has gone is not there to be asked: its siblings ask for as much.
  return (
    (events ?? []).some((event) => isEndOfSibling(event, pod, now)) &&
    others.some(({ spec }) => fits(pod, requestsOfPod(spec), reasons))
  );
}

function isGivenBack(reason: SchedulerReason): boolean {
  const { cause } = reason;
  return (
    cause === 'scheduling/insufficient-cpu' ||
    cause === 'scheduling/insufficient-memory' ||
    cause === 'scheduling/too-many-pods' ||
    isOfPlace(reason)
  );
}

/** A node has room for one such pod only. */
function isOfPlace({ cause, text }: SchedulerReason): boolean {
  return cause === 'scheduling/pod-affinity' || text.includes('free ports');
}

function fits({ spec }: Pod, back: Requests, reasons: readonly SchedulerReason[]): boolean {
  const wanted = requestsOfPod(spec);
  const lacks = (cause: SchedulerReason['cause']) => reasons.some((each) => each.cause === cause);
  return (
    !(lacks('scheduling/insufficient-cpu') && wanted.cpuMillis > back.cpuMillis) &&
    !(lacks('scheduling/insufficient-memory') && wanted.memoryBytes > back.memoryBytes)
  );
}

/** The kubelet has ended another pod of the same Deployment: its name, without the ReplicaSet's hash and its own. */
function isEndOfSibling(
  { reason, involvedObject: { name = '' }, ...event }: KubernetesEvent,
  pod: Pod,
  now: number,
) {
  const base = /^(.*-)[^-]+-[^-]+$/.exec(pod.metadata.name)?.[1];
  if (reason !== 'Killing' || base === undefined || !name.startsWith(base) || name === pod.metadata.name)
    return false;
  return now - Date.parse(eventTime({ ...event, involvedObject: { name } }) ?? '') < GONE_MS;
}
