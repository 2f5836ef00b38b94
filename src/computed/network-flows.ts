/** The traffic that the contract demands (Security Requirements: Network Security; Database Connectivity). */
import { COMPONENT_LABEL } from '../contract/name-forms.js';
import type { PodIdentity } from '../evidence/evidence.js';
import type { Deployment } from '../evidence/objects.js';
import type { CheckContext } from '../rule/context.js';
import { isAddress, isPublic } from '../kube/ip-block.js';
import { isLoopback } from './listening.js';
import { grouped } from './memo.js';
import type { Flow, Peer } from '../kube/network-policy.js';
import type { KnownLabels } from '../kube/label-selectors.js';

export interface DemandedFlow extends Flow {
  /** Such as `TCP 8000 in from the frontend`. */
  words: string;
  /** What works without it in most cases, so that its denial is a warning. */
  optional?: boolean;
  /** Its other end is the database. */
  isDatabase?: boolean;
}

/** PostgreSQL’s, as the contract demands. */
export const DATABASE_PORT = 5432;

const INSTANCE_LABEL = 'app.kubernetes.io/instance';

/** Where the database is, as a pod resolves it. */
export interface DatabaseAt {
  host: string;
  port: number;
  /** Empty where nothing was looked up. */
  addresses: readonly string[];
}

/** @param databases of these one suffices; none where the URL leaves a doubt; undefined where none is demanded */
export function demandedFlows(
  deployment: Deployment,
  namespacePods: readonly PodIdentity[],
  { contract, target }: CheckContext,
  databases?: readonly DatabaseAt[],
): DemandedFlow[] {
  const { container, service } = contract.backend;
  const containers = deployment.spec.template.spec.containers;
  const portNames = containers
    .flatMap(({ ports = [] }) => ports)
    .filter(({ containerPort }) => containerPort === container.port)
    .flatMap(({ name }) => name ?? []);
  const inbound = { direction: 'Ingress', protocol: 'TCP', port: container.port, portNames } as const;
  const outbound = { direction: 'Egress', portNames: undefined } as const;
  const dns = [dnsPod()];
  const outside: Peer[] = [{ kind: 'internet' }];
  const words = `TCP ${container.port} in from`;
  return [
    {
      ...inbound,
      peers: frontendPods(deployment, namespacePods, target.namespace),
      words: `${words} the frontend’s pods`,
    },
    ...(service.type === 'NodePort'
      ? [{ ...inbound, peers: [{ kind: 'client' as const }], words: `${words} the node port` }]
      : []),
    { ...outbound, protocol: 'UDP', port: 53, peers: dns, words: 'UDP 53 out to DNS' },
    // TCP is DNS's second way, for answers that are too long for UDP.
    { ...outbound, protocol: 'TCP', port: 53, peers: dns, words: 'TCP 53 out to DNS', optional: true },
    { ...outbound, protocol: 'TCP', port: 443, peers: outside, words: 'TCP 443 out to external APIs' },
    ...(databases ? databaseFlows(databases) : []),
  ];
}

/** The way out to the database; one for each port. A proxy in the pod itself, at its loopback address, is no policy’s concern. */
export function databaseFlows(databases: readonly DatabaseAt[]): DemandedFlow[] {
  if (databases.some(({ host }) => isLoopback(host))) return [];
  const byPort = grouped(databases, ({ port }) => port);
  if (byPort.size === 0) byPort.set(DATABASE_PORT, []);
  return [...byPort].map(([port, alike]) => {
    const peers = alike.length === 0 ? [{ kind: 'outside' as const }] : alike.flatMap(databasePeers);
    return {
      direction: 'Egress',
      protocol: 'TCP',
      port,
      portNames: undefined,
      peers,
      words: `TCP ${port} out to the database`,
      isDatabase: true,
    };
  });
}

/** A name of the cluster, or what may be one, leads to pods, whose labels are not known here. */
const MAY_BE_INSIDE = /^[^.]+(?:\.[^.]+)?\.?$|\.svc(?:\.|$)|\.cluster\.local\.?$/i;

function databasePeers({ host, addresses }: DatabaseAt): Peer[] {
  if (MAY_BE_INSIDE.test(host) && !addresses.some(isPublic)) return [{ kind: 'unknown' }];
  const known = isAddress(host) ? [host] : addresses;
  if (known.length === 0) return [{ kind: 'outside' }];
  return known.map((address) => ({ kind: 'address', address }));
}

/** The frontend's pods in the namespace; where there are none yet, what the chart would label them. */
function frontendPods(deployment: Deployment, pods: readonly PodIdentity[], namespace: string): Peer[] {
  const own = deployment.spec.template.metadata?.labels ?? {};
  const found = pods.filter(
    ({ labels }) => labels[COMPONENT_LABEL] === 'frontend' && labels[INSTANCE_LABEL] === own[INSTANCE_LABEL],
  );
  const known: KnownLabels[] = found.map(({ labels }) => ({ labels, complete: true }));
  const selected = { ...deployment.spec.selector.matchLabels, [COMPONENT_LABEL]: 'frontend' };
  if (known.length === 0) known.push({ labels: selected, complete: false });
  return known.map((labels) => ({
    kind: 'pod',
    namespace,
    namespaceLabels: namespaceLabels(namespace),
    labels,
  }));
}

/** kubeadm, Minikube and the managed services label CoreDNS so; what other labels it has is not known here. */
function dnsPod(): Peer {
  const labels = { labels: { 'k8s-app': 'kube-dns' }, complete: false };
  return { kind: 'pod', namespace: 'kube-system', namespaceLabels: namespaceLabels('kube-system'), labels };
}

/** The one label that every namespace has; others are not read. */
function namespaceLabels(name: string): KnownLabels {
  return { labels: { 'kubernetes.io/metadata.name': name }, complete: false };
}
