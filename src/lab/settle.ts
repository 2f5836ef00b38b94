/**
 * What follows from the world as it is: the statuses that controllers write, and the Service's endpoints. Computed
 * again whenever something changes, so that no scenario has to keep objects in step by hand.
 */
import type { Condition, Deployment, Pod, ReplicaSet, Service } from '../evidence/objects.js';
import { uid } from './clock.js';
import { kubernetesService, namespaces, rootCaConfigMap, serviceAccounts } from './cluster-objects.js';
import { helmRelease } from './helm-release.js';
import { owns } from './install.js';
import { api, type Api, type Collections, type World } from './world.js';

/** An address behind a Service. */
export interface Endpoint {
  pod: Api<Pod>;
  ready: boolean;
}

export interface SettleOptions {
  /** PEM of the API server's certificate authority. */
  authority: string;
  /** Port on loopback that the API server listens on. */
  apiPort: number;
  installedAt: number;
}

/** All objects of the lab. */
export function settle(world: World, options: SettleOptions): Collections {
  const { manifests, now } = world;
  const installed = (part: 'service' | 'configMap' | 'secret') =>
    manifests.missing.has(part) ? [] : [manifests[part] as Api];
  const deployments = manifests.missing.has('deployment') ? [] : [manifests.deployment];
  const allDeployments = [...deployments, ...((world.others['deployments.apps'] ?? []) as Api<Deployment>[])];
  for (const replicaSet of world.replicaSets) replicaSetStatus(world, replicaSet);
  for (const one of allDeployments) deploymentStatus(world, one);
  const services = [...installed('service'), ...(world.others.services ?? [])] as Api<Service>[];
  const addresses = services.map((service) => ({ service, endpoints: endpointsOf(world, service) }));
  const { authority, apiPort, installedAt } = options;
  const own: Collections = {
    namespaces: namespaces(now),
    nodes: world.nodes,
    serviceaccounts: serviceAccounts(now),
    pods: world.pods.map(({ object }) => object),
    services: [kubernetesService(now), ...installed('service')],
    endpoints: [
      apiEndpoints(now, apiPort),
      ...addresses.map(({ service, endpoints }) => coreEndpoints(service, endpoints)),
    ],
    'endpointslices.discovery.k8s.io': [
      apiSlice(now, apiPort),
      ...addresses.map(({ service, endpoints }) => slice(service, endpoints)),
    ],
    configmaps: [rootCaConfigMap(now, authority), ...installed('configMap')],
    secrets: [
      ...installed('secret'),
      ...(manifests.missing.has('release') ? [] : [helmRelease(installedAt, manifests.secretValues)]),
    ],
    events: world.events,
    'deployments.apps': deployments,
    'replicasets.apps': world.replicaSets,
    'networkpolicies.networking.k8s.io': manifests.networkPolicies,
  };
  for (const [resource, objects] of Object.entries(world.others))
    own[resource] = [...(own[resource] ?? []), ...objects];
  return own;
}

/** The pods that a Service selects and that have an address. A Service without a selector has none. */
export function endpointsOf(world: World, service: Api<Service>): Endpoint[] {
  const selector = Object.entries(service.spec.selector ?? {});
  if (selector.length === 0) return [];
  return world.pods
    .map(({ object }) => object)
    .filter(
      ({ metadata, status }) =>
        metadata.namespace === service.metadata.namespace &&
        status?.podIP !== undefined &&
        selector.every(([key, value]) => metadata.labels?.[key] === value),
    )
    .map((pod) => ({ pod, ready: isReady(pod) }));
}

/** The container port that a Service port leads to in a pod. */
export function targetPort(
  pod: Api<Pod>,
  port: { port: number; targetPort?: number | string },
): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  return ports.find(({ name }) => name === target)?.containerPort;
}

function isReady({ metadata, status }: Api<Pod>): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && metadata.deletionTimestamp === undefined;
}

function replicaSetStatus(world: World, replicaSet: Api<ReplicaSet>): void {
  const pods = world.pods.map(({ object }) => object).filter((pod) => owns(replicaSet, pod));
  const ready = pods.filter(isReady).length;
  const status = { replicas: pods.length, fullyLabeledReplicas: pods.length, observedGeneration: 1 };
  replicaSet.status = ready > 0 ? { ...status, readyReplicas: ready, availableReplicas: ready } : status;
}

function deploymentStatus(world: World, deployment: Api<Deployment>): void {
  const sets = world.replicaSets.filter((set) => owns(deployment, set));
  const [newest] = sets;
  const total = (pick: (status: NonNullable<ReplicaSet['status']>) => number | undefined, of = sets) =>
    of.reduce((sum, { status }) => sum + (status ? (pick(status) ?? 0) : 0), 0);
  const wanted = deployment.spec.replicas ?? 1;
  const replicas = total((status) => status.replicas);
  const updated = total((status) => status.replicas, sets.slice(0, 1));
  const available = total((status) => status.availableReplicas);
  const complete = updated === wanted && available === wanted && replicas === wanted;
  // Counts of zero are left out, as the API server does.
  const counts = Object.entries({
    replicas,
    updatedReplicas: updated,
    readyReplicas: total((status) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, Math.max(wanted, replicas) - available),
  }).filter(([, count]) => count > 0);
  deployment.status = {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...Object.fromEntries(counts),
    conditions: [
      availableCondition(deployment, available >= wanted),
      progressing(world, deployment, newest, complete),
    ],
  };
}

function availableCondition(deployment: Api<Deployment>, available: boolean): Condition {
  return {
    type: 'Available',
    status: available ? 'True' : 'False',
    lastUpdateTime: deployment.metadata.creationTimestamp,
    lastTransitionTime: deployment.metadata.creationTimestamp,
    reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: available
      ? 'Deployment has minimum availability.'
      : 'Deployment does not have minimum availability.',
  };
}

function progressing(
  world: World,
  deployment: Api<Deployment>,
  newest: Api<ReplicaSet> | undefined,
  complete: boolean,
): Condition {
  const times = {
    lastUpdateTime: newest?.metadata.creationTimestamp,
    lastTransitionTime: deployment.metadata.creationTimestamp,
  };
  const set = `ReplicaSet "${newest?.metadata.name ?? ''}"`;
  // Once a revision was complete, pods that fail later no longer make its rollout a failed one.
  if (complete || !world.unfinished.has(newest?.metadata.name ?? '')) {
    const message = `${set} has successfully progressed.`;
    return { type: 'Progressing', status: 'True', ...times, reason: 'NewReplicaSetAvailable', message };
  }
  const age = world.now - Date.parse(newest?.metadata.creationTimestamp ?? '');
  if (age > (deployment.spec.progressDeadlineSeconds ?? 600) * 1000) {
    const message = `${set} has timed out progressing.`;
    return { type: 'Progressing', status: 'False', ...times, reason: 'ProgressDeadlineExceeded', message };
  }
  return {
    type: 'Progressing',
    status: 'True',
    ...times,
    reason: 'ReplicaSetUpdated',
    message: `${set} is progressing.`,
  };
}

function coreEndpoints(service: Api<Service>, endpoints: Endpoint[]): Api {
  const { name, namespace, labels } = service.metadata;
  const address = ({ pod }: Endpoint) => ({
    ip: pod.status?.podIP,
    nodeName: pod.spec.nodeName,
    targetRef: targetRef(pod),
  });
  const ready = endpoints.filter((endpoint) => endpoint.ready).map(address);
  const notReady = endpoints.filter((endpoint) => !endpoint.ready).map(address);
  const [sample] = endpoints;
  const ports = (service.spec.ports ?? []).map((port) => ({
    name: port.name,
    port: sample ? targetPort(sample.pod, port) : undefined,
    protocol: 'TCP',
  }));
  return api({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace,
      uid: uid(`Endpoints/${name}`),
      creationTimestamp: service.metadata.creationTimestamp,
      labels: { ...labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
    },
    ...(endpoints.length > 0
      ? {
          subsets: [
            {
              ...(ready.length > 0 ? { addresses: ready } : {}),
              ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
              ports,
            },
          ],
        }
      : {}),
  });
}

function slice(service: Api<Service>, endpoints: Endpoint[]): Api {
  const { name, namespace, labels, uid: owner } = service.metadata;
  const sliceName = `${name}-${uid(`slice/${name}`).slice(0, 5)}`;
  const [sample] = endpoints;
  return api({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: sliceName,
      generateName: `${name}-`,
      namespace,
      uid: uid(`EndpointSlice/${sliceName}`),
      generation: 1,
      creationTimestamp: service.metadata.creationTimestamp,
      labels: {
        ...labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name,
          uid: owner ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: 'IPv4',
    endpoints: endpoints.map(({ pod, ready }) => ({
      addresses: [pod.status?.podIP],
      conditions: { ready, serving: ready, terminating: pod.metadata.deletionTimestamp !== undefined },
      targetRef: targetRef(pod),
      nodeName: pod.spec.nodeName,
    })),
    ports: sample
      ? (service.spec.ports ?? []).map((port) => ({
          name: port.name,
          port: targetPort(sample.pod, port),
          protocol: port.protocol ?? 'TCP',
        }))
      : null,
  });
}

function targetRef(pod: Api<Pod>) {
  const { namespace, name, uid: id } = pod.metadata;
  return { kind: 'Pod', namespace, name, uid: id };
}

function apiEndpoints(now: number, port: number): Api {
  const { metadata } = kubernetesService(now);
  return api({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...metadata,
      uid: uid('Endpoints/kubernetes'),
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  });
}

function apiSlice(now: number, port: number): Api {
  const { metadata } = kubernetesService(now);
  return api({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata,
      uid: uid('EndpointSlice/kubernetes'),
      generation: 1,
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  });
}
