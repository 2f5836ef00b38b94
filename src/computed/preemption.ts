/**
 * Pods that the scheduler removed to make room for pods of a higher priority. Their ReplicaSet makes others, which wait for a place
 * that nobody gives back: it is taken.
 */
import type { NodeRoom, PriorityRoom } from '../evidence/deep-facts.js';
import type { KubernetesEvent, Pod } from '../evidence/objects.js';
import { memoised } from './memo.js';
import { eventTime } from '../kube/events.js';
import { disruption, isTerminating } from '../kube/pod-state.js';
import { PREEMPTED } from '../vocabulary/kubelet.js';

/** Milliseconds between the removal of a pod and the making of the one that replaces it. */
const REPLACED_MS = 120_000;

/** Values above it are kept for PriorityClasses of Kubernetes itself (scheduling.k8s.io/v1). */
const HIGHEST_OF_USERS = 1_000_000_000;

export interface Preemption {
  /** Of the pod that was removed. */
  victim: string;
  /** The node that it was on; undefined where nothing names it. */
  node: string | undefined;
  /** UID, or namespace and name, of the pod that it made room for. */
  by: string | undefined;
  /** RFC 3339. */
  at: string | undefined;
  /** What shows it. */
  shown: KubernetesEvent | Pod;
}

/**
 * The newest removal in whose place this pod stands; undefined where there was none.
 * @param pods of the same Deployment
 * @param events of the same Deployment; undefined: they could not be read
 */
export function preemptionBehind(
  pod: Pod,
  pods: readonly Pod[],
  events: readonly KubernetesEvent[] | undefined,
): Preemption | undefined {
  const made = Date.parse(pod.metadata.creationTimestamp ?? '');
  return [...(events ? toldByEvents(events) : []), ...toldByPods(pods)].findLast(
    ({ victim, at }) => victim !== pod.metadata.name && Math.abs(made - Date.parse(at ?? '')) <= REPLACED_MS,
  );
}

/** Of the pods on the node, those that it made room for: the one that is named, else those of a higher priority than it has. */
export function preemptors(
  { by, node }: Pick<Preemption, 'by' | 'node'>,
  pod: Pod,
  nodes: readonly NodeRoom[],
): PriorityRoom[] {
  const there = nodes.find((each) => each.node === node)?.priorities ?? [];
  const named = there.filter(
    ({ newest: { namespace, name, uid } }) =>
      by !== undefined && (by === uid || by === `${namespace}/${name}`),
  );
  if (named.length > 0) return named;
  const above = there.filter(({ priority }) => priority > (pod.spec.priority ?? 0));
  // Kubernetes' own pods are above all others on every node: they say nothing where others are, too.
  const users = above.filter(({ priority }) => priority <= HIGHEST_OF_USERS);
  return users.length > 0 ? users : above;
}

// Asked for each pod that waits, of the same lists.
const toldByEvents = memoised((events: readonly KubernetesEvent[]) => events.flatMap(byEvent));
const toldByPods = memoised((pods: readonly Pod[]) => pods.flatMap(byCondition));

function byEvent(event: KubernetesEvent): Preemption[] {
  const said = event.reason === 'Preempted' ? PREEMPTED.says.exec(event.message ?? '') : null;
  if (said === null) return [];
  const [, by, node] = said;
  const { name = '' } = event.involvedObject;
  return [{ victim: name, node, by, at: eventTime(event), shown: event }];
}

/** A pod that goes says why it must; once it has gone, only the event is left. */
function byCondition(pod: Pod): Preemption[] {
  const condition = disruption(pod);
  if (condition?.reason !== 'PreemptionByScheduler' || !isTerminating(pod)) return [];
  const { metadata, spec } = pod;
  const at = condition.lastTransitionTime ?? metadata.deletionTimestamp;
  return [{ victim: metadata.name, node: spec.nodeName, by: undefined, at, shown: pod }];
}
