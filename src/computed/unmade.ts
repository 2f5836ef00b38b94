/** Pods whose containers are not made, and what is in the way of the kubelet. */
import { memoisedBy } from './memo.js';
import { parseConfigProblem, type ConfigProblem } from './config-problem.js';
import { isWarning, newestStep, SANDBOX_REASONS, VOLUME_REASONS, YOUNG_MS } from './own-time.js';
import type { KubernetesEvent, Pod } from '../evidence/objects.js';
import { eventTime } from '../kube/events.js';
import { HOOK_ERROR } from '../kube/pod-containers.js';
import type { UnmadeMeaning } from '../vocabulary/container-config.js';
import { isRefusal } from './ended-pods.js';
import { eventsAbout, eventsOf } from './events-of.js';
import type { Look } from '../rule/look.js';
import { stagesOf, standingAt, type Stage } from './pod-stage.js';

type UnmadeLook = Look<'events'>;

export type Unmade = Omit<Extract<Stage, { at: 'config' }>, 'at'> & {
  means: UnmadeMeaning | 'container/cannot-be-made';
  /** What it names. */
  problem: ConfigProblem | undefined;
};

/** One for each pod with a container that the kubelet cannot make. */
export const unmadeOf = memoisedBy((pods: readonly Pod[], look: UnmadeLook): Unmade[] =>
  standingAt(stagesOf(pods, look), 'config')
    // A hook that fails is told as such: what it says is nothing of the container's own command.
    .filter(({ reason }) => reason !== HOOK_ERROR)
    .map(({ pod, container, reason, message }) => {
      const problem = parseConfigProblem(message);
      return {
        pod,
        container,
        reason,
        message,
        problem,
        means: problem?.cause ?? 'container/cannot-be-made',
      };
    }),
);

/** Events of a pod whose containers are not made, in the order in which the kubelet works. */
const OBSTACLES = [
  { reasons: SANDBOX_REASONS, means: 'node/sandbox-failed' },
  { reasons: VOLUME_REASONS, means: 'volume/mount-failed' },
] as const;

export type Obstacle = { pod: Pod } & (
  | { means: (typeof OBSTACLES)[number]['means'] | 'container/cannot-be-made'; event: KubernetesEvent }
  /** No event says why. @property seconds since the pod was created */
  | { means: 'silent'; seconds: number }
);

/** What keeps the kubelet from making the first container of a pod that is on its node. */
export const obstaclesOf = memoisedBy((pods: readonly Pod[], look: UnmadeLook): Obstacle[] =>
  standingAt(stagesOf(pods, look), 'creating').flatMap(({ pod }) => obstacleOf(pod, look) ?? []),
);

function obstacleOf(pod: Pod, { context, maybe, options }: UnmadeLook): Obstacle | undefined {
  const events = maybe('events');
  for (const { reasons, means } of OBSTACLES) {
    const [event] = events.ok ? eventsAbout(events.value, pod.metadata, reasons, options) : [];
    if (event) return { pod, means, event };
  }
  const unknown = events.ok ? otherWarning(pod, events.value, context.now) : undefined;
  if (unknown) return { pod, means: 'container/cannot-be-made', event: unknown };
  const seconds = (context.now - Date.parse(pod.metadata.creationTimestamp ?? '')) / 1000;
  // An init container that does its work is no obstacle; neither is a pull that takes its time.
  const isAtWork = (pod.status?.initContainerStatuses ?? []).some(({ state }) => state?.running);
  const isLate = context.now - newestStep(pod) > YOUNG_MS;
  return isLate && !isAtWork ? { pod, means: 'silent', seconds } : undefined;
}

/** The newest warning about the pod since the kubelet is at this step, whatever its reason: what Kubernetes says is told. */
function otherWarning(
  pod: Pod,
  events: readonly KubernetesEvent[],
  now: number,
): KubernetesEvent | undefined {
  const since = Math.max(newestStep(pod), now - YOUNG_MS);
  return eventsOf(events, pod.metadata).findLast(
    (event) => isWarning(event) && !isRefusal(event) && Date.parse(eventTime(event) ?? '') >= since,
  );
}
