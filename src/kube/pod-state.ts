/** A pod's life in words and predicates, for every check that looks at pods. */
import type { Condition, ContainerState, Pod } from '../evidence/objects.js';

/** Being deleted: its end is wanted, so nothing about it is judged. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** `status.conditions[type='Ready']` of a pod; undefined as long as the kubelet has not written it. */
export function readyCondition({ status }: Pod): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/** Its Ready condition is True, whether it is about to go or not. */
export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** By which the control plane or the kubelet says that the pod must go, and why: from before its containers are told, and for good. */
export function disruption({ status }: Pod): Condition | undefined {
  return status?.conditions?.find((each) => each.type === 'DisruptionTarget' && each.status === 'True');
}

/** Ended for good, such as an evicted pod: its ReplicaSet has replaced it (as the controller's IsPodActive has it). */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

/** Counts as one of the Deployment's replicas. */
export function isActive(pod: Pod): boolean {
  return !isTerminating(pod) && !isFinished(pod);
}

/** The end of a container in words: `OOMKilled, exit code 137`. */
export function ending(terminated: NonNullable<ContainerState['terminated']>): string {
  const { reason, exitCode, signal } = terminated;
  return `${reason ?? 'ended'}, exit code ${exitCode}${signal ? `, signal ${signal}` : ''}`;
}

/**
 * How long ago a time was, in words.
 * @param time RFC 3339
 * @param now milliseconds since the epoch
 */
export function ago(time: string, now: number): string {
  return `${elapsed(Math.max(0, now - Date.parse(time)) / 1000)} ago`;
}

/** Seconds in words: `90 s`, `26 min`, `3 h`, `4 days`. */
export function elapsed(seconds: number): string {
  if (Math.round(seconds) < 120) return `${Math.round(seconds)} s`;
  if (Math.round(seconds) < 7200) return `${Math.round(seconds / 60)} min`;
  if (Math.round(seconds) < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
