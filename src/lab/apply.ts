/**
 * Applies objects of somebody else's to the lab, in place of the contract's chart: what `kubectl apply` sends, with the
 * defaults that the API server fills in, and what the controllers and the kubelet make of it.
 */
import type { Deployment, ObjectMeta, Service } from '../evidence/objects.js';
import {
  fillDeployment,
  fillSecret,
  fillService,
  probesOf,
  scaledBy,
  type WrittenSecret,
} from '../kube/defaults.js';
import { backendOf } from '../contract/references.js';
import { servedPort } from '../kube/service-port.js';
import { seconds, uid } from './clock.js';
import { addPod, addReplicaSet } from './install.js';
import { NAMESPACE } from './manifests.js';
import { api, type Api, type LabPod, type World } from './world.js';

/** Resource of each kind that can be applied; those of one kind are kept beside each other. */
const RESOURCES: Record<string, string> = {
  ConfigMap: 'configmaps',
  Deployment: 'deployments.apps',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers.autoscaling',
  Ingress: 'ingresses.networking.k8s.io',
  Namespace: 'namespaces',
  NetworkPolicy: 'networkpolicies.networking.k8s.io',
  Secret: 'secrets',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
};

/** Where it listens, if nothing in its manifests says so. */
const PORT = 8000;

/** The first of the range from which the API server gives node ports where none is asked for. */
const FIRST_NODE_PORT = 31_000;

interface Autoscaler {
  metadata: ObjectMeta;
  spec: { scaleTargetRef: { kind: string; name: string }; minReplicas?: number; maxReplicas: number };
}

/**
 * @param objects as a manifest has them, in any order
 * @param at milliseconds since the epoch
 * @throws Error for a kind that the lab does not hold
 */
export function applyObjects(world: World, objects: readonly object[], at: number): void {
  const given = objects.map((object) => withMetadata(api(structuredClone(object)), at));
  for (const object of given) {
    const resource = RESOURCES[object.kind];
    if (resource === undefined) throw new Error(`the lab holds no ${object.kind}`);
    if (object.kind === 'Service') {
      fillService(object);
      openPorts(object as Api<Service>, world);
    }
    if (object.kind === 'Secret') fillSecret(object as Api & WrittenSecret);
    world.others[resource] = [...(world.others[resource] ?? []), object];
  }
  const namespaces = new Set(given.flatMap(({ metadata }) => metadata.namespace ?? []));
  namespaces.delete(NAMESPACE);
  for (const name of namespaces) addNamespace(world, name, at);

  const autoscalers = given.filter(({ kind }) => kind === 'HorizontalPodAutoscaler') as Api<Autoscaler>[];
  for (const object of given) {
    if (object.kind !== 'Deployment') continue;
    const deployment = object as Api<Deployment>;
    fillDeployment(deployment);
    deployment.metadata.generation = 1;
    scale(deployment, autoscalers);
    const replicaSet = addReplicaSet(world, deployment, at);
    for (let index = 0; index < (deployment.spec.replicas ?? 1); index += 1)
      serve(addPod(world, replicaSet, at), deployment);
  }
}

function withMetadata(object: Api, at: number): Api {
  const { kind, metadata } = object;
  const isNamespaced = kind !== 'Namespace';
  object.metadata = {
    ...metadata,
    ...(isNamespaced ? { namespace: metadata.namespace ?? NAMESPACE } : {}),
    uid: uid(`${kind}/${metadata.namespace ?? ''}/${metadata.name}`),
    creationTimestamp: seconds(at),
  };
  return object;
}

function openPorts({ spec }: Api<Service>, world: World): void {
  const count = world.others.services?.length ?? 0;
  spec.clusterIP ??= `10.96.200.${count + 10}`;
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  spec.ports = spec.ports?.map((port, index) => ({
    ...port,
    nodePort: port.nodePort ?? FIRST_NODE_PORT + count * 10 + index,
  }));
}

function scale({ metadata, spec }: Api<Deployment>, autoscalers: readonly Api<Autoscaler>[]): void {
  const scaler = autoscalers.find(({ spec: { scaleTargetRef: target } }) => target.name === metadata.name);
  if (scaler) spec.replicas = scaledBy(spec.replicas ?? 1, scaler.spec);
}

/** The application that its owner built: it listens on its container's port and is healthy where its probes ask. */
function serve(pod: LabPod, deployment: Api<Deployment>): void {
  const { containers } = deployment.spec.template.spec;
  const container = containers.find(({ name }) => name === backendOf({ containers })?.name) ?? containers[0];
  pod.app.port = (container && servedPort(container)) ?? PORT;
  const asked =
    container === undefined ? [] : probesOf(container).flatMap(({ httpGet }) => httpGet?.path ?? []);
  const paths = asked.filter((path) => path !== '/docs' && path !== '/');
  pod.app.healthPaths = paths.length > 0 ? [...new Set(paths)] : ['/health'];
}

function addNamespace(world: World, name: string, at: number): void {
  if (world.others.namespaces?.some(({ metadata }) => metadata.name === name)) return;
  const namespace = api({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, uid: uid(`Namespace/${name}`), creationTimestamp: seconds(at) },
    status: { phase: 'Active' },
  });
  world.others.namespaces = [...(world.others.namespaces ?? []), namespace];
}
