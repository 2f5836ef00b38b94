/**
 * A change of the Deployment that is under way: pods come and go, each in its own time, and nothing is wrong with any of them.
 * What is seen meanwhile may be nothing but that. An error is never put down to it: a pod in trouble, a Deployment whose
 * controller says that it makes no progress, or a request that was answered wrongly.
 */
import type { CheckContext } from '../rule/context.js';
import type { Finding } from '../rule/finding.js';
import { eventsAbout } from './events-of.js';
import { eventTime } from '../kube/events.js';
import { progressOf } from '../kube/deployment-state.js';
import { count } from '../count.js';
import type { CheckResult } from '../engine/report.js';
import type { Deployment, KubernetesEvent, Pod } from '../evidence/objects.js';
import { isActive, isFinished, isReady, isTerminating } from '../kube/pod-state.js';
import { isLeaving, SETTLING_MS } from './place.js';
import { hasRestarted, isFresh, isOnItsWay, isYoung, readyFor, YOUNG_MS } from './own-time.js';

/** Milliseconds after its minReadySeconds in which the controller may not have counted a pod as available. */
const COUNTING_MS = 5000;

export interface ChangeFacts {
  deployment: Deployment | undefined;
  pods: readonly Pod[];
  /** undefined: they could not be read. */
  events?: readonly KubernetesEvent[] | undefined;
}

export interface Change {
  /** What is under way: `1 pod starting, 1 ending`. */
  says: string;
  /** Names of pods that have just been made, and are on their way to be ready. */
  coming: ReadonlySet<string>;
  /** Names of pods that have become ready a moment ago. */
  fresh: ReadonlySet<string>;
  /** Every pod that is ready has become so a moment ago. */
  isAllFresh: boolean;
  /** The controller has not acted on the newest change, which was made a moment ago. */
  isUnobserved: boolean;
  /** Pods come or go, or are about to. */
  isMoving: boolean;
  /** Pods end. */
  isLeaving: boolean;
  hasReady: boolean;
  /** Pods that the Deployment is to have. */
  growsTo: number;
  /** No pod is in trouble: each that counts is ready, or on its way. */
  isWhole: boolean;
  /** Pods go, are about to, or have just come or gone, so that a request may have met one that does not serve. */
  disturbs: boolean;
}

type Context = Pick<CheckContext, 'contract' | 'target' | 'now'>;

/** @returns undefined where nothing is under way, or the controller says that it goes wrong */
export function changeUnderWay(facts: ChangeFacts, context: Context): Change | undefined {
  const { deployment, pods, events } = facts;
  if (!deployment || hasFailed(deployment)) return undefined;
  const { now } = context;
  const coming = pods.filter((pod) => isOnItsWay(pod, pods, events, context));
  const leaving = pods.filter((pod) => isLeaving(pod, now));
  const fresh = pods.filter((pod) => isActive(pod) && isFresh(pod, context) && !hasRestarted(pod));
  const active = pods.filter(isActive);
  const names = new Set(coming.map(({ metadata }) => metadata.name));
  const isWhole =
    active.every((pod) => isReady(pod) || names.has(pod.metadata.name)) &&
    // The node has refused it, or its containers have ended for good; one that ends because it was told to may say so, too.
    !pods.some((pod) => isFinished(pod) && !isTerminating(pod) && isYoung(pod, context));
  const isUnobserved = isUnobservedStill(deployment, now);
  const says = inWords({ coming, leaving, fresh, isUnobserved, isWhole }, facts, now);
  if (says === undefined) return undefined;
  const ready = active.filter(isReady);
  const growsTo = deployment.spec.replicas ?? 1;
  return {
    says,
    coming: names,
    fresh: new Set(fresh.map(({ metadata }) => metadata.name)),
    isAllFresh: ready.length === fresh.length,
    isUnobserved,
    isMoving: isUnobserved || coming.length > 0 || leaving.length > 0,
    growsTo,
    isLeaving: leaving.length > 0,
    hasReady: ready.length > 0,
    isWhole,
    disturbs:
      leaving.length > 0 || active.length > growsTo || ready.length === 0 || hasJustChanged(facts, now),
  };
}

function inWords(
  {
    coming,
    leaving,
    fresh,
    isUnobserved,
    isWhole,
  }: Pick<Change, 'isUnobserved' | 'isWhole'> & {
    coming: readonly Pod[];
    leaving: readonly Pod[];
    fresh: readonly Pod[];
  },
  { deployment, pods, events }: ChangeFacts,
  now: number,
): string | undefined {
  if (isUnobserved) return 'the newest change was not acted on yet';
  const parts = [
    ...(coming.length > 0 ? [`${count(coming.length, 'pod')} starting`] : []),
    ...(leaving.length > 0 ? [`${leaving.length} ending`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  // Between two steps the controller has not made the next pod yet, or has not counted the one that is ready.
  const progress = progressOf(deployment ?? {});
  if (
    isWhole &&
    progress?.reason !== 'NewReplicaSetAvailable' &&
    isRecent(changedAt(deployment), YOUNG_MS, now)
  )
    return 'pods are replaced';
  // Scaling leaves the condition as it was.
  if (fresh.length > 0) return `${count(fresh.length, 'pod')} became ready a moment ago`;
  const { minReadySeconds = 0 } = deployment?.spec ?? {};
  const waits = pods.filter(
    (pod) => isActive(pod) && !hasRestarted(pod) && readyFor(pod, now) < minReadySeconds * 1000 + COUNTING_MS,
  );
  if (waits.length > 0)
    return `${count(waits.length, 'pod')} ready for less than ${minReadySeconds} s (minReadySeconds)`;
  return isRecent(changedAt(deployment), SETTLING_MS, now) || isScaled({ deployment, pods, events }, now)
    ? 'pods were replaced, added or removed a moment ago'
    : undefined;
}

/** The controller says that it makes no progress, or that pods cannot be made. */
function hasFailed({ status }: Deployment): boolean {
  return (
    progressOf({ status })?.status === 'False' ||
    (status?.conditions ?? []).some((each) => each.type === 'ReplicaFailure' && each.status === 'True')
  );
}

/** The newest change was made a moment ago, so that the controller may not have acted on it. */
function isUnobservedStill({ metadata, status = {} }: Deployment, now: number): boolean {
  if ((status.observedGeneration ?? 0) >= (metadata.generation ?? 0)) return false;
  // Who writes the status does not change what is wanted; an autoscaler does, by the subresource `scale`.
  const written = (metadata.managedFields ?? []).flatMap(({ subresource, time }) =>
    subresource !== 'status' && time !== undefined ? [time] : [],
  );
  const last = written.sort().at(-1);
  // Servers tell the time; where a copy of the object has lost it, for how long it has waited is not known.
  return last === undefined || isRecent(last, YOUNG_MS, now);
}

/** RFC 3339: when the controller last saw a step done; undefined where it never did, or was last told to wait. */
function changedAt(deployment: Deployment | undefined): string | undefined {
  const progress = progressOf(deployment ?? {});
  if (progress?.reason === 'DeploymentPaused') return undefined;
  return progress?.lastUpdateTime ?? progress?.lastTransitionTime;
}

/** Pods were replaced, added or removed a moment ago. */
export function hasJustChanged(facts: ChangeFacts, now: number): boolean {
  const { deployment, pods } = facts;
  return (
    isRecent(changedAt(deployment), SETTLING_MS, now) ||
    pods.some((pod) => isActive(pod) && isFresh(pod, { now })) ||
    isScaled(facts, now)
  );
}

/** Scaling leaves the condition Progressing as it was. */
function isScaled({ deployment, events }: ChangeFacts, now: number): boolean {
  return scalingEvents(deployment, events ?? []).some((event) =>
    isRecent(eventTime(event), SETTLING_MS, now),
  );
}

/** Events of the Deployment that it was scaled, newest first. */
export function scalingEvents(
  deployment: Deployment | undefined,
  events: readonly KubernetesEvent[],
): KubernetesEvent[] {
  return deployment ? eventsAbout(events, deployment.metadata, ['ScalingReplicaSet'], {}) : [];
}

function isRecent(time: string | undefined, within: number, now: number): boolean {
  return now - Date.parse(time ?? '') < within;
}

/** Whether a finding may be nothing but the change. */
export type Passing = (finding: Finding, change: Change) => boolean;

/** Counts of the Deployment lag while its pods are on their way. */
export const ofRollout: Passing = (_, { isWhole }) => isWhole;

/** An operation goes on as long as its pods come and go. */
export const ofMovement: Passing = (_, { isMoving, isWhole }) => isMoving && isWhole;

/** The pod that it is about is on its way, and no other one is in trouble. */
export const ofComingPod: Passing = ({ object }, { coming, isWhole }) =>
  isWhole && object?.kind === 'Pod' && coming.has(object.name);

/** The pod that it is about has become ready a moment ago. */
export const ofFreshPod: Passing = ({ object }, { fresh }) =>
  object?.kind === 'Pod' && fresh.has(object.name);

/** No pod has been ready for long enough to be known everywhere. */
export const ofFreshPods: Passing = (_, { isAllFresh }) => isAllFresh;

/** There are fewer than so many for the moment only: the Deployment is to have them. */
export const ofGrowth =
  (atLeast: number): Passing =>
  (_, { growsTo, isWhole }) =>
    isWhole && growsTo >= atLeast;

/** Every address that was tried refused: nodes do so as long as they have heard of no ready pod. */
export const ofRefusal: Passing = (_, { isAllFresh, isLeaving, isWhole }) =>
  isWhole && (isAllFresh || isLeaving);

/** No address that was tried answered: each of these requests may have met a pod that goes, or there is none to meet. */
export const ofSilence: Passing = (_, { hasReady, isLeaving, isWhole }) =>
  isWhole && (isLeaving || !hasReady);

/** A request that was not answered may have met a pod that goes. */
export const ofRequest: Passing = (_, { disturbs, isWhole }) => disturbs && isWhole;

/** What it found may be nothing but a change under way: it is unknown for that reason. */
export function mayPass({ status, findings }: Pick<CheckResult, 'status' | 'findings'>): boolean {
  return status === 'unknown' && findings.length > 0;
}
