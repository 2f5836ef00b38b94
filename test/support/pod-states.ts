/** What can happen to the pods of the healthy evidence, in the words of Kubernetes 1.34 and 1.35. */
import type { ContainerState, KubernetesEvent, Pod } from '../../src/evidence/objects.js';
import type { HealthyEvidence } from './check-context.js';
import { NOW } from './healthy.js';

/** RFC 3339. @param seconds before the run's clock */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export function podOf({ pods }: HealthyEvidence, index = 0): Pod & { status: NonNullable<Pod['status']> } {
  const pod = pods[index];
  if (!pod?.status) throw new Error(`no pod ${index}`);
  return pod as Pod & { status: NonNullable<Pod['status']> };
}

export function statusOf(evidence: HealthyEvidence, index = 0) {
  const status = podOf(evidence, index).status.containerStatuses?.[0];
  if (!status) throw new Error('no container status');
  return status;
}

export function containerOf(evidence: HealthyEvidence, index = 0) {
  const container = podOf(evidence, index).spec.containers[0];
  if (!container) throw new Error('no container');
  return container;
}

/** An event about a pod. @param since seconds ago that it came first */
export function podEvent(
  evidence: HealthyEvidence,
  index: number,
  reason: string,
  message: string,
  { count = 1, secondsAgo = 20, since }: { count?: number; secondsAgo?: number; since?: number } = {},
): KubernetesEvent {
  const { name, uid } = podOf(evidence, index).metadata;
  const event: KubernetesEvent = {
    metadata: { name: `${name}.${evidence.events.length}` },
    type: 'Warning',
    reason,
    message,
    count,
    ...(since === undefined ? {} : { firstTimestamp: ago(since) }),
    lastTimestamp: ago(secondsAgo),
    involvedObject: { kind: 'Pod', namespace: 'default', name, ...(uid === undefined ? {} : { uid }) },
  };
  evidence.events.push(event);
  return event;
}

export function notReady(evidence: HealthyEvidence, index: number): void {
  const { status } = podOf(evidence, index);
  for (const condition of status.conditions ?? []) {
    if (condition.type === 'Ready' || condition.type === 'ContainersReady') {
      Object.assign(condition, {
        status: 'False',
        reason: 'ContainersNotReady',
        lastTransitionTime: ago(120),
      });
    }
  }
  statusOf(evidence, index).ready = false;
  const { deployment } = evidence;
  if (deployment.status) {
    deployment.status.readyReplicas = (deployment.status.readyReplicas ?? 0) - 1;
    deployment.status.availableReplicas = (deployment.status.availableReplicas ?? 0) - 1;
  }
  const address = evidence.endpoints.addresses[index];
  if (address) address.ready = false;
}

/** The container was never started. */
export function waiting(evidence: HealthyEvidence, index: number, reason: string, message: string): void {
  notReady(evidence, index);
  const status = statusOf(evidence, index);
  status.state = { waiting: { reason, message } };
  status.started = false;
  podOf(evidence, index).status.phase = 'Pending';
  withoutLog(evidence, index, reason);
}

/** The scheduler finds no node. */
export function unscheduled(evidence: HealthyEvidence, index: number, message: string): void {
  notReady(evidence, index);
  const pod = podOf(evidence, index);
  delete pod.spec.nodeName;
  pod.status = {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message,
        lastTransitionTime: ago(300),
      },
    ],
  };
  podEvent(evidence, index, 'FailedScheduling', message);
  withoutLog(evidence, index, 'Pending');
}

type Terminated = NonNullable<ContainerState['terminated']>;

/** The container ended and waits for its next start; what it wrote is its previous log. */
export function crashed(
  evidence: HealthyEvidence,
  index: number,
  ended: Partial<Terminated>,
  lines: readonly string[] = [],
): void {
  notReady(evidence, index);
  const { name } = podOf(evidence, index).metadata;
  const status = statusOf(evidence, index);
  status.restartCount = 6;
  status.state = {
    waiting: {
      reason: 'CrashLoopBackOff',
      message: `back-off 5m0s restarting failed container=backend pod=${name}`,
    },
  };
  status.lastState = { terminated: terminated(ended, 60) };
  withoutLog(evidence, index, 'CrashLoopBackOff');
  previousLog(evidence, index, lines);
}

/** The container ended, was started again and serves. */
export function restarted(
  evidence: HealthyEvidence,
  index: number,
  ended: Partial<Terminated>,
  {
    secondsAgo = 60,
    restarts = 3,
    lines = [],
  }: { secondsAgo?: number; restarts?: number; lines?: string[] } = {},
): void {
  const status = statusOf(evidence, index);
  status.restartCount = restarts;
  status.state = { running: { startedAt: ago(secondsAgo - 1) } };
  status.lastState = { terminated: terminated(ended, secondsAgo) };
  previousLog(evidence, index, lines);
}

function terminated(ended: Partial<Terminated>, secondsAgo: number): Terminated {
  return {
    exitCode: 1,
    reason: 'Error',
    startedAt: ago(secondsAgo + 5),
    finishedAt: ago(secondsAgo),
    ...ended,
  };
}

export function log(
  evidence: HealthyEvidence,
  index: number,
  lines: readonly string[],
  secondsAgo = 100,
): void {
  const own = evidence.logs.find(({ pod }) => pod === podOf(evidence, index).metadata.name)?.log;
  if (!own?.ok) throw new Error('no log');
  own.value.lines = lines.map((text, line) => ({ at: ago(secondsAgo - line * 0.01), text }));
}

function previousLog(evidence: HealthyEvidence, index: number, lines: readonly string[]): void {
  const own = evidence.previousLogs.find(({ pod }) => pod === podOf(evidence, index).metadata.name);
  if (!own?.log.ok) throw new Error('no previous log');
  own.log.value = {
    lines: lines.map((text) => ({ at: ago(61), text })),
    gap: false,
    startedAt: ago(65),
    finishedAt: ago(60),
  };
}

function withoutLog(evidence: HealthyEvidence, index: number, reason: string): void {
  const { name } = podOf(evidence, index).metadata;
  const gone = {
    ok: false,
    at: ago(0),
    why: 'failed',
    detail: `container backend is not running (${reason})`,
  } as const;
  for (const own of evidence.logs) if (own.pod === name) own.log = gone;
  for (const own of evidence.inPod) if (own.pod === name) own.probe = gone;
  for (const own of evidence.cgroup) if (own.pod === name) own.cgroup = gone;
  evidence.metrics.pods = evidence.metrics.pods.filter(({ pod }) => pod !== name);
}

type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/**
 * A container beside the backend's. `init` and `native` stand among the init containers, the latter with restartPolicy Always.
 * @param lines what was read of its log
 */
export function beside(
  evidence: HealthyEvidence,
  index: number,
  kind: 'init' | 'native' | 'sidecar',
  status: Partial<Status> & Pick<Status, 'state'>,
  { lines = [], spec = {} }: { lines?: readonly string[]; spec?: object } = {},
): void {
  const pod = podOf(evidence, index);
  const name = kind === 'init' ? 'migrate' : 'proxy';
  const container = {
    name,
    image: `example.com/${name}:1`,
    ...(kind === 'native' && { restartPolicy: 'Always' }),
    ...spec,
  };
  const own = {
    name,
    ready: false,
    restartCount: 0,
    imageID: `example.com/${name}@sha256:${'0'.repeat(64)}`,
    ...status,
  };
  if (kind === 'sidecar') {
    pod.spec.containers.push(container);
    pod.status.containerStatuses?.push(own);
  } else {
    pod.spec.initContainers = [container];
    pod.status.initContainerStatuses = [own];
  }
  evidence.otherLogs.push({
    pod: pod.metadata.name,
    container: name,
    previous: status.state?.running !== undefined && status.lastState !== undefined,
    log: {
      ok: true,
      at: ago(0),
      value: { lines: lines.map((text) => ({ at: ago(30), text })), gap: false },
    },
  });
}

/** An init container keeps the pod from its own one. */
export function initialising(evidence: HealthyEvidence, index: number): void {
  waiting(evidence, index, 'PodInitializing', '');
}
