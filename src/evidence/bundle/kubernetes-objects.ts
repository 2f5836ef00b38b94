/** The facts that are Kubernetes objects, as objects: for people, and for `todo-k8s lab bundle.tgz`. */
import { grouped } from '../../computed/memo.js';
import type { ConfigMapFacts, EndpointFacts, EvidenceKey, Observed, SecretFacts } from '../evidence.js';
import type { ObjectMeta } from '../objects.js';
import type { Recording } from './recorder.js';

/** An object with what says what it is. */
export interface RecordedObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

export interface RecordedObjects {
  /** Name of a file, without its ending. */
  file: string;
  /** As RBAC names the type: `deployments.apps`. */
  resource: string;
  objects: RecordedObject[];
}

/** Facts whose values are objects, or lists of them, as the API has them. */
const KINDS: readonly [key: EvidenceKey, apiVersion: string, kind: string, resource: string][] = [
  ['deployment', 'apps/v1', 'Deployment', 'deployments.apps'],
  ['replicaSets', 'apps/v1', 'ReplicaSet', 'replicasets.apps'],
  ['pods', 'v1', 'Pod', 'pods'],
  ['service', 'v1', 'Service', 'services'],
  ['nodes', 'v1', 'Node', 'nodes'],
  ['networkPolicies', 'networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies.networking.k8s.io'],
  ['events', 'v1', 'Event', 'events'],
];

/** What was read, by kind; kinds of which there is none are left out. */
export function kubernetesObjects(recording: Recording, namespace: string): RecordedObjects[] {
  const value = (key: EvidenceKey): unknown => {
    const observed: Observed<unknown> | undefined = recording.get(key);
    return observed?.ok ? observed.value : undefined;
  };
  const found: RecordedObjects[] = KINDS.map(([key, apiVersion, kind, resource]) => {
    const items = ([value(key)] as ({ metadata: ObjectMeta } | undefined)[][]).flat();
    const objects = items.flatMap((item) => (item ? [{ apiVersion, kind, ...item }] : []));
    return { file: key, resource, objects };
  });
  const service = value('service') as { metadata: ObjectMeta } | undefined;
  const configMap = value('configMap') as ConfigMapFacts | undefined;
  const secret = value('secret') as SecretFacts | undefined;
  const endpoints = value('endpoints') as EndpointFacts | undefined;
  if (configMap) found.push(one('configMap', 'configmaps', configMapObject(configMap, namespace)));
  if (secret) found.push(one('secret', 'secrets', secretObject(secret, namespace)));
  if (endpoints && service) {
    const objects = sliceObjects(endpoints, service.metadata, namespace);
    found.push({ file: 'endpoints', resource: 'endpointslices.discovery.k8s.io', objects });
  }
  return found.filter(({ objects }) => objects.length > 0);
}

function one(file: string, resource: string, object: RecordedObject): RecordedObjects {
  return { file, resource, objects: [object] };
}

function configMapObject(
  { name, labels, data, binaryKeys }: ConfigMapFacts,
  namespace: string,
): RecordedObject {
  const metadata = { name, namespace, labels };
  const hidden = Buffer.from('(value not recorded)').toString('base64');
  const binaryData = binaryKeys && Object.fromEntries(binaryKeys.map((key) => [key, hidden]));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data,
    ...(binaryData && { binaryData }),
  } as RecordedObject;
}

/** Keys and lengths: values never leave the reader. */
function secretObject({ name, labels, type, keys }: SecretFacts, namespace: string): RecordedObject {
  const data = keys.map(({ key, length }) => [
    key,
    Buffer.from(`(value hidden, ${length} characters)`).toString('base64'),
  ]);
  const metadata = { name, namespace, labels };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type,
    data: Object.fromEntries(data) as object,
  } as RecordedObject;
}

/** A slice for each port that addresses are served on, whatever they were read from. */
function sliceObjects(
  { addresses }: EndpointFacts,
  { name, labels }: ObjectMeta,
  namespace: string,
): RecordedObject[] {
  const byPort = grouped(addresses, ({ port, protocol = 'TCP' }) => `${protocol} ${port ?? ''}`);
  const slices = byPort.size === 0 ? [[]] : [...byPort.values()];
  return slices.map((served, index) => {
    const metadata: ObjectMeta = {
      name: `${name}-recorded${index === 0 ? '' : `-${index + 1}`}`,
      namespace,
      labels: { ...labels, 'kubernetes.io/service-name': name },
    };
    const endpoints = served.map(({ address, ready, terminating, podName, nodeName, zones }) => ({
      addresses: [address],
      conditions: { ready, serving: ready, terminating },
      ...(podName !== undefined && { targetRef: { kind: 'Pod', namespace, name: podName } }),
      ...(nodeName !== undefined && { nodeName }),
      ...(zones.length > 0 && { hints: { forZones: zones.map((zone) => ({ name: zone })) } }),
    }));
    // kubectl describe takes it for granted that a port has a name, if an empty one.
    const ports = served.slice(0, 1).map(({ port, protocol = 'TCP' }) => ({ name: '', port, protocol }));
    const body = { addressType: 'IPv4', endpoints, ports };
    return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, ...body };
  });
}
