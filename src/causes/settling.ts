/** Requests that failed while pods came or went: endpoints and nodes hear of both a moment later. */
import { hasJustChanged, mayPass, scalingEvents, type ChangeFacts } from '../computed/change.js';
import { hasMoved, mayStillSettle } from '../computed/load-tally.js';
import { isFresh } from '../computed/own-time.js';
import { isLeaving } from '../computed/place.js';
import { REQUESTS, WITHOUT_ANSWER } from '../computed/unanswered.js';
import { isActive, isReady } from '../kube/pod-state.js';
import type { CheckContext } from '../rule/context.js';
import { deploymentRef, serviceRef } from '../rule/object-ref.js';
import { eventItem, observed, progressItems } from '../rule/seen.js';
import { progressOf } from '../kube/deployment-state.js';
import type { Look } from '../rule/look.js';
import { few } from '../count.js';
import type { CheckResult, ReportFinding } from '../engine/report.js';
import type { Deployment, KubernetesEvent, Pod } from '../evidence/objects.js';
import { waitForRollout } from '../fixes/described.js';
import type { CauseFinding } from '../diagnoses/tree.js';

export type SettlingLook = Look<'pods' | 'deployment' | 'events' | 'vantage'>;

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
  if (
    failure === undefined ||
    !(moved || podsOf(look).some((pod) => isLeaving(pod, look.context.now)) || isNew(failures, look))
  )
    return undefined;
  return changing(look, inWords(failures), failure.message, failed);
}

/**
 * A request that was not answered although others of the same run were, at the same place: it met a pod that had just gone.
 * @param words what came in place of an answer
 */
export function lostBetween(look: SettlingLook, words: string, moved: boolean): CauseFinding | undefined {
  const isChanging =
    moved ||
    podsOf(look).some((pod) => isLeaving(pod, look.context.now)) ||
    hasJustChanged(changeFacts(look), look.context.now);
  return isChanging ? changing(look, words, words, []) : undefined;
}

function changing(
  look: SettlingLook,
  meanwhile: string,
  shown: string,
  failed: readonly CheckResult[],
): CauseFinding {
  const { target } = look.context;
  const object = deploymentRef(target);
  const [scaled] = scaledBy(look);
  const progress = progressOf(deploymentOf(look) ?? {});
  return {
    cause: 'rollout/under-way',
    verdict: 'inconclusive',
    object,
    summary: `Pods of Deployment ${object.name} are being replaced, added or removed; meanwhile ${meanwhile}. Until every node has heard of it, a pod that ends gets requests, and a new one gets none.`,
    evidence: [
      observed('endpoints and node port', serviceRef(target), shown),
      ...progressItems(object, progress),
      ...(scaled === undefined ? [] : [eventItem(scaled, target)]),
    ],
    fix: [waitForRollout(look.context)],
    symptoms: failed.map(({ id }) => id),
  };
}

/** What a check found that may be nothing but a change under way, where no step tells it. */
export function openCheck(
  { id, message, findings }: CheckResult,
  deployment: Deployment | undefined,
  context: CheckContext,
): CauseFinding {
  const object = deploymentRef(context.target);
  return {
    cause: 'rollout/under-way',
    verdict: 'inconclusive',
    object,
    summary: `${message}; meanwhile ${inWords(findings)}.`,
    evidence: progressItems(object, progressOf(deployment ?? {})),
    fix: [waitForRollout(context)],
    symptoms: [id],
  };
}

/** Of these checks, those that failed because a request met a pod that came or went, and how. */
export function unanswered(
  look: Look<'pods'>,
  checks: readonly string[] = REQUESTS,
): { failed: CheckResult[]; failures: ReportFinding[] } {
  const fresh = freshPods(look);
  const isPassing = ({ messageId, data }: ReportFinding) =>
    WITHOUT_ANSWER.has(messageId) || (messageId === 'missing' && fresh.includes(String(data.pod)));
  const failed = checks
    .flatMap((id) => look.check(id) ?? [])
    .filter((result) => (result.status === 'fail' || mayPass(result)) && result.findings.some(isPassing));
  return { failed, failures: failed.flatMap(({ findings }) => findings.filter(isPassing)) };
}

/** What they say, each once. */
export function inWords(failures: readonly ReportFinding[]): string {
  return few([...new Set(failures.map(({ message }) => message))]);
}

/** Names of the pods that have become ready a moment ago. */
export function freshPods(look: Look<'pods'>): string[] {
  return podsOf(look)
    .filter((pod) => isFresh(pod, look.context))
    .map(({ metadata }) => metadata.name);
}

/** The change is so new that it may account for these failures, though no pod is seen to come or go. */
function isNew(failures: readonly ReportFinding[], look: SettlingLook): boolean {
  const vantage = look.maybe('vantage');
  const outside = vantage.ok ? [...vantage.value.nodes, vantage.value.user] : [];
  const hasAnswered =
    outside.some(({ outcome }) => outcome === 'response') ||
    look.check('functional/node-port')?.status === 'pass';
  if (hasAnswered) return hasJustChanged(changeFacts(look), look.context.now);
  // Where no node port answers at all, pods that have gone do not account for it: those that stayed would answer. Nodes
  // refuse as long as they have heard of no ready pod.
  const ready = podsOf(look).filter((pod) => isActive(pod) && isReady(pod));
  return (
    failures.every(({ messageId }) => messageId === 'refused') &&
    ready.length > 0 &&
    ready.every((pod) => isFresh(pod, look.context))
  );
}

function changeFacts(look: SettlingLook): ChangeFacts {
  const events = look.maybe('events');
  return {
    deployment: deploymentOf(look),
    pods: podsOf(look),
    events: events.ok ? events.value : undefined,
  };
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
function scaledBy(look: SettlingLook): KubernetesEvent[] {
  const events = look.maybe('events');
  return events.ok ? scalingEvents(deploymentOf(look), events.value) : [];
}

/** As `hasMoved`, of the load run that was read. */
export function movedMeanwhile({ maybe }: Look<'distribution'>): boolean {
  const distribution = maybe('distribution');
  return distribution.ok && hasMoved(distribution.value);
}

/** What may still be settling: a load run that was made again when it had settled is none of it. */
export function stillOpen(look: Look<'distribution'>): readonly string[] {
  const distribution = look.maybe('distribution');
  const isDefinite = distribution.ok && !mayStillSettle(distribution.value);
  return isDefinite ? REQUESTS.filter((id) => id !== 'load-balancing/distribution') : REQUESTS;
}
