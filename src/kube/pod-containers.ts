/**
 * The containers of a pod in the order in which the kubelet starts them, and which of them are in trouble. Ephemeral containers
 * are left out: people attach them to look, and their ends mean nothing. Pure.
 */
import { count } from '../count.js';
import type { Container, ContainerState, ContainerStatus, Pod } from '../evidence/objects.js';
import { ago, elapsed, ending } from './pod-state.js';

export type Terminated = NonNullable<ContainerState['terminated']>;

/** `init` runs to its end before the others start; a `sidecar` runs beside the backend, or is an init container that stays. */
export type ContainerRole = 'backend' | 'init' | 'sidecar';

/** A container with its status and the JSON path of it. */
export interface ContainerAt {
  role: ContainerRole;
  spec: Container | undefined;
  status: ContainerStatus;
  path: string;
}

/** Reasons for which a container waits that has no image. */
export const IMAGE_REASONS: readonly string[] = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];
/** The reason for which a container waits whose postStart hook failed. */
export const HOOK_ERROR = 'PostStartHookError';
/** Reasons for which a container waits that cannot be made or started. */
export const START_REASONS: readonly string[] = [
  HOOK_ERROR,
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
];

/** The backend's container: the one of this name, else the only one, else the first. */
export function backendOfPod({ spec }: Pick<Pod, 'spec'>, name: string): Container | undefined {
  return spec.containers.find((container) => container.name === name) ?? spec.containers[0];
}

/** Names of the volumes whose content comes from the API server: it is text, and the pod does not write to it. */
export function givenVolumes({ spec: { volumes = [] } }: Pick<Pod, 'spec'>): ReadonlySet<string> {
  const given = volumes.filter((each) => (each.configMap ?? each.secret ?? each.projected) !== undefined);
  return new Set(given.map(({ name }) => name));
}

/** @param backend the name that the backend's container should have */
export function containersOf(pod: Pod, backend: string): ContainerAt[] {
  const { spec, status = {} } = pod;
  const own = backendOfPod(pod, backend)?.name;
  const inits = (status.initContainerStatuses ?? []).map((each, index): ContainerAt => {
    const found = spec.initContainers?.find(({ name }) => name === each.name);
    const role = found?.restartPolicy === 'Always' ? 'sidecar' : 'init';
    return { role, spec: found, status: each, path: `status.initContainerStatuses[${index}]` };
  });
  const others = (status.containerStatuses ?? []).map((each, index): ContainerAt => {
    const found = spec.containers.find(({ name }) => name === each.name);
    const role = each.name === own ? 'backend' : 'sidecar';
    return { role, spec: found, status: each, path: `status.containerStatuses[${index}]` };
  });
  return [...inits, ...others];
}

/** How a container is in trouble. */
export type ContainerTrouble =
  /** It waits for its image, or cannot be made. */
  | { kind: 'image' | 'config'; reason: string; message: string }
  /** It has ended and should not have; `state`: where the end stands. */
  | { kind: 'ended'; ended: Terminated; state: 'state' | 'lastState' }
  /** An init container that has not come to its end, or a sidecar that is not ready, since `since` (RFC 3339). */
  | { kind: 'running' | 'not-ready'; since: string };

/** Milliseconds. A container that has lived for longer since its last end is stable: a crash loop backs off to five minutes. */
export const STABLE_MS = 10 * 60_000;

/**
 * undefined: it does what it should, as far as its status tells. Whether it has run for too long is for the caller to say.
 * @param now milliseconds since the epoch
 */
export function troubleOfContainer({ role, status }: ContainerAt, now: number): ContainerTrouble | undefined {
  const { state = {}, lastState } = status;
  const before = lastState?.terminated;
  const isRecent = now - (timeOf(before?.finishedAt) ?? now) < STABLE_MS;
  if (state.terminated) {
    if (role !== 'init' || state.terminated.exitCode !== 0)
      return { kind: 'ended', ended: state.terminated, state: 'state' };
    // It came to its end at a later try; that the kernel had killed it says that the next pod's may be killed, too.
    return before?.reason === 'OOMKilled' ? { kind: 'ended', ended: before, state: 'lastState' } : undefined;
  }
  if (state.running) {
    if (before && (isRecent || before.reason === 'OOMKilled'))
      return { kind: 'ended', ended: before, state: 'lastState' };
    const since = state.running.startedAt;
    if (since === undefined) return undefined;
    if (role === 'init') return { kind: 'running', since };
    return status.ready ? undefined : { kind: 'not-ready', since };
  }
  const { reason = '', message = '' } = state.waiting ?? {};
  if (IMAGE_REASONS.includes(reason)) return { kind: 'image', reason, message };
  if (before) return { kind: 'ended', ended: before, state: 'lastState' };
  return START_REASONS.includes(reason) ? { kind: 'config', reason, message } : undefined;
}

/** Milliseconds in which an init container may do its work without a word about it. */
export const INIT_PATIENCE_MS = 60_000;

/** An init container that has run for no longer than that. */
export function isAtWork(container: ContainerAt, now: number): boolean {
  const trouble = troubleOfContainer(container, now);
  return trouble?.kind === 'running' && now - (timeOf(trouble.since) ?? now) < INIT_PATIENCE_MS;
}

/** RFC 3339 as a time, milliseconds since the epoch; undefined for what is none. The epoch itself is a runtime's zero. */
export function timeOf(time: string | undefined): number | undefined {
  const ms = Date.parse(time ?? '');
  return ms > 0 ? ms : undefined;
}

/** Seconds that a run lasted; undefined where its beginning or its end is not told: a container that never started has none. */
export function lifetime({
  startedAt,
  finishedAt,
}: Pick<Terminated, 'startedAt' | 'finishedAt'>): number | undefined {
  const [from, to] = [timeOf(startedAt), timeOf(finishedAt)];
  return from === undefined || to === undefined || to < from ? undefined : (to - from) / 1000;
}

/**
 * A container's end with how long it had run, how often it was restarted, and how long ago that was:
 * `Error, exit code 1, after 3 s, 5 restarts, 20 s ago`.
 * @param now milliseconds since the epoch
 */
export function endInWords({ restartCount }: ContainerStatus, ended: Terminated, now: number): string {
  const lived = lifetime(ended);
  const parts = [
    ending(ended),
    ...(lived === undefined ? [] : [`after ${elapsed(lived)}`]),
    count(restartCount, 'restart'),
    ...(ended.finishedAt ? [ago(ended.finishedAt, now)] : []),
  ];
  return parts.join(', ');
}

/** Milliseconds for which a container must be ready before its last end can be called past. */
const SETTLED_MS = 60_000;
/** So many times as long as its last run must a container of a loop have run, before the loop is over. */
const OUTLIVED = 2;

/**
 * When a container that had ended began to run as it should again: RFC 3339; undefined while it may end once more. It is over
 * where it has been ready for a minute, and either it was the only restart of the last ten minutes, or the container has
 * outlived its last run twice: one that ends every three minutes has not recovered two minutes after a start.
 * @param now milliseconds since the epoch
 */
export function recoveredSince(
  { ready, restartCount, state, lastState }: ContainerStatus,
  now: number,
): string | undefined {
  const since = state?.running?.startedAt;
  const started = timeOf(since);
  const ended = lastState?.terminated;
  if (!ready || started === undefined || ended === undefined || now - started < SETTLED_MS) return undefined;
  if (restartCount < 2) return since;
  const before = timeOf(ended.startedAt);
  if (before === undefined) return undefined;
  const hasOutlived = now - started > OUTLIVED * ((timeOf(ended.finishedAt) ?? started) - before);
  return hasOutlived || now - before > STABLE_MS ? since : undefined;
}
