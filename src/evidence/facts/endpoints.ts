import { labels } from '../border/pod-shape.js';
import { getObject, keptIn, listObjects } from '../border/read.js';
import { flag, list, name, need, object, or, port, text } from '../border/shape.js';
import type { EndpointFacts } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';
import { KubernetesError } from '../kubernetes/client.js';
import type { ObjectMeta } from '../objects.js';
import { backendPort } from '../service-port.js';

type Address = EndpointFacts['addresses'][number];

/** discovery.k8s.io/v1 EndpointSlice. */
interface EndpointSlice {
  metadata: Pick<ObjectMeta, 'name' | 'labels'>;
  addressType?: string;
  ports?: Port[];
  endpoints?: Endpoint[];
}

interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean; terminating?: boolean };
  targetRef?: TargetRef;
  nodeName?: string;
  hints?: { forZones?: { name: string }[] };
}

interface Port {
  name?: string;
  port?: number;
  protocol?: string;
}

interface TargetRef {
  kind?: string;
  name?: string;
}

interface CoreAddress {
  ip: string;
  nodeName?: string;
  targetRef?: TargetRef;
}

/** The label by which a controller calls a slice its own, and the two of Kubernetes itself. */
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLERS: readonly (string | undefined)[] = [
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
];

/** core/v1 Endpoints. */
interface Endpoints {
  subsets?: { addresses?: CoreAddress[]; notReadyAddresses?: CoreAddress[]; ports?: Port[] }[];
}

const targetRef = object<TargetRef>({ kind: text, name: text });
const ports = list(object<Port>({ name: text, port, protocol: text }));

const sliceShape = object<EndpointSlice>({
  metadata: need(object<EndpointSlice['metadata']>({ name: need(name), labels })),
  addressType: text,
  ports,
  endpoints: list(
    object<Endpoint>({
      addresses: or(list(text), () => []),
      conditions: object<NonNullable<Endpoint['conditions']>>({ ready: flag, terminating: flag }),
      targetRef,
      nodeName: text,
      hints: object<NonNullable<Endpoint['hints']>>({
        forZones: list(object<{ name: string }>({ name: need(text) })),
      }),
    }),
  ),
});

const coreAddresses = list(object<CoreAddress>({ ip: need(text), nodeName: text, targetRef }));

const endpointsShape = object<Endpoints>({
  subsets: list(
    object<NonNullable<Endpoints['subsets']>[number]>({
      addresses: coreAddresses,
      notReadyAddresses: coreAddresses,
      ports,
    }),
  ),
});

/** Addresses behind the Service; from core Endpoints where the cluster has no discovery.k8s.io/v1. */
export async function readEndpoints(context: FactContext): Promise<EndpointFacts> {
  const slicesPath = namespaced(context, 'endpointslices', 'discovery.k8s.io/v1');
  const labelSelector = `kubernetes.io/service-name=${context.target.names.service}`;
  try {
    const slices = await listObjects(context, slicesPath, sliceShape, { labelSelector });
    keptIn(context, slices);
    return { source: 'EndpointSlice', addresses: fromSlices(slices, await portName(context)) };
  } catch (error) {
    if (!(error instanceof KubernetesError) || error.why !== 'not-found') throw error;
  }
  const path = namespaced(context, `endpoints/${context.target.names.service}`);
  const endpoints = await getObject(context, path, endpointsShape, 'a part');
  return { source: 'Endpoints', addresses: fromEndpoints(endpoints, await portName(context)) };
}

/** Name of the Service port that the contract is about; slices tell ports apart by it. */
async function portName(context: FactContext): Promise<string | undefined> {
  const service = await context.observe('service');
  return service.ok && service.value !== undefined
    ? (await backendPort(context, service.value))?.name
    : undefined;
}

function fromSlices(slices: readonly EndpointSlice[], wanted: string | undefined): Address[] {
  // A dual-stack Service has one slice for each family, with the same pods: one family is counted.
  const families = new Set(slices.map(({ addressType }) => addressType));
  const family = families.has('IPv4') ? 'IPv4' : slices[0]?.addressType;
  const addresses = slices
    .filter(({ addressType }) => addressType === family)
    .flatMap(({ metadata, endpoints, ports }) =>
      (endpoints ?? []).map((endpoint) => ({
        // "Clients must not use more than the first" (API reference, Endpoint.addresses).
        address: endpoint.addresses[0] ?? '',
        ...pickPort(ports ?? [], wanted),
        // Absent means unknown, and "consumers should interpret this unknown state as ready".
        ready: endpoint.conditions?.ready !== false,
        terminating: endpoint.conditions?.terminating === true,
        podName: endpoint.targetRef?.kind === 'Pod' ? endpoint.targetRef.name : undefined,
        nodeName: endpoint.nodeName,
        ...(CONTROLLERS.includes(metadata.labels?.[MANAGED_BY]) ? {} : { slice: metadata.name }),
        zones: (endpoint.hints?.forZones ?? []).map(({ name }) => name),
      })),
    );
  return unique(addresses);
}

function fromEndpoints(endpoints: Endpoints | undefined, wanted: string | undefined): Address[] {
  const addresses = (endpoints?.subsets ?? []).flatMap((subset) => {
    const port = pickPort(subset.ports ?? [], wanted);
    const toAddress = (ready: boolean) => (item: CoreAddress) => ({
      address: item.ip,
      ...port,
      ready,
      terminating: false,
      podName: item.targetRef?.kind === 'Pod' ? item.targetRef.name : undefined,
      nodeName: item.nodeName,
      zones: [],
    });
    return [
      ...(subset.addresses ?? []).map(toAddress(true)),
      ...(subset.notReadyAddresses ?? []).map(toAddress(false)),
    ];
  });
  return unique(addresses);
}

function pickPort(ports: readonly Port[], wanted: string | undefined): Pick<Address, 'port' | 'protocol'> {
  const named = ports.find(({ name }) => (name ?? '') === (wanted ?? ''));
  const { port, protocol } = named ?? (ports.length === 1 ? ports[0] : undefined) ?? {};
  return { port, protocol };
}

/** While slices are rewritten an address may stand in two of them; ready wins, as kube-proxy has it. */
function unique(addresses: readonly Address[]): Address[] {
  const byPlace = new Map<string, Address>();
  for (const address of addresses) {
    const place = `${address.address} ${address.port ?? ''} ${address.protocol ?? 'TCP'}`;
    if (byPlace.get(place)?.ready !== true) byPlace.set(place, address);
  }
  return [...byPlace.values()];
}
