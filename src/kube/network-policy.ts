/**
 * What NetworkPolicies say about a flow of traffic (networking.k8s.io/v1): policies only ever allow; a pod that some
 * policy selects for a direction is isolated in it, and then the union of those policies' rules counts.
 */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../evidence/objects.js';
import { all, any, matches, type Answer, type KnownLabels } from './label-selectors.js';

export type Direction = 'Ingress' | 'Egress';

/** The other end of a flow. */
export type Peer =
  | { kind: 'pod'; namespace: string; namespaceLabels: KnownLabels; labels: KnownLabels }
  /** `internet`: a public address. `client`: whatever calls the node port, as node address or its own. */
  | { kind: 'internet' | 'client' };

export interface Flow {
  direction: Direction;
  protocol: 'TCP' | 'UDP';
  port: number;
  /** Names of this port at its receiver; undefined where they are not known. */
  portNames: readonly string[] | undefined;
  /** One of them suffices. */
  peers: readonly Peer[];
}

export interface Ruling {
  answer: Answer;
  /** The policies that isolate the pod in this direction; empty when none does. */
  policies: NetworkPolicy[];
}

/** What the policies of the pod's namespace say about a flow of a pod with these labels. */
export function rule(
  policies: readonly NetworkPolicy[],
  podLabels: Record<string, string>,
  flow: Flow,
): Ruling {
  const isolating = policies.filter(
    ({ spec }) =>
      matches(spec.podSelector, { labels: podLabels, complete: true }) !== 'no' &&
      typesOf(spec).includes(flow.direction),
  );
  if (isolating.length === 0) return { answer: 'yes', policies: [] };
  const answers = isolating.flatMap(({ spec, metadata: { namespace = '' } }) => {
    const rules =
      flow.direction === 'Ingress'
        ? (spec.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from }))
        : (spec.egress ?? []).map(({ ports, to }) => ({ ports, peers: to }));
    return rules.map(({ ports, peers }) =>
      all([allowsPort(ports, flow), allowsPeer(peers, flow.peers, namespace)]),
    );
  });
  return { answer: any(answers), policies: isolating };
}

/** API default: Ingress always, Egress when there are egress rules. */
function typesOf({ policyTypes, egress = [] }: NetworkPolicy['spec']): readonly string[] {
  if (policyTypes && policyTypes.length > 0) return policyTypes;
  return egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** No ports: all ports. A port without a number: all ports of its protocol. */
function allowsPort(ports: readonly NetworkPolicyPort[] = [], flow: Flow): Answer {
  if (ports.length === 0) return 'yes';
  return any(
    ports.map(({ protocol = 'TCP', port, endPort }) => {
      if (protocol !== flow.protocol) return 'no';
      if (port === undefined) return 'yes';
      if (typeof port === 'string') return namesPort(port, flow);
      return flow.port >= port && flow.port <= (endPort ?? port) ? 'yes' : 'no';
    }),
  );
}

/** A name is looked up in the receiving pod; an address outside of the cluster has no names. */
function namesPort(name: string, { portNames, peers, direction }: Flow): Answer {
  if (portNames) return portNames.includes(name) ? 'yes' : 'no';
  return direction === 'Egress' && peers.every(({ kind }) => kind !== 'pod') ? 'no' : 'maybe';
}

/** No peers: everyone. */
function allowsPeer(
  allowed: readonly NetworkPolicyPeer[] = [],
  peers: readonly Peer[],
  namespace: string,
): Answer {
  if (allowed.length === 0) return 'yes';
  return any(allowed.flatMap((entry) => peers.map((peer) => matchesPeer(entry, peer, namespace))));
}

function matchesPeer(entry: NetworkPolicyPeer, peer: Peer, namespace: string): Answer {
  // How ipBlock meets pods is left to the CNI: addresses of pods may be seen before or after translation.
  if (entry.ipBlock) return peer.kind === 'pod' ? 'maybe' : matchesBlock(entry.ipBlock, peer.kind);
  if (peer.kind !== 'pod') return 'no';
  const place = entry.namespaceSelector
    ? matches(entry.namespaceSelector, peer.namespaceLabels)
    : peer.namespace === namespace
      ? 'yes'
      : 'no';
  return all([place, entry.podSelector ? matches(entry.podSelector, peer.labels) : 'yes']);
}

/** Private, shared, loopback, link-local and multicast ranges: no public address is in them. */
const NOT_PUBLIC =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|22[4-9]\.|23\d\.)/;

/** Which address will be used is not known here, so only a block of all addresses answers for certain. */
function matchesBlock(
  { cidr, except = [] }: { cidr: string; except?: string[] },
  kind: 'internet' | 'client',
): Answer {
  if (cidr !== '0.0.0.0/0') return 'maybe';
  return except.every((block) => kind === 'internet' && NOT_PUBLIC.test(block)) ? 'yes' : 'maybe';
}
