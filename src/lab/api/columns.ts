/** The columns that `kubectl get` shows, by resource type: what the API server prints into a Table. */
import type {
  Container,
  Deployment,
  KubernetesEvent,
  LabelSelector,
  NetworkPolicy,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from '../../evidence/objects.js';
import type { Api, ConfigMap, Secret } from '../world.js';
import { age } from './age.js';

type Cell = string | number;

export interface Column {
  name: string;
  /** 0: always; 1: with `-o wide`. */
  priority: 0 | 1;
  cell: (object: Api, now: number) => Cell;
}

const NONE = '<none>';

/** By qualified resource name; types that are not here get name and age. */
export const COLUMNS: Record<string, Column[]> = {
  pods: [
    ...columns<Pod>({
      Ready: (pod) => `${podState(pod).ready}/${pod.spec.containers.length}`,
      Status: (pod) => podState(pod).status,
      Restarts: (pod, now) => podState(pod, now).restarts,
    }),
    ageColumn(),
    ...columns<Pod>(
      {
        IP: (pod) => pod.status?.podIP ?? NONE,
        Node: (pod) => pod.spec.nodeName ?? NONE,
        'Nominated Node': () => NONE,
        'Readiness Gates': () => NONE,
      },
      1,
    ),
  ],
  'deployments.apps': [
    ...columns<Deployment>({
      Ready: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
      'Up-to-date': ({ status }) => status?.updatedReplicas ?? 0,
      Available: ({ status }) => status?.availableReplicas ?? 0,
    }),
    ageColumn(),
    ...columns<Deployment>(
      templateColumns<Deployment>(
        ({ spec }) => spec.template.spec.containers,
        ({ spec }) => spec.selector,
      ),
      1,
    ),
  ],
  'replicasets.apps': [
    ...columns<ReplicaSet>({
      Desired: ({ spec }) => spec.replicas ?? 1,
      Current: ({ status }) => status?.replicas ?? 0,
      Ready: ({ status }) => status?.readyReplicas ?? 0,
    }),
    ageColumn(),
    ...columns<ReplicaSet>(
      templateColumns<ReplicaSet>(
        ({ spec }) => spec.template?.spec.containers ?? [],
        ({ spec }) => (spec as { selector?: LabelSelector }).selector,
      ),
      1,
    ),
  ],
  services: [
    ...columns<Service>({
      Type: ({ spec }) => spec.type ?? 'ClusterIP',
      'Cluster-IP': ({ spec }) => spec.clusterIP ?? NONE,
      'External-IP': () => NONE,
      'Port(s)': ({ spec }) => (spec.ports ?? []).map(servicePort).join(',') || NONE,
    }),
    ageColumn(),
    ...columns<Service>({ Selector: ({ spec }) => pairs(spec.selector) }, 1),
  ],
  endpoints: [
    ...columns<Endpoints>({ Endpoints: ({ subsets = [] }) => endpointAddresses(subsets) }),
    ageColumn(),
  ],
  'endpointslices.discovery.k8s.io': [
    ...columns<EndpointSlice>({
      AddressType: ({ addressType }) => addressType,
      Ports: ({ ports }) =>
        upTo(
          3,
          (ports ?? []).map(({ port }) => String(port ?? '*')),
          '<unset>',
        ),
      Endpoints: ({ endpoints }) =>
        upTo(
          3,
          endpoints.flatMap(({ addresses }) => addresses),
          '<unset>',
        ),
    }),
    ageColumn(),
  ],
  configmaps: [...columns<ConfigMap>({ Data: ({ data }) => Object.keys(data).length }), ageColumn()],
  secrets: [
    ...columns<Secret>({ Type: ({ type }) => type, Data: ({ data }) => Object.keys(data).length }),
    ageColumn(),
  ],
  nodes: [
    ...columns<Node>({
      Status: nodeStatus,
      Roles: ({ metadata }) => roles(metadata.labels),
    }),
    ageColumn(),
    ...columns<Node>({ Version: ({ status }) => status?.nodeInfo?.kubeletVersion ?? '' }),
    ...columns<Node>(
      {
        'Internal-IP': (node) => nodeAddress(node, 'InternalIP'),
        'External-IP': (node) => nodeAddress(node, 'ExternalIP'),
        'OS-Image': ({ status }) => status?.nodeInfo?.osImage ?? '<unknown>',
        'Kernel-Version': ({ status }) =>
          (status?.nodeInfo as { kernelVersion?: string }).kernelVersion ?? '<unknown>',
        'Container-Runtime': ({ status }) => status?.nodeInfo?.containerRuntimeVersion ?? '<unknown>',
      },
      1,
    ),
  ],
  namespaces: [...columns<Phased>({ Status: ({ status }) => status?.phase ?? '' }), ageColumn()],
  serviceaccounts: [...columns({ Secrets: () => 0 }), ageColumn()],
  'networkpolicies.networking.k8s.io': [
    ...columns<NetworkPolicy>({ 'Pod-Selector': ({ spec }) => pairs(spec.podSelector.matchLabels) }),
    ageColumn(),
  ],
};

/** Events have no name column in front: they begin with when they were last seen. */
export const EVENT_COLUMNS: Column[] = [
  ...columns<KubernetesEvent>({
    'Last Seen': (event, now) => age(event.lastTimestamp ?? event.eventTime ?? undefined, now),
    Type: ({ type }) => type ?? '',
    Reason: ({ reason }) => reason ?? '',
    Object: ({ involvedObject }) =>
      `${(involvedObject.kind ?? '').toLowerCase()}/${involvedObject.name ?? ''}`,
  }),
  ...columns<KubernetesEvent>(
    {
      Subobject: ({ involvedObject }) => involvedObject.fieldPath ?? '',
      Source: (event) =>
        Object.values((event as { source?: Record<string, string> }).source ?? {}).join(', '),
    },
    1,
  ),
  ...columns<KubernetesEvent>({ Message: ({ message }) => message ?? '' }),
  ...columns<KubernetesEvent>(
    {
      'First Seen': (event, now) => age(event.firstTimestamp ?? event.eventTime ?? undefined, now),
      Count: ({ count }) => count ?? 1,
      Name: ({ metadata }) => metadata.name,
    },
    1,
  ),
];

export function nameColumn(): Column {
  return { name: 'Name', priority: 0, cell: ({ metadata }) => metadata.name };
}

export function ageColumn(): Column {
  return { name: 'Age', priority: 0, cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) };
}

interface Endpoints {
  metadata: Api['metadata'];
  subsets?: { addresses?: { ip: string }[]; ports?: { port?: number }[] }[];
}

interface EndpointSlice {
  metadata: Api['metadata'];
  addressType: string;
  endpoints: { addresses: string[] }[];
  ports: { port?: number }[] | null;
}

interface Phased {
  metadata: Api['metadata'];
  status?: { phase?: string };
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- says once what the cells are made of
function columns<T extends { metadata: Api['metadata'] }>(
  cells: Record<string, (object: T, now: number) => Cell>,
  priority: 0 | 1 = 0,
): Column[] {
  return Object.entries(cells).map(([name, cell]) => ({
    name,
    priority,
    cell: (object, now) => cell(object as unknown as T, now),
  }));
}

function templateColumns<T>(
  containers: (object: T) => Container[],
  selector: (object: T) => LabelSelector | undefined,
) {
  return {
    Containers: (object: T) =>
      containers(object)
        .map(({ name }) => name)
        .join(','),
    Images: (object: T) =>
      containers(object)
        .map(({ image }) => image ?? '')
        .join(','),
    Selector: (object: T) => pairs(selector(object)?.matchLabels),
  };
}

/** READY, STATUS and RESTARTS, by the rules of the API server's pod printer. */
function podState(
  { metadata, status, spec }: Pod,
  now = 0,
): { ready: number; status: string; restarts: string } {
  let shown = status?.reason ?? status?.phase ?? 'Unknown';
  let restarts = 0;
  let ready = 0;
  let running = false;
  let lastRestart: string | undefined;
  for (const container of [...(status?.containerStatuses ?? [])].reverse()) {
    restarts += container.restartCount;
    lastRestart = container.lastState?.terminated?.finishedAt ?? lastRestart;
    const { waiting, terminated } = container.state ?? {};
    if (waiting?.reason) shown = waiting.reason;
    else if (terminated) shown = terminated.reason ?? `ExitCode:${terminated.exitCode}`;
    else if (container.state?.running) running = true;
    if (container.ready && container.state?.running) ready += 1;
  }
  if (shown === 'Completed' && running) shown = ready === spec.containers.length ? 'Running' : 'NotReady';
  if (metadata.deletionTimestamp !== undefined) shown = 'Terminating';
  const ago = restarts > 0 && lastRestart !== undefined ? ` (${age(lastRestart, now)} ago)` : '';
  return { ready, status: shown, restarts: `${restarts}${ago}` };
}

function servicePort({
  port,
  nodePort,
  protocol = 'TCP',
}: {
  port: number;
  nodePort?: number;
  protocol?: string;
}): string {
  return `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`;
}

function endpointAddresses(subsets: NonNullable<Endpoints['subsets']>): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    addresses.flatMap(({ ip }) => ports.map(({ port }) => `${ip}:${port ?? ''}`)),
  );
  return upTo(3, all, NONE);
}

function upTo(limit: number, items: string[], none: string): string {
  if (items.length === 0) return none;
  const more = items.length - limit;
  return more > 0 ? `${items.slice(0, limit).join(',')} + ${more} more...` : items.join(',');
}

function pairs(labels: Record<string, string> | undefined): string {
  return (
    Object.entries(labels ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || NONE
  );
}

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const shown = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable ? `${shown},SchedulingDisabled` : shown;
}

function roles(labels: Record<string, string> | undefined): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = Object.keys(labels ?? {}).filter((key) => key.startsWith(prefix));
  return found.map((key) => key.slice(prefix.length)).join(',') || NONE;
}

function nodeAddress({ status }: Node, kind: string): string {
  return status?.addresses?.find(({ type }) => type === kind)?.address ?? NONE;
}
