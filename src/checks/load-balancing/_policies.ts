/** Traffic policies of the Service by which a node leads to its own pods only. */
import type { EndpointFacts } from '../../evidence/evidence.js';
import type { Node, Service } from '../../evidence/objects.js';

type Policy = 'externalTrafficPolicy' | 'internalTrafficPolicy';

/** Those that are Local. The external one is about node ports and load balancers only (core/v1 ServiceSpec). */
export function localPolicies({ spec }: Service): Policy[] {
  const outside = ['NodePort', 'LoadBalancer'].includes(spec.type ?? 'ClusterIP');
  return (['externalTrafficPolicy', 'internalTrafficPolicy'] as const).filter(
    (policy) => spec[policy] === 'Local' && (policy === 'internalTrafficPolicy' || outside),
  );
}

/**
 * Nodes at which requests are dropped under such a policy: kube-proxy takes for local what the endpoint says of its
 * node. Nodes that are not Ready, cordoned, or kept for other pods by a taint, are not expected to carry the backend.
 */
export function nodesWithout(ready: EndpointFacts['addresses'], nodes: readonly Node[]): string[] {
  const served = new Set(ready.map(({ nodeName }) => nodeName));
  return nodes
    .filter((node) => isOpen(node) && !served.has(node.metadata.name))
    .map(({ metadata }) => metadata.name);
}

function isOpen({ spec = {}, status = {} }: Node): boolean {
  const isReady = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  const isTainted =
    spec.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') === true;
  return isReady && spec.unschedulable !== true && !isTainted;
}
