/** What can happen to a running pod, told as the kubelet and the scheduler of Kubernetes 1.34 tell it. */
import type { ContainerState, ContainerStatus } from '../evidence/objects.js';
import { startupLines } from './app.js';
import { seconds, uid } from './clock.js';
import { ContainerLog } from './container-log.js';
import { event, type Happening } from './event.js';
import { containerId, logProbes, runLog } from './install.js';
import { NAMESPACE } from './manifests.js';
import type { LabPod, World } from './world.js';

const MINUTE_MS = 60_000;

export interface Crash {
  exitCode: number;
  reason?: string;
  restarts: number;
  /** What the container wrote before it ended. */
  lines: string[];
}

/** The kubelet has tried to pull the image and now waits before it tries again. */
export function pullFails(world: World, pod: LabPod, cause: string): void {
  const image = pod.object.spec.containers[0]?.image ?? '';
  const at = world.now - 20_000;
  neverStarted(world, pod, {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${image}": ErrImagePull: ${cause}`,
  });
  kubelet(world, pod, {
    type: 'Normal',
    reason: 'Pulling',
    message: `Pulling image "${image}"`,
    at,
    count: 7,
  });
  const failed = (message: string, count: number) =>
    kubelet(world, pod, { type: 'Warning', reason: 'Failed', message, at, count });
  failed(`Failed to pull image "${image}": ${cause}`, 7);
  failed('Error: ErrImagePull', 7);
  failed('Error: ImagePullBackOff', 31);
  kubelet(world, pod, {
    type: 'Normal',
    reason: 'BackOff',
    message: `Back-off pulling image "${image}"`,
    at,
    count: 42,
  });
}

/** The kubelet cannot make the container from its spec. */
export function configFails(world: World, pod: LabPod, message: string): void {
  neverStarted(world, pod, { reason: 'CreateContainerConfigError', message });
  kubelet(world, pod, {
    type: 'Warning',
    reason: 'Failed',
    message: `Error: ${message}`,
    at: world.now - 9000,
    count: 14,
  });
}

/** No node has room for the pod. */
export function unschedulable(world: World, pod: LabPod, message: string): void {
  neverStarted(world, pod, undefined);
  const { object } = pod;
  delete object.spec.nodeName;
  const created = object.metadata.creationTimestamp ?? seconds(world.now);
  object.status = {
    phase: 'Pending',
    qosClass: 'Burstable',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message,
        lastTransitionTime: created,
      },
    ],
  };
  forget(world, pod, ['Scheduled']);
  world.events.push(
    event(object, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      component: 'default-scheduler',
      at: Date.parse(created),
    }),
  );
}

/** The container ends soon after each start; the kubelet waits before the next. */
export function crashLoops(world: World, pod: LabPod, crash: Crash): void {
  const { name, uid: id } = pod.object.metadata;
  const at = world.now - 2 * MINUTE_MS;
  const status = containerStatus(pod);
  Object.assign(status, {
    ready: false,
    started: false,
    restartCount: crash.restarts,
    containerID: containerId(name, crash.restarts),
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 5m0s restarting failed container=${status.name} pod=${name}_${NAMESPACE}(${id ?? ''})`,
      },
    },
    lastState: { terminated: terminated(crash, at - 4000, at, containerId(name, crash.restarts)) },
  });
  notReady(pod, at);
  pod.app.port = undefined;
  // While a container waits, the kubelet serves the log of the run that ended, with and without `previous`.
  pod.log = crashLog(crash, at);
  pod.previousLog = pod.log;
  kubelet(world, pod, {
    type: 'Warning',
    reason: 'BackOff',
    message: `Back-off restarting failed container ${status.name} in pod ${name}_${NAMESPACE}(${id ?? ''})`,
    at: world.now - 15_000,
    count: crash.restarts * 4,
  });
}

/** The container ended once, was started again and serves. @param agoMs how long ago */
export function restarted(world: World, pod: LabPod, crash: Crash, agoMs: number): void {
  const name = pod.object.metadata.name;
  const at = world.now - agoMs;
  const startedBefore = Date.parse(pod.object.status?.startTime ?? seconds(at)) + 3000;
  Object.assign(containerStatus(pod), {
    restartCount: crash.restarts,
    containerID: containerId(name, crash.restarts),
    state: { running: { startedAt: seconds(at + 1000) } },
    lastState: { terminated: terminated(crash, startedBefore, at, containerId(name, crash.restarts - 1)) },
  });
  const ready = seconds(at + 17_000);
  for (const condition of readyConditions(pod)) condition.lastTransitionTime = ready;
  pod.previousLog = runLog(name, startedBefore, at);
  crash.lines.forEach((text, index) => pod.previousLog?.append(text, at - 40 + index));
  pod.log = runLog(name, at + 1000, world.now);
}

/** The container runs, and its readiness probe fails. */
export function readinessFails(world: World, pod: LabPod, failure: string, agoMs: number): void {
  containerStatus(pod).ready = false;
  notReady(pod, world.now - agoMs);
  kubelet(world, pod, {
    type: 'Warning',
    reason: 'Unhealthy',
    message: `Readiness probe failed: ${failure}`,
    at: world.now - 4000,
    count: Math.max(1, Math.floor(agoMs / 10_000)),
  });
}

/**
 * No pod can use its database: each says so in its log and answers 503 to its probes.
 * @param error the driver's words
 * @param agoMs since when
 */
export function databaseFails(world: World, error: string, agoMs: number): void {
  for (const pod of world.pods) {
    const { name } = pod.object.metadata;
    const since = world.now - agoMs;
    pod.app.health = {
      status: 503,
      body: { status: 'unhealthy', database: 'disconnected', pod: name },
      delayMs: 0,
    };
    pod.log = runLog(name, Date.parse(pod.object.status?.startTime ?? '') + 3000, since);
    for (let at = since; at < world.now; at += 10_000) {
      pod.log.append(`ERROR:    todo: Health check: database error: ${error}`, at - 1);
      logProbes(pod.log, at, 503);
    }
    readinessFails(world, pod, 'HTTP probe failed with statuscode: 503', Math.max(30_000, agoMs - 30_000));
  }
}

/** The kubelet says something about the pod's container. */
export function kubelet(
  world: World,
  pod: LabPod,
  happening: Omit<Happening, 'component' | 'fieldPath'>,
): void {
  const fieldPath = `spec.containers{${containerStatus(pod).name}}`;
  world.events.push(event(pod.object, { ...happening, component: 'kubelet', fieldPath }));
}

export function containerStatus(pod: LabPod): ContainerStatus {
  const [status] = pod.object.status?.containerStatuses ?? [];
  if (status === undefined)
    throw new Error(`pod ${pod.object.metadata.name} of the lab has no container status`);
  return status;
}

/** The pod at `index`, in the order of creation. */
export function podAt(world: World, index: number): LabPod {
  const pod = world.pods[index];
  if (pod === undefined) throw new Error(`the lab has no pod ${index}`);
  return pod;
}

function neverStarted(world: World, pod: LabPod, waiting: ContainerState['waiting']): void {
  const status = containerStatus(pod);
  Object.assign(status, {
    ready: false,
    started: false,
    imageID: '',
    lastState: {},
    state: { waiting: waiting ?? {} },
  });
  delete status.containerID;
  if (pod.object.status) pod.object.status.phase = 'Pending';
  notReady(pod, Date.parse(pod.object.metadata.creationTimestamp ?? seconds(world.now)));
  forget(world, pod, ['Pulled', 'Created', 'Started']);
  pod.app.port = undefined;
  pod.log = new ContainerLog();
}

/** Takes back events that did not happen after all. */
function forget(world: World, pod: LabPod, reasons: string[]): void {
  const id = pod.object.metadata.uid;
  world.events = world.events.filter(
    ({ involvedObject, reason = '' }) => involvedObject.uid !== id || !reasons.includes(reason),
  );
}

function notReady(pod: LabPod, at: number): void {
  for (const condition of readyConditions(pod)) {
    Object.assign(condition, {
      status: 'False',
      reason: 'ContainersNotReady',
      message: `containers with unready status: [${containerStatus(pod).name}]`,
      lastTransitionTime: seconds(at),
    });
  }
}

function readyConditions(pod: LabPod) {
  return (pod.object.status?.conditions ?? []).filter(
    ({ type }) => type === 'Ready' || type === 'ContainersReady',
  );
}

function terminated(crash: Crash, startedAt: number, finishedAt: number, container: string) {
  return {
    exitCode: crash.exitCode,
    reason: crash.reason ?? 'Error',
    startedAt: seconds(startedAt),
    finishedAt: seconds(finishedAt),
    containerID: container,
  };
}

function crashLog({ lines }: Crash, at: number): ContainerLog {
  const log = new ContainerLog();
  lines.forEach((text, index) => log.append(text, at - 1000 + index * 7));
  return log;
}

/** uvicorn's words for a start that failed, after the application's own. */
export function failedStart(pod: string, lines: string[]): string[] {
  return [...startupLines(pod).slice(0, 3), ...lines, 'ERROR:    Application startup failed. Exiting.'];
}

/** The digest of a second image under the same tag. */
export function otherDigest(): string {
  return `sha256:${[1, 2].map((half) => uid(`other image ${half}`).replaceAll('-', '')).join('')}`;
}
