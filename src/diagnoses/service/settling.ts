/** Requests that failed while pods came or went: endpoints and nodes hear of both a moment later. */
import { isActive, isReady, isTerminating } from '../../kube/pod-state.js';
import { deploymentRef, few, serviceRef } from '../../checks/shared.js';
import type { CheckResult, ReportFinding } from '../../engine/report.js';
import type { HttpOutcome } from '../../evidence/evidence.js';
import type { Deployment, KubernetesEvent, Pod } from '../../evidence/objects.js';
import { waitForRollout } from '../fixes.js';
import { isFresh } from '../health/trouble.js';
import { eventItem, eventsAbout, eventTime, observed, progressItems, progressOf } from '../seen.js';
import type { CauseFinding, Look } from '../tree.js';

export type SettlingLook = Look<'pods' | 'deployment' | 'events' | 'vantage'>;

/** Milliseconds after a change in which a node may still send requests to a pod that has ended. */
const SETTLING_MS = 30_000;

/** How a request fails that met a pod about to end, or a node that had not heard of a new one; or many of them. */
const UNANSWERED: ReadonlySet<string> = new Set<HttpOutcome | 'requests-failed' | 'unserved'>([
  'refused',
  'timeout',
  'reset',
  'proxy-error',
  'requests-failed',
  'unserved',
]);

/**
 * Requests failed, or reached no pod that has just become ready, while pods were replaced, added or removed. Whether any
 * fail once that is over is not known yet. An answer is never put down to it, whatever it says.
 * @param checks ids of the checks whose requests it may account for
 * @param moved pods came or went between the requests of a load run
 */
export function settlingStill(
  look: SettlingLook,
  checks: readonly string[],
  moved = false,
): CauseFinding | undefined {
  const { failed, failures } = unanswered(look, checks);
  const [failure] = failures;
  if (failure === undefined || !(moved || areLeaving(look) || isNew(failures, look))) return undefined;
  const { target } = look.context;
  const object = deploymentRef(target);
  const [scaled] = scalingEvents(look);
  const progress = progressOf(deploymentOf(look) ?? {});
  return {
    cause: 'rollout/under-way',
    verdict: 'inconclusive',
    object,
    summary: `Pods of Deployment ${object.name} are being replaced, added or removed; meanwhile ${inWords(failures)}. Until every node has heard of it, a pod that ends gets requests, and a new one gets none.`,
    evidence: [
      observed('endpoints and node port', serviceRef(target), failure.message),
      ...progressItems(object, progress),
      ...(scaled === undefined ? [] : [eventItem(scaled, target)]),
    ],
    fix: [waitForRollout(look.context)],
    symptoms: failed.map(({ id }) => id),
  };
}

/** Of these checks, those that failed because a request met a pod that came or went, and how. */
export function unanswered(
  look: Look<'pods'>,
  checks: readonly string[] = REQUESTS,
): { failed: CheckResult[]; failures: ReportFinding[] } {
  const fresh = freshPods(look);
  const isPassing = ({ messageId, data }: ReportFinding) =>
    UNANSWERED.has(messageId) || (messageId === 'missing' && fresh.includes(String(data.pod)));
  const failed = checks
    .flatMap((id) => look.check(id) ?? [])
    .filter(({ status, findings }) => status === 'fail' && findings.some(isPassing));
  return { failed, failures: failed.flatMap(({ findings }) => findings.filter(isPassing)) };
}

/** What they say, each once. */
export function inWords(failures: readonly ReportFinding[]): string {
  return few([...new Set(failures.map(({ message }) => message))]);
}

/** Names of the pods that have become ready a moment ago. */
export function freshPods(look: Look<'pods'>): string[] {
  return podsOf(look)
    .filter((pod) => isFresh(pod, look))
    .map(({ metadata }) => metadata.name);
}

/** Pods end. One that should have been gone for long is stuck, and no endpoint any more. */
function areLeaving(look: SettlingLook): boolean {
  // The time at which a pod is to be gone at the latest: its grace period is over then.
  return podsOf(look).some(
    (pod) =>
      isTerminating(pod) && look.context.now - Date.parse(pod.metadata.deletionTimestamp ?? '') < SETTLING_MS,
  );
}

/** The change is so new that it may account for these failures, though no pod is seen to come or go. */
function isNew(failures: readonly ReportFinding[], look: SettlingLook): boolean {
  const vantage = look.maybe('vantage');
  const outside = vantage.ok ? [...vantage.value.nodes, vantage.value.user] : [];
  if (outside.some(({ outcome }) => outcome === 'response')) {
    const isRecent = (time: string | undefined) => look.context.now - Date.parse(time ?? '') < SETTLING_MS;
    return (
      freshPods(look).length > 0 ||
      isRecent(progressOf(deploymentOf(look) ?? {})?.lastUpdateTime) ||
      // Scaling leaves the condition as it was.
      scalingEvents(look).some((event) => isRecent(eventTime(event)))
    );
  }
  // Where no node port answers even now, pods that have gone do not account for it: those that stayed would answer. Nodes
  // refuse as long as they have heard of no ready pod.
  const ready = podsOf(look).filter((pod) => isActive(pod) && isReady(pod));
  return (
    failures.every(({ messageId }) => messageId === 'refused') &&
    ready.length > 0 &&
    ready.every((pod) => isFresh(pod, look))
  );
}

function podsOf({ maybe }: Look<'pods'>): readonly Pod[] {
  const pods = maybe('pods');
  return pods.ok ? pods.value : [];
}

function deploymentOf({ maybe }: SettlingLook): Deployment | undefined {
  const deployment = maybe('deployment');
  return deployment.ok ? deployment.value : undefined;
}

/** Newest first. */
function scalingEvents(look: SettlingLook): KubernetesEvent[] {
  const [events, deployment] = [look.maybe('events'), deploymentOf(look)];
  if (!events.ok || !deployment) return [];
  return eventsAbout(events.value, deployment.metadata, ['ScalingReplicaSet'], {});
}

/** Checks that send requests to the node port, or compare it with the pods. */
const REQUESTS = [
  'functional/node-port',
  'functional/health',
  'functional/api-docs',
  'functional/auth-required',
  'load-balancing/distribution',
  'load-balancing/endpoints',
];

/** Pods came or went between the first request of the load run and the last. */
export function hasMoved({ maybe }: Look<'distribution'>): boolean {
  const distribution = maybe('distribution');
  return (
    distribution.ok && distribution.value.pods.some(({ state }) => state === 'left' || state === 'joined')
  );
}

/** What may still be settling: a load run that was made again when it had settled is none of it. */
export function stillOpen(look: Look<'distribution'>): readonly string[] {
  const distribution = look.maybe('distribution');
  const isDefinite = distribution.ok && distribution.value.again !== undefined && !hasMoved(look);
  return isDefinite ? REQUESTS.filter((id) => id !== 'load-balancing/distribution') : REQUESTS;
}
