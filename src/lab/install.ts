/** What the controllers, the scheduler and the kubelet make of the manifests: a ReplicaSet and running pods. */
import type {
  Container,
  ContainerStatus,
  Deployment,
  Pod,
  PodSpec,
  ReplicaSet,
} from '../evidence/objects.js';
import { databaseLogin } from '../evidence/ladder/url.js';
import { accessLine, healthyApp, startupLines } from './app.js';
import { seconds, uid } from './clock.js';
import { minikubeNode, viewerRole } from './cluster-objects.js';
import { ContainerLog } from './container-log.js';
import { event } from './event.js';
import { DATABASE_HOST } from './manifests.js';
import { api, type Api, type LabPod, type Manifests, type World } from './world.js';

/** pod-template-hash by revision: fixed, so that names are the same in every start. */
const HASHES = ['6d5f9c7b4d', '7c8f5d9b6c', '5b9c4f7d8f'];
const SUFFIXES = ['2k4xp', 'b8w7q', 'm5t9z', 'x7c2d', 'q6r4h'];
const DIGEST = 'sha256:8f0d8a4ff1f2a0d2a8a3c9f1f6a24a8dbb9b7c5a3a3f8a6b8e0c6f1c9d7e5b3a';
const START_MS = 3000;
const READY_MS = 18_000;
const PROBE_PERIOD_MS = 10_000;

export interface InstallOptions {
  /** Milliseconds since the epoch. */
  now: number;
  installedAt: number;
  nodeAddress: string;
}

export function install(manifests: Manifests, { now, installedAt, nodeAddress }: InstallOptions): World {
  const { secret, secretValues, deployment } = manifests;
  secret.data = Object.fromEntries(
    Object.entries(secretValues).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  const world: World = {
    now,
    nodeAddress,
    manifests,
    nodes: [minikubeNode(now, nodeAddress)],
    replicaSets: [],
    pods: [],
    unfinished: new Set(),
    events: [],
    role: viewerRole(),
    network: {
      dns: 'up',
      hosts: {
        [DATABASE_HOST]: {
          address: '203.0.113.24',
          port: 5432,
          answers: 'tls',
          database: { password: databaseLogin(secretValues.DATABASE_URL ?? '')?.password },
        },
      },
    },
    lostNodes: new Set(),
    unserved: new Set(),
    metrics: 'served',
    others: {},
  };
  if (manifests.missing.has('deployment')) return world;
  const replicaSet = addReplicaSet(world, deployment, installedAt);
  for (let index = 0; index < (deployment.spec.replicas ?? 1); index += 1)
    addPod(world, replicaSet, installedAt);
  return world;
}

/** The Deployment's next revision, newest first. @param at milliseconds since the epoch */
export function addReplicaSet(world: World, deployment: Api<Deployment>, at: number): Api<ReplicaSet> {
  const own = world.replicaSets.filter((one) => owner(one) === deployment.metadata.uid);
  const hash = HASHES[own.length] ?? uid(`hash/${own.length}`).slice(0, 10);
  const name = `${deployment.metadata.name}-${hash}`;
  const { template, selector, replicas = 1 } = structuredClone(deployment.spec);
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
  const replicaSet = api<ReplicaSet>({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace,
      uid: uid(`ReplicaSet/${name}`),
      generation: 1,
      creationTimestamp: seconds(at),
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(replicas),
        'deployment.kubernetes.io/max-replicas': String(replicas + 1),
        'deployment.kubernetes.io/revision': String(own.length + 1),
      },
      ownerReferences: [ownerReference('apps/v1', deployment)],
    },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
  deployment.metadata.annotations = {
    ...deployment.metadata.annotations,
    'deployment.kubernetes.io/revision': String(own.length + 1),
  };
  world.replicaSets.unshift(replicaSet);
  const message = `Scaled up replica set ${name} from 0 to ${replicas}`;
  world.events.push(
    event(deployment, {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message,
      component: 'deployment-controller',
      at,
    }),
  );
  return replicaSet;
}

/** A running, ready pod of a ReplicaSet. @param at milliseconds since the epoch when it was created */
export function addPod(world: World, replicaSet: Api<ReplicaSet>, at: number): LabPod {
  const index = world.pods.length;
  // Of thousands of pods two would have the same five characters.
  const suffix = SUFFIXES[index] ?? uid(`pod/${index}`).slice(0, index < 100 ? 5 : 8);
  const name = `${replicaSet.metadata.name}-${suffix}`;
  const template = structuredClone(replicaSet.spec.template);
  const spec: PodSpec = template?.spec ?? { containers: [] };
  const pod: LabPod = {
    object: podObject(replicaSet, {
      name,
      annotations: template?.metadata?.annotations,
      spec,
      podIP: `10.244.${(index + 5) >> 8}.${(index + 5) & 255}`,
      hostIP: world.nodeAddress,
      at,
    }),
    app: healthyApp(name),
    log: runLog(name, at + START_MS, world.now),
    previousLog: undefined,
    tools: ['python3', 'sh'],
    uid: spec.containers[0]?.securityContext?.runAsUser ?? spec.securityContext?.runAsUser ?? 0,
    usage: { cpuNanocores: 3_214_567 + index * 410_233, memoryKi: 63_488 + index * 1_204 },
    kernel: {
      peakKi: 71_220 + index * 904,
      limitHits: 0,
      oomKills: 0,
      periods: 812,
      throttledPeriods: 0,
      throttledMicros: 0,
    },
  };
  world.pods.push(pod);
  world.events.push(
    event(replicaSet, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${name}`,
      component: 'replicaset-controller',
      at,
    }),
    ...startEvents(pod.object, at),
  );
  return pod;
}

/** The log of a container that serves: its start-up, and both probes every ten seconds until `until`. */
export function runLog(pod: string, startedAt: number, until: number, probeStatus = 200): ContainerLog {
  const log = new ContainerLog();
  startupLines(pod).forEach((text, index) => log.append(text, startedAt + 900 + index * 61));
  for (let at = startedAt + 15_000; at < until; at += PROBE_PERIOD_MS) logProbes(log, at, probeStatus);
  return log;
}

/** The access lines of one round of probes. @param at milliseconds since the epoch */
export function logProbes(log: ContainerLog, at: number, status: number): void {
  const port = 33_000 + (Math.floor(at / 100) % 27_000);
  log.append(accessLine(`10.244.0.1:${port}`, 'GET', '/api/health', status), at);
  log.append(accessLine(`10.244.0.1:${port + 2}`, 'GET', '/api/health', status), at + 0.4);
}

/** True when this object controls the other. */
export function owns(controller: Api, object: Api): boolean {
  return owner(object) === controller.metadata.uid;
}

function owner(object: Api): string | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller)?.uid;
}

function ownerReference(apiVersion: string, { kind, metadata: { name, uid: id } }: Api) {
  return { apiVersion, kind, name, uid: id ?? '', controller: true, blockOwnerDeletion: true };
}

interface NewPod {
  name: string;
  annotations: Record<string, string> | undefined;
  spec: PodSpec;
  podIP: string;
  hostIP: string;
  at: number;
}

function podObject(
  replicaSet: Api<ReplicaSet>,
  { name, annotations, spec, podIP, hostIP, at }: NewPod,
): Api<Pod> {
  const started = seconds(at + START_MS);
  const condition = (type: string, after: number) => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: seconds(at + after),
  });
  return api<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${replicaSet.metadata.name}-`,
      namespace: replicaSet.metadata.namespace,
      uid: uid(`Pod/${name}`),
      generation: 1,
      creationTimestamp: seconds(at),
      labels: { ...replicaSet.metadata.labels },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [ownerReference('apps/v1', replicaSet)],
    },
    spec: {
      ...spec,
      serviceAccountName: 'default',
      serviceAccount: 'default',
      nodeName: 'minikube',
      enableServiceLinks: true,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
        key,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
    },
    status: {
      observedGeneration: 1,
      phase: 'Running',
      conditions: [
        condition('PodReadyToStartContainers', START_MS),
        condition('Initialized', 0),
        condition('Ready', READY_MS),
        condition('ContainersReady', READY_MS),
        condition('PodScheduled', 0),
      ],
      hostIP,
      hostIPs: [{ ip: hostIP }],
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: seconds(at),
      containerStatuses: spec.containers.map((container) =>
        runningStatus(container.name, container.image, started, name),
      ),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainerStatuses: spec.initContainers.map((each) => initStatus(each, started, name)) }),
      qosClass: spec.containers.some((container) => container.resources?.requests)
        ? 'Burstable'
        : 'BestEffort',
    },
  });
}

function runningStatus(
  name: string,
  image: string | undefined,
  startedAt: string,
  pod: string,
): ContainerStatus {
  return {
    name,
    state: { running: { startedAt } },
    lastState: {},
    ready: true,
    restartCount: 0,
    image: fullName(image ?? ''),
    imageID: imageId(image ?? '', DIGEST),
    containerID: containerId(pod, 0),
    started: true,
  };
}

/** An init container has come to its end, unless it is one that stays beside the others. */
function initStatus(container: Container, startedAt: string, pod: string): ContainerStatus {
  const status = runningStatus(container.name, container.image, startedAt, pod);
  if (container.restartPolicy === 'Always') return status;
  const terminated = { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt };
  return { ...status, state: { terminated }, started: false };
}

/** An image's id as containerd tells it: its repository, and the digest of what runs. */
export function imageId(image: string, digest: string): string {
  return `${fullName(image).replace(/:[^:/]*$/, '')}@${digest}`;
}

function fullName(image: string): string {
  return `docker.io/library/${image}`;
}

/** @param run restarts before it */
export function containerId(pod: string, run: number): string {
  return `containerd://${[0, 1].map((half) => uid(`container/${pod}/${run}/${half}`).replaceAll('-', '')).join('')}`;
}

function startEvents(pod: Api<Pod>, at: number) {
  const [container] = pod.spec.containers;
  const name = container?.name ?? '';
  const fieldPath = `spec.containers{${name}}`;
  const normal = (reason: string, message: string, after: number) =>
    event(pod, { type: 'Normal', reason, message, component: 'kubelet', at: at + after, fieldPath });
  return [
    event(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${pod.metadata.namespace ?? ''}/${pod.metadata.name} to minikube`,
      component: 'default-scheduler',
      at,
    }),
    normal(
      'Pulled',
      `Container image "${container?.image ?? ''}" already present on machine`,
      START_MS - 1000,
    ),
    normal('Created', `Created container: ${name}`, START_MS - 900),
    normal('Started', `Started container ${name}`, START_MS),
  ];
}
