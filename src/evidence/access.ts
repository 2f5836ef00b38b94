/** The permissions that each fact needs, in one place: the `permissions` fact compares with them, the Role is made of them. */
import { binding, type Subject } from './role-binding.js';
import type { Access, EvidenceKey } from './evidence.js';
import type { ReaderOptions } from './fact-context.js';

const core = (verb: string, resource: string): Access => ({ verb, group: '', resource });

/** Over WebSocket exec is a GET; from Kubernetes 1.35 it needs `create` as well. */
const EXEC: readonly Access[] = [core('get', 'pods/exec'), core('create', 'pods/exec')];
const apps = (verb: string, resource: string): Access => ({ verb, group: 'apps', resource });

/**
 * What reading a fact takes, beyond what every user may do (`/version`, reviews of oneself). A fact that rests on
 * others needs theirs as well.
 */
export const ACCESS: Record<EvidenceKey, readonly Access[]> = {
  server: [],
  permissions: [],
  release: [core('list', 'secrets'), core('get', 'secrets')],
  nodes: [{ ...core('list', 'nodes'), clusterScoped: true }],
  deployment: [apps('get', 'deployments')],
  // Asked for only where the replicas differ from the contract's.
  autoscaler: [{ verb: 'list', group: 'autoscaling', resource: 'horizontalpodautoscalers' }],
  replicaSets: [apps('list', 'replicasets')],
  pods: [core('list', 'pods')],
  namespacePods: [core('list', 'pods')],
  service: [core('get', 'services')],
  endpoints: [{ verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices' }],
  configMap: [core('get', 'configmaps')],
  secret: [core('get', 'secrets')],
  environment: [apps('get', 'deployments'), core('get', 'configmaps'), core('get', 'secrets')],
  frontend: [apps('list', 'deployments'), core('get', 'secrets')],
  // What its environment is made of, and the Services that it names.
  frontendUrls: [apps('list', 'deployments')],
  // Its Ingresses say where its pages come from; without them its Services do.
  cors: [apps('list', 'deployments'), core('get', 'services')],
  // Read where that is allowed: it matters only while the namespace is deleted, and is no reason to ask for one more right.
  namespace: [],
  networkPolicies: [{ verb: 'list', group: 'networking.k8s.io', resource: 'networkpolicies' }],
  events: [core('list', 'events')],
  // Where no answer names its pod, a pod's access log tells who answered.
  route: [core('get', 'services'), core('get', 'pods/log')],
  health: [core('get', 'services')],
  docs: [core('get', 'services')],
  tasks: [core('get', 'services')],
  logs: [core('list', 'pods'), core('get', 'pods/log')],
  inPod: [core('list', 'pods'), ...EXEC],
  distribution: [core('list', 'pods'), core('get', 'pods/log')],
  previousLogs: [core('list', 'pods'), core('get', 'pods/log')],
  otherLogs: [core('list', 'pods'), core('get', 'pods/log')],
  // Kubelets (`nodes/proxy`) are asked only where this says nothing, and that permission reaches far: it is not asked for.
  metrics: [core('list', 'pods'), { verb: 'list', group: 'metrics.k8s.io', resource: 'pods' }],
  cgroup: [core('list', 'pods'), ...EXEC],
  databaseLadder: [core('list', 'pods'), core('get', 'secrets'), ...EXEC],
  vantage: [
    core('list', 'pods'),
    core('get', 'services'),
    core('get', 'pods/proxy'),
    core('get', 'services/proxy'),
    ...EXEC,
  ],
  minikube: [],
  drift: [
    apps('get', 'deployments'),
    core('get', 'services'),
    core('get', 'configmaps'),
    core('get', 'secrets'),
    core('list', 'pods'),
  ],
  nodeRoom: [
    { ...core('list', 'nodes'), clusterScoped: true },
    { ...core('list', 'pods'), clusterScoped: true },
  ],
};

/** The facts that a fact is made from: to read it takes what they take, too. */
const RESTS_ON: Partial<Record<EvidenceKey, readonly EvidenceKey[]>> = {
  autoscaler: ['deployment'],
  replicaSets: ['deployment'],
  pods: ['replicaSets'],
  endpoints: ['service'],
  frontend: ['environment'],
  frontendUrls: ['environment', 'service'],
  cors: ['frontendUrls', 'route'],
  events: ['pods', 'service'],
  // A node port is at a node's address.
  route: ['service', 'nodes', 'pods'],
  health: ['route'],
  docs: ['route'],
  tasks: ['route'],
  logs: ['pods'],
  inPod: ['pods', 'environment'],
  distribution: ['route'],
  previousLogs: ['pods'],
  otherLogs: ['pods'],
  metrics: ['pods'],
  cgroup: ['pods'],
  databaseLadder: ['pods', 'environment'],
  vantage: ['pods', 'service'],
  drift: ['pods'],
};

/** These facts and all that they rest on. */
function withWhatTheyRestOn(keys: readonly EvidenceKey[]): EvidenceKey[] {
  const all = new Set(keys);
  // A set goes on with what is added to it meanwhile.
  for (const key of all) for (const below of RESTS_ON[key] ?? []) all.add(below);
  return [...all];
}

/** What reading one fact takes, with what the facts that it is made from take: each permission once, its own first. */
export function accessOf(key: EvidenceKey): Access[] {
  const wanted = withWhatTheyRestOn([key]).flatMap((each) => ACCESS[each]);
  return [...new Map(wanted.map((access) => [accessKey(access), access])).values()];
}

/** What `--against live` asks beside the facts of its own (`src/planned/against/there.ts`). */
export const AGAINST_ACCESS: readonly Access[] = [
  { ...core('get', 'namespaces'), clusterScoped: true },
  { ...core('list', 'services'), clusterScoped: true },
  { ...core('list', 'nodes'), clusterScoped: true },
  { ...core('list', 'pods'), clusterScoped: true },
  core('get', 'configmaps'),
  core('get', 'secrets'),
  core('get', 'serviceaccounts'),
  core('list', 'limitranges'),
  core('list', 'resourcequotas'),
  { verb: 'list', group: 'autoscaling', resource: 'horizontalpodautoscalers' },
];

/**
 * What finding names and the installed Helm release takes (`discovery.ts`). Without it the names and values of the
 * written contract are used.
 */
const DISCOVERY_ACCESS: readonly Access[] = [
  apps('list', 'deployments'),
  core('list', 'services'),
  core('list', 'configmaps'),
  core('list', 'secrets'),
];

/** The permissions for these facts and for finding what to read, each once, with what the options add or make needless. */
export function requiredAccess(
  keys: readonly EvidenceKey[],
  options: Pick<ReaderOptions, 'exec' | 'via'>,
): Access[] {
  const facts = withWhatTheyRestOn(keys);
  const wanted = facts
    .flatMap((key) => ACCESS[key])
    .filter(({ resource }) => options.exec || resource !== 'pods/exec');
  if (facts.includes('route')) {
    if (options.via === 'proxy') wanted.push(core('get', 'services/proxy'));
    if (options.via === 'port-forward') {
      wanted.push(core('get', 'pods/portforward'), core('create', 'pods/portforward'));
    }
  }
  wanted.push(...DISCOVERY_ACCESS);
  return [...new Map(wanted.map((access) => [accessKey(access), access])).values()];
}

/** What `--publish report` takes, of the API that the cluster has, and `--publish event`. */
export const PUBLISH_ACCESS = {
  report: [...writing('openreports.io', 'reports'), ...writing('wgpolicyk8s.io', 'policyreports')],
  event: writing('', 'events'),
} satisfies Record<string, readonly Access[]>;

/** What `fleet` takes: to list what is published, of the API that the cluster has. */
const FLEET_ACCESS: readonly Access[] = [
  { verb: 'list', group: 'openreports.io', resource: 'reports' },
  { verb: 'list', group: 'wgpolicyk8s.io', resource: 'policyreports' },
];

/** What `loadbalance --workers N --apply` takes besides what it reads: to make a Job, read its pods' results, and remove it. */
export const WORKERS_ACCESS: readonly Access[] = [
  ...writing('batch', 'jobs'),
  { verb: 'delete', group: 'batch', resource: 'jobs' },
  { verb: 'list', group: '', resource: 'pods' },
  { verb: 'get', group: '', resource: 'pods/log' },
];

function writing(group: string, resource: string): Access[] {
  return ['create', 'patch'].map((verb) => ({ verb, group, resource }));
}

/** Tells two permissions apart. The same one in all namespaces is another, of a ClusterRole. */
export function accessKey({ verb, group, resource, clusterScoped }: Access): string {
  return `${verb} ${group}/${resource}${clusterScoped === true ? ' (cluster)' : ''}`;
}

/**
 * The least Role (and ClusterRole) that lets every given fact be read, as YAML to be edited and applied.
 * @param options as for the reader; by default everything that `verify` does by default
 * @param more permissions beside those of the facts
 */
export function requiredRole(
  keys: readonly EvidenceKey[],
  namespace: string,
  options: Pick<ReaderOptions, 'exec' | 'via'> = { exec: true },
  more: readonly Access[] = [],
  subjects: readonly Subject[] = [],
): string {
  const all = [...requiredAccess(keys, options), ...more].map((each) => [accessKey(each), each] as const);
  return documentsOf('todo-k8s', [...new Map(all).values()], namespace, subjects);
}

/**
 * The least Role for `fleet` in a namespace, or the least ClusterRole for `fleet -A`; by a name of its own, so that applying it does not
 * take from the Role of `verify` what that has.
 */
export function fleetRole(namespace: string | undefined, subjects: readonly Subject[]): string {
  const clusterScoped = namespace === undefined;
  const access = FLEET_ACCESS.map((each) => ({ ...each, clusterScoped }));
  return documentsOf('todo-k8s-fleet', access, namespace, subjects);
}

/** A Role and a ClusterRole, where there is something for each, with who gets them. */
function documentsOf(
  name: string,
  access: readonly Access[],
  namespace: string | undefined,
  subjects: readonly Subject[],
): string {
  const cluster = access.filter(({ clusterScoped }) => clusterScoped === true);
  const local = access.filter(({ clusterScoped }) => clusterScoped !== true);
  const parts = (kind: 'Role' | 'ClusterRole', where: string | undefined, rules: readonly Access[]) =>
    rules.length === 0
      ? []
      : [role(kind, name, where, rules), ...subjects.map((each) => binding(kind, where, each, name))];
  return [...parts('Role', namespace, local), ...parts('ClusterRole', undefined, cluster)].join('---\n');
}

function role(
  kind: 'Role' | 'ClusterRole',
  name: string,
  namespace: string | undefined,
  access: readonly Access[],
): string {
  const verbs = new Map<string, Set<string>>();
  for (const { verb, group, resource } of access) {
    const key = `${group}/${resource}`;
    verbs.set(key, (verbs.get(key) ?? new Set()).add(verb));
  }
  // Resources of one group that need the same verbs share a rule.
  const rules = new Map<string, string[]>();
  for (const [key, set] of verbs) {
    const slash = key.indexOf('/');
    const rule = JSON.stringify([key.slice(0, slash), [...set].sort()]);
    rules.set(rule, [...(rules.get(rule) ?? []), key.slice(slash + 1)]);
  }
  const lines = [...rules].map(([rule, resources]) => {
    const [group, list] = JSON.parse(rule) as [string, string[]];
    return `  - apiGroups: ["${group}"]\n    resources: ${flow(resources.sort())}\n    verbs: ${flow(list)}\n`;
  });
  const where = namespace === undefined ? '' : `\n  namespace: ${namespace}`;
  return `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\nmetadata:\n  name: ${name}${where}\nrules:\n${lines.join('')}`;
}

function flow(items: readonly string[]): string {
  return `[${items.map((item) => `"${item}"`).join(', ')}]`;
}
