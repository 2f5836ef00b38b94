/** A pod's own time: how long it may take to start before anything about it is wrong, and what says that something is. */
import type { CheckContext } from '../rule/context.js';
import { eventTime, isAboutContainer } from '../kube/events.js';
import { containerName } from '../contract/target.js';
import { eventsOf, eventsAbout } from './events-of.js';
import type { Container, ContainerStatus, KubernetesEvent, Pod, Probe } from '../evidence/objects.js';
import {
  backendOfPod,
  containersOf,
  isAtWork,
  timeOf,
  troubleOfContainer,
  type ContainerAt,
} from '../kube/pod-containers.js';
import { isActive, isReady, readyCondition } from '../kube/pod-state.js';
import { waitsForPlace } from './place.js';
import { stageOf } from './pod-stage.js';
import { parseProbeFailure, type ProbeFailure, isProbeKill } from './probe-failure.js';

type Clock = Pick<CheckContext, 'contract' | 'target' | 'now'>;

/** Milliseconds since its creation in which a pod may still be on its way to its first container. */
export const YOUNG_MS = 60_000;
/** Milliseconds beyond the first probe's time in which a slow node may still make a pod ready. */
const SLACK_MS = 15_000;
/** Milliseconds after a pod has become ready in which controllers and nodes may not have heard of it: they work in turns. */
export const FRESH_MS = 15_000;
/** Milliseconds after a container was killed because of a probe, in which it counts. */
const RECENT_MS = 10 * 60 * 1000;

/** Reasons of events that say why a node does not make a pod's containers, in the order in which the kubelet works. */
export const SANDBOX_REASONS = ['FailedCreatePodSandBox', 'FailedCreatePodSandbox', 'NetworkNotReady'];
export const VOLUME_REASONS = ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'];

/** An event of the kubelet about a probe, and what it means. */
export interface FailedProbe {
  event: KubernetesEvent;
  failure: ProbeFailure;
}

/** It was created a moment ago, and may still be on its way to its first container. */
export function isYoung({ metadata }: Pod, { now }: Pick<Clock, 'now'>): boolean {
  return now - Date.parse(metadata.creationTimestamp ?? '') < YOUNG_MS;
}

/** It has become ready a moment ago: not every count, endpoint and rule has it yet. */
export function isFresh(pod: Pod, { now }: Pick<Clock, 'now'>): boolean {
  return readyFor(pod, now) < FRESH_MS;
}

/** One of its containers was ended and runs again: that it is ready once more is no part of a rollout. */
export function hasRestarted({ status = {} }: Pod): boolean {
  return (status.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0);
}

/** Milliseconds for which a pod has been ready; Infinity where it is not, or since when is not told. */
export function readyFor(pod: Pod, now: number): number {
  const since = Date.parse(readyCondition(pod)?.lastTransitionTime ?? '');
  return isReady(pod) && !Number.isNaN(since) ? Math.max(0, now - since) : Infinity;
}

/** Seconds from a container's start until its probe has failed as often as it may (core/v1 Probe, with its defaults). */
export function budget({
  initialDelaySeconds = 0,
  periodSeconds = 10,
  failureThreshold = 3,
}: Probe = {}): number {
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

/**
 * The probes of the backend have not failed as often yet as they may: a startup probe, which holds the others back until the
 * container has `started`, and the readiness probe after it; each initial delay + period × threshold.
 */
export function isStarting(pod: Pod, clock: Clock): boolean {
  const container = backendOfPod(pod, containerName(clock));
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container?.name);
  return isWithin(container, status, clock.now);
}

function isWithin(
  { startupProbe, readinessProbe }: Partial<Container> = {},
  status: ContainerStatus | undefined,
  now: number,
): boolean {
  const startedAt = status?.state?.running?.startedAt;
  if (startedAt === undefined) return false;
  // When the startup probe succeeded is not told: at the latest when it had to.
  const probes = [
    ...(startupProbe ? [budget(startupProbe)] : []),
    ...(startupProbe && status?.started !== true ? [] : [budget(readinessProbe)]),
  ];
  const seconds = probes.reduce((sum, each) => sum + each, 0);
  return now - Date.parse(startedAt) < seconds * 1000 + SLACK_MS;
}

/** What the kubelet says of the probes of this container, newest first. @param since milliseconds since the epoch */
export function failedProbes(
  events: readonly KubernetesEvent[],
  pod: Pod,
  container: string,
  { since }: { since?: number | undefined } = {},
): FailedProbe[] {
  return eventsAbout(events, pod.metadata, ['Unhealthy', 'ProbeWarning'], { since }).flatMap((event) => {
    const failure = isAboutContainer(event, container) ? parseProbeFailure(event.message ?? '') : undefined;
    return failure ? [{ event, failure }] : [];
  });
}

/**
 * A container's readiness probe has failed in one go, from its first time in this run on: it had not served yet. Where no event
 * says when it came first, nobody knows.
 */
export function isOfStart({ spec, status }: ContainerAt, failures: readonly FailedProbe[]): boolean {
  const startedAt = Date.parse(status.state?.running?.startedAt ?? '');
  const { initialDelaySeconds = 0, periodSeconds = 10 } = spec?.readinessProbe ?? {};
  const first = Math.min(...failures.map(({ event }) => Date.parse(event.firstTimestamp ?? '')));
  const last = Math.max(...failures.map(({ event }) => Date.parse(eventTime(event) ?? '')));
  const times = failures.reduce((sum, { event }) => sum + (event.count ?? 1), 0);
  // A startup probe holds it back for as long as that may take.
  const earliest = initialDelaySeconds + (spec?.startupProbe ? budget(spec.startupProbe) : 0);
  return (
    first >= startedAt &&
    first - startedAt <= (earliest + 2 * periodSeconds) * 1000 + SLACK_MS &&
    last - first <= (times + 1) * periodSeconds * 1000
  );
}

/** The kubelet has counted more failures of its readiness probe in this run than it may have, whatever the clock says. */
export function hasHadItsTime(pod: Pod, failures: readonly FailedProbe[], clock: Clock): boolean {
  const { startedAt, container } = runOf(pod, clock);
  const { failureThreshold = 3 } = container?.readinessProbe ?? {};
  return failures.some(
    ({ event: { count, firstTimestamp }, failure }) =>
      // An event is counted on over restarts: one that began before them tells nothing of this run.
      failure.probe === 'readiness' &&
      (count ?? 1) > failureThreshold &&
      Date.parse(firstTimestamp ?? '') >= startedAt,
  );
}

/** Statuses that an application which listens already does not change its mind about. */
const FOR_GOOD: readonly number[] = [401, 403, 404, 405];
/** Answers of one probe, after which they are no passing fault of a start. */
const ANSWERS = 3;

/** The name of a port that a probe asks at, and the container does not have; undefined where it has it, or none is asked for by name. */
export function unknownPort(container: Container | undefined, probe: Probe | undefined): string | undefined {
  const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
  if (typeof port !== 'string' || /^\d+$/.test(port)) return undefined;
  return container?.ports?.some(({ name }) => name === port) === true ? undefined : port;
}

/**
 * It listens, and answers a probe of this run with the same refusal again and again; or a probe cannot be asked as it is written:
 * more time changes nothing.
 */
export function isRefusedForGood(pod: Pod, failures: readonly FailedProbe[], clock: Clock): boolean {
  const { startedAt, container } = runOf(pod, clock);
  return failures.some(
    ({ event: { count, firstTimestamp }, failure: { status = 0, probe, missing } }) =>
      missing !== undefined ||
      unknownPort(container, container?.[`${probe}Probe`]) !== undefined ||
      (FOR_GOOD.includes(status) && (count ?? 1) >= ANSWERS && Date.parse(firstTimestamp ?? '') >= startedAt),
  );
}

function runOf(pod: Pod, clock: Clock) {
  const container = backendOfPod(pod, containerName(clock));
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container?.name);
  return { container, startedAt: Date.parse(status?.state?.running?.startedAt ?? '') };
}

/** The kubelet's newest event that it ends this container because of a probe, where it is recent. */
export function probeKill(
  events: readonly KubernetesEvent[],
  pod: Pod,
  container: string,
  { since, now }: { since?: number | undefined; now: number },
): KubernetesEvent | undefined {
  const killing = eventsAbout(events, pod.metadata, ['Killing'], { since }).find((event) =>
    isProbeKill(event, container),
  );
  return killing !== undefined && now - Date.parse(eventTime(killing) ?? '') < RECENT_MS
    ? killing
    : undefined;
}

/**
 * The pod is not ready because it has just been made, and nothing that Kubernetes says of it is an error: it is scheduled, its
 * containers are made, its init containers do their work, or its probes have not failed as often as they may.
 * @param pods the application's: one that goes leaves its place to the next
 * @param events undefined: they could not be read, and the pod's own state decides
 */
export function isOnItsWay(
  pod: Pod,
  pods: readonly Pod[],
  events: readonly KubernetesEvent[] | undefined,
  context: Clock,
): boolean {
  if (!isActive(pod) || isReady(pod)) return false;
  const stage = stageOf(pod, context);
  switch (stage.at) {
    case 'unscheduled':
      if (waitsForPlace(pod, stage.message, pods, events, context.now)) return true;
      // The scheduler answers at once where it finds no node.
      return isYoung(pod, context) && stage.message === '' && !isWarnedOf(pod, events, []);
    case 'creating':
      return (
        context.now - newestStep(pod) < YOUNG_MS &&
        isBeingMade(pod) &&
        !isWarnedOf(pod, events, ['FailedScheduling'])
      );
    case 'init': {
      // Init containers work one after the other, each in its own time; one that stays, until its startup probe succeeds.
      const { spec, status } = stage.container;
      return troubleOfContainer(stage.container, context.now)?.kind === 'not-ready'
        ? isWithin(spec, status, context.now)
        : isAtWork(stage.container, context.now);
    }
    case 'running':
      return isWithinItsProbes(pod, events ?? [], context);
    default:
      return false;
  }
}

/**
 * When the kubelet began with what it is at: it was given the pod, or the init container before has ended. One that stays lets
 * the next one start when its startup probe has succeeded: at the latest when it had to.
 * @returns milliseconds since the epoch; NaN where the pod's creation is not told
 */
export function newestStep({ metadata, spec, status = {} }: Pod): number {
  const created = Date.parse(metadata.creationTimestamp ?? '');
  const given = status.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'True');
  const steps = (status.initContainerStatuses ?? []).map(({ name, state }) => {
    const { startupProbe } = spec.initContainers?.find((each) => each.name === name) ?? {};
    const started = timeOf(state?.running?.startedAt);
    const ended = timeOf(state?.terminated?.finishedAt) ?? 0;
    return started === undefined ? ended : started + (startupProbe ? budget(startupProbe) * 1000 : 0);
  });
  return Math.max(created, timeOf(given?.lastTransitionTime) ?? 0, ...steps);
}

/**
 * Warnings that no start waits for: of probes, which are judged by their own count; of limits on DNS names; and of a pull
 * secret that is missing, where the image can be had without.
 */
const HARMLESS: readonly (string | undefined)[] = [
  'Unhealthy',
  'ProbeWarning',
  'DNSConfigForming',
  'FailedToRetrieveImagePullSecret',
];

/** A warning that a start does not bring with it. */
export function isWarning({ type, reason }: KubernetesEvent): boolean {
  return type === 'Warning' && !HARMLESS.includes(reason);
}

/** Kubernetes says that something is wrong with it, whatever it is. @param past reasons that its stage has left behind */
function isWarnedOf(
  { metadata }: Pod,
  events: readonly KubernetesEvent[] | undefined,
  past: readonly string[],
): boolean {
  return eventsOf(events ?? NO_EVENTS, metadata).some(
    (event) => isWarning(event) && !past.includes(event.reason ?? ''),
  );
}

/** One list, so that its index is made once. */
const NO_EVENTS: readonly KubernetesEvent[] = [];

/** The reasons for which a container waits that nothing is wrong with (kubelet: pkg/kubelet/kubelet_pods.go). */
const MAKING: readonly (string | undefined)[] = [undefined, 'ContainerCreating', 'PodInitializing'];

function isBeingMade({ status = {} }: Pod): boolean {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].every(({ state }) =>
    MAKING.includes(state?.waiting?.reason),
  );
}

/** The kubelet makes a pod's containers one after the other: it is at this one, and not for long. */
function isNext(pod: Pod, { state = {} }: ContainerStatus, now: number): boolean {
  const started = (pod.status?.containerStatuses ?? []).map(
    (each) => timeOf(each.state?.running?.startedAt) ?? 0,
  );
  const isMade = state.running !== undefined || state.terminated !== undefined;
  return (
    !isMade &&
    MAKING.includes(state.waiting?.reason) &&
    now - Math.max(newestStep(pod), ...started) < YOUNG_MS
  );
}

/** Every container that is not ready runs for the first time, and for no longer than its probe may take. */
function isWithinItsProbes(pod: Pod, events: readonly KubernetesEvent[], context: Clock): boolean {
  const containers = containersOf(pod, containerName(context));
  const troubles = containers.map((container) => troubleOfContainer(container, context.now));
  if (troubles.some((trouble) => trouble && !('since' in trouble))) return false;
  const waiting = containers.filter(({ role, status }) => role !== 'init' && !status.ready);
  // Conditions of other controllers, which are asked for by readiness gates, come a moment later. Without any, a pod whose
  // containers are all ready is not because its node does not answer.
  if (waiting.length === 0)
    return isYoung(pod, context) && readyCondition(pod)?.reason === 'ReadinessGatesNotReady';
  const own = backendOfPod(pod, containerName(context))?.name ?? '';
  const failures = failedProbes(events, pod, own);
  return (
    waiting.every(
      ({ spec, status }) => isWithin(spec, status, context.now) || isNext(pod, status, context.now),
    ) &&
    probeKill(events, pod, own, context) === undefined &&
    !hasHadItsTime(pod, failures, context) &&
    !isRefusedForGood(pod, failures, context)
  );
}
