/** The traffic that the contract demands (Security Requirements: Network Security; Database Connectivity). */
import { COMPONENT_LABEL } from '../contract/name-forms.js';
import type { PodIdentity } from '../evidence/evidence.js';
import type { Deployment } from '../evidence/objects.js';
import type { CheckContext } from '../rule/context.js';
import type { Flow, Peer } from '../kube/network-policy.js';
import type { KnownLabels } from '../kube/label-selectors.js';

export interface DemandedFlow extends Flow {
  /** Such as `TCP 8000 in from the frontend`. */
  words: string;
  /** What works without it in most cases, so that its denial is a warning. */
  optional?: boolean;
}

const INSTANCE_LABEL = 'app.kubernetes.io/instance';

export function demandedFlows(
  deployment: Deployment,
  namespacePods: readonly PodIdentity[],
  { contract, target }: CheckContext,
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
    { ...outbound, protocol: 'TCP', port: 5432, peers: outside, words: 'TCP 5432 out to the database' },
  ];
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
