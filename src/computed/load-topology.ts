/** Which pods the way to the backend can lead to, and with what share: not every path spreads over every pod. */
import type { Route } from '../evidence/evidence.js';
import type { DataPath, PodLoad } from '../evidence/load-facts.js';

export interface Topology {
  /** The pods that this way can lead to, each with the same share. */
  eligible: (pod: PodLoad) => boolean;
  /** Why all requests go to one pod, whatever the others do. */
  pinned: string | undefined;
  /** Why it cannot be said which pods this way leads to. */
  undetermined: string | undefined;
  /** Why the pods cannot be expected to have the same share. */
  unequal: string | undefined;
  /** What a reader must know to read the shares. */
  notes: string[];
}

const EVERY_POD: Topology = {
  eligible: () => true,
  pinned: undefined,
  undetermined: undefined,
  unequal: undefined,
  notes: [],
};

/**
 * Judges by the Service's fields and the EndpointSlices' hints (core/v1 ServiceSpec, discovery/v1 EndpointHints).
 * @param pods those that were ready all the time
 */
export function readTopology(route: Route, path: DataPath, pods: readonly PodLoad[]): Topology {
  if (route.via === 'none') return EVERY_POD;
  if (route.via === 'port-forward') return { ...EVERY_POD, pinned: 'a port-forward leads to one pod' };
  if (route.via === 'proxy') {
    return { ...EVERY_POD, notes: ['the API server picks the pod for each request, not kube-proxy'] };
  }
  if (path.sessionAffinity === 'ClientIP') {
    const pinned = 'sessionAffinity of the Service is ClientIP: all requests of one client go to one pod';
    return { ...EVERY_POD, pinned };
  }
  if (!route.balances) return behindSomething(route, path, pods);
  return byNode(route, path) ?? EVERY_POD;
}

/** Something stands before the nodes, such as a load balancer, of which the cluster knows nothing. */
function behindSomething({ baseUrl }: Route, path: DataPath, pods: readonly PodLoad[]): Topology {
  const byNodes = new Map<string, number>();
  for (const { node } of pods) {
    if (node !== undefined) byNodes.set(node, (byNodes.get(node) ?? 0) + 1);
  }
  if (path.externalTrafficPolicy === 'Local' && new Set(byNodes.values()).size > 1) {
    const numbers = [...byNodes].map(([node, number]) => `${node} ${number}`).join(', ');
    const unequal =
      'externalTrafficPolicy of the Service is Local: what chooses the node does not know how many pods it has, ' +
      `so a pod that shares its node gets less (pods: ${numbers})`;
    return { ...EVERY_POD, unequal, notes: [unequal] };
  }
  return {
    ...EVERY_POD,
    notes: [
      `what answers at ${baseUrl} is not known to be the Service: that it gives each pod the same share is assumed`,
    ],
  };
}

/** The rules that depend on the node at which requests arrive; undefined where none of them applies. */
function byNode({ via }: Route, path: DataPath): Topology | undefined {
  const field = via === 'service' ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
  const endpoints = path.endpoints ?? [];
  const { node } = path;
  if (path[field] === 'Local') {
    const rule = `${field} of the Service is Local: a node leads to its own pods only`;
    return node === undefined
      ? unclear(rule)
      : among(`${rule}; requests arrived at ${node.name}`, (pod) => pod.node === node.name);
  }
  // kube-proxy heeds hints only where every endpoint has one.
  if (endpoints.length === 0 || endpoints.some(({ zones }) => zones.length === 0)) return undefined;
  const rule = 'the EndpointSlices have topology hints: a node leads to the endpoints of its zone';
  const zone = node?.zone;
  if (zone === undefined) return unclear(rule);
  const names = new Set(endpoints.filter(({ zones }) => zones.includes(zone)).map(({ pod }) => pod));
  // Without an endpoint for the zone kube-proxy uses all of them.
  if (names.size === 0) return undefined;
  return among(`${rule}; requests arrived in ${zone}`, ({ pod }) => names.has(pod));
}

function among(note: string, eligible: Topology['eligible']): Topology {
  return { ...EVERY_POD, eligible, notes: [note] };
}

function unclear(rule: string): Topology {
  const undetermined = `${rule}, and it is not known at which node requests arrived: --via node:NAME chooses one`;
  return { ...EVERY_POD, undetermined };
}
