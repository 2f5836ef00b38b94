/**
 * What NetworkPolicies say about a flow of traffic (networking.k8s.io/v1): policies only ever allow; a pod that some
 * policy selects for a direction is isolated in it, and then the union of those policies' rules counts.
 */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../evidence/objects.js';
import { isInBlock, isPublic } from './ip-block.js';
import { all, any, matches, type Answer, type KnownLabels } from './label-selectors.js';

export type Direction = 'Ingress' | 'Egress';

/** The other end of a flow. */
export type Peer =
  | PodPeer
  /** Outside of the cluster. */
  | { kind: 'address'; address: string }
  /**
   * `internet`: a public address. `outside`: public or private. `client`: whatever calls the node port, as node address
   * or its own. `unknown`: a pod or an address, which of them is not known.
   */
  | { kind: 'internet' | 'outside' | 'client' | 'unknown' };

interface PodPeer {
  kind: 'pod';
  namespace: string;
  namespaceLabels: KnownLabels;
  labels: KnownLabels;
}

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
  const isInside = peers.some(({ kind }) => kind === 'pod' || kind === 'unknown');
  return direction === 'Egress' && !isInside ? 'no' : 'maybe';
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
  if (entry.ipBlock) return peer.kind === 'pod' ? 'maybe' : matchesBlock(entry.ipBlock, peer);
  if (peer.kind !== 'pod') return peer.kind === 'unknown' ? 'maybe' : 'no';
  const place = entry.namespaceSelector
    ? matches(entry.namespaceSelector, peer.namespaceLabels)
    : peer.namespace === namespace
      ? 'yes'
      : 'no';
  return all([place, entry.podSelector ? matches(entry.podSelector, peer.labels) : 'yes']);
}

function matchesBlock(
  { cidr, except = [] }: { cidr: string; except?: string[] },
  peer: Exclude<Peer, PodPeer>,
): Answer {
  if (peer.kind === 'address') {
    const isIn = isInBlock(peer.address, cidr) && !except.some((block) => isInBlock(peer.address, block));
    return isIn ? 'yes' : 'no';
  }
  // Which address will be used is not known here, so only a block of all addresses answers for certain.
  if (cidr !== '0.0.0.0/0' || peer.kind === 'unknown') return 'maybe';
  return except.every((block) => peer.kind === 'internet' && !isPublic(block)) ? 'yes' : 'maybe';
}
