/**
 * API objects with everything left out that differs from cluster to cluster and from run to run (names that are
 * generated, ids, times, addresses, digests) and every secret: what is recorded from the real cluster, and the form in
 * which the lab's objects are compared with it.
 */

/** One object of any kind. */
export interface ApiObject {
  kind?: string;
  metadata: { name: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** Objects by resource, such as `pods`. */
export type Recorded = Record<string, ApiObject[]>;

/** What is recorded, with the path below the API that lists it. `{namespace}` is the release's. */
export const RESOURCES: Record<string, string> = {
  nodes: '/api/v1/nodes',
  deployments: '/apis/apps/v1/namespaces/{namespace}/deployments',
  replicasets: '/apis/apps/v1/namespaces/{namespace}/replicasets',
  pods: '/api/v1/namespaces/{namespace}/pods',
  services: '/api/v1/namespaces/{namespace}/services',
  endpointslices: '/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices',
  configmaps: '/api/v1/namespaces/{namespace}/configmaps',
  secrets: '/api/v1/namespaces/{namespace}/secrets',
  networkpolicies: '/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies',
  events: '/api/v1/namespaces/{namespace}/events',
};

/** Fields of metadata that say how the object came about, not what it is. */
const LEFT_OUT = new Set(['managedFields', 'resourceVersion', 'selfLink']);
/** Numbers that go up with what the suite has done before, or differ from stage to stage. */
const COUNTERS = new Map([
  ['generation', 1],
  ['observedGeneration', 1],
  ['count', 1],
  ['nodePort', 30081],
]);
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g;
const DIGEST = /\b(sha256:)?[\da-f]{64}\b/g;
const ADDRESS = /\b\d{1,3}(\.\d{1,3}){3}\b/g;
/** What a ReplicaSet adds to the Deployment's name, and to that each pod; the letters are those of Kubernetes' rand. */
const REPLICA_SET = /(-backend)-[\dbcdf-hj-np-tv-z]{5,10}(?![a-z\d])/g;
const POD = /(-backend-<hash>)-[\dbcdf-hj-np-tv-z]{5}(?![a-z\d])/g;
const EVENT = /\.[\da-f]{16}$/;
const SLICE = /^(.*-backend)-[\da-z]{5}$/;

/**
 * The objects of one list, sorted, each once. Objects that Kubernetes or Helm keep for themselves are left out, and
 * ReplicaSets of former revisions.
 */
export function redact(resource: string, objects: readonly ApiObject[], namespace: string): ApiObject[] {
  return objects
    .filter(({ spec }) => resource !== 'replicasets' || (spec as { replicas: number }).replicas > 0)
    .filter(({ metadata }) => !/^(kube-root-ca\.crt|kubernetes$|sh\.helm\.release)/.test(metadata.name))
    .map((object) => withoutValues(resource, strip(object, namespace) as ApiObject))
    .map((object) => JSON.stringify(object))
    .sort()
    .filter((line, index, all) => line !== all[index - 1])
    .map((line) => JSON.parse(line) as ApiObject);
}

/** A file of test/fixtures/recorded: one object a line, and of a fault only what is not as in the healthy state. */
export function fileText(recorded: Recorded, healthy: Recorded = {}): string {
  const lists = Object.entries(recorded).map(([resource, objects]) => {
    const known = new Set(healthy[resource]?.map((object) => JSON.stringify(object)));
    const lines = objects.map((object) => JSON.stringify(object)).filter((line) => !known.has(line));
    return `${JSON.stringify(resource)}: [${lines.map((line) => `\n${line}`).join(',')}]`;
  });
  return `{\n${lists.join(',\n')}\n}\n`;
}

function strip(value: unknown, namespace: string, key = ''): unknown {
  if (typeof value === 'string') return text(value, namespace, key);
  if (typeof value === 'number') return COUNTERS.get(key) ?? value;
  if (Array.isArray(value)) return value.map((each) => strip(each, namespace, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !LEFT_OUT.has(name))
      .map(([name, inner]) => [
        name === 'pod-template-hash' ? name : text(name, namespace, ''),
        name === 'pod-template-hash' ? '<hash>' : strip(inner, namespace, name),
      ]),
  );
}

function text(value: string, namespace: string, key: string): string {
  const said = value
    .replace(TIME, '<time>')
    .replace(UUID, '<uid>')
    .replace(DIGEST, '<digest>')
    .replace(ADDRESS, '<address>')
    .replace(/\b(default-scheduler)-[\w-]+$/, '$1-<host>')
    .replace(REPLICA_SET, '$1-<hash>')
    .replace(POD, '$1-<pod>')
    .replace(/(<address>|localhost):\d+\b/g, '$1:<port>')
    .replace(new RegExp(`(?<![A-Za-z\\d-])${namespace}(?![\\w-])`, 'g'), '<namespace>');
  if (key !== 'name') return said;
  return said.replace(EVENT, '.<event>').replace(SLICE, '$1-<slice>');
}

/** Of a Secret the keys and nothing else; of annotations that hold a digest or a whole manifest, that they are there. */
function withoutValues(resource: string, object: ApiObject): ApiObject {
  const { annotations } = object.metadata as { annotations?: Record<string, string> };
  if (annotations)
    object.metadata.annotations = Object.fromEntries(
      Object.keys(annotations)
        .filter((name) => /^(meta\.helm\.sh|deployment\.kubernetes\.io)\//.test(name))
        .map((name) => [name, `<${name.split('/')[1] ?? ''}>`]),
    );
  if (resource === 'secrets')
    object.data = Object.fromEntries(
      Object.keys((object.data as object | undefined) ?? {}).map((name) => [name, '<value>']),
    );
  // Of the machine: that it is said, not what.
  if (resource === 'nodes') {
    const status = object.status as Record<string, Record<string, string>>;
    for (const field of ['capacity', 'allocatable', 'nodeInfo'])
      status[field] = Object.fromEntries(Object.keys(status[field] ?? {}).map((name) => [name, `<${name}>`]));
  }
  return object;
}

/** Each field that an object has, as `path: type`; the elements of a list count as one. */
export function shape(value: unknown, path = ''): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((each) => [...shape(each, `${path}[]`)]));
  if (typeof value === 'object' && value !== null)
    return new Set(
      Object.entries(value).flatMap(([name, inner]) => [
        ...shape(inner, MAPS.test(path) ? `${path}.*` : `${path}.${name}`),
      ]),
    );
  return new Set([`${path}: ${value === null ? 'null' : typeof value}`]);
}

/** Fields whose keys are data. */
const MAPS =
  /\.(labels|annotations|matchLabels|selector|data|capacity|allocatable|nodeInfo|requests|limits|f:.*)$/;

interface Said {
  type?: string;
  status?: string;
  reason?: string;
  message?: string;
}
interface WithStatus {
  status?: {
    conditions?: Said[];
    containerStatuses?: { state?: Record<string, Said>; lastState?: Record<string, Said> }[];
  };
}
interface EventSaid extends Said {
  involvedObject: { kind: string };
}

/** Durations and counts inside a message say how long something has lasted, not what it is. */
const HOW_LONG = /\b\d+(\.\d+)?(m\d+(\.\d+)?s|ms|s)\b/g;

/** What is said of pods and nodes: in conditions, container states and warnings; each once, sorted. */
export function words(recorded: Recorded): string[] {
  const conditions = ['nodes', 'pods'].flatMap((resource) =>
    ((recorded[resource] as WithStatus[] | undefined) ?? []).flatMap(({ status }) =>
      (status?.conditions ?? []).map((said) => `${resource} ${said.type}=${said.status} ${phrase(said)}`),
    ),
  );
  const states = ((recorded.pods as WithStatus[] | undefined) ?? []).flatMap(({ status }) =>
    (status?.containerStatuses ?? []).flatMap(({ state, lastState }) =>
      Object.entries({ ...prefixed('state', state), ...prefixed('lastState', lastState) }).map(
        ([name, said]) => `container ${name} ${phrase(said)}`,
      ),
    ),
  );
  const events = ((recorded.events ?? []) as unknown as EventSaid[])
    .filter(({ type }) => type === 'Warning')
    .map((said) => `event ${said.involvedObject.kind} ${phrase(said)}`);
  return [...new Set([...conditions, ...states, ...events])].sort();
}

function prefixed(prefix: string, states: Record<string, Said> = {}): Record<string, Said> {
  return Object.fromEntries(Object.entries(states).map(([name, said]) => [`${prefix}.${name}`, said]));
}

function phrase({ reason = '', message = '' }: Said): string {
  return `${reason}: ${message.replace(HOW_LONG, '<duration>')}`.trim();
}
