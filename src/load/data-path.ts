/** Reads what lies between the client and the pods, as far as it bends which pod is chosen. */
import type { FactContext } from '../evidence/fact-context.js';
import type { DataPath } from '../evidence/load-facts.js';
import type { Node } from '../evidence/objects.js';
import { hostOf } from '../evidence/url-parts.js';

const ZONE = 'topology.kubernetes.io/zone';

/** @param baseUrl where requests are sent */
export async function readDataPath(context: FactContext, baseUrl: string): Promise<DataPath> {
  const [service, endpoints, nodes] = await Promise.all([
    context.observe('service'),
    context.observe('endpoints'),
    context.observe('nodes'),
  ]);
  const spec = service.ok ? service.value?.spec : undefined;
  const node = nodes.ok ? arrivalNode(baseUrl, nodes.value) : undefined;
  return {
    sessionAffinity: spec?.sessionAffinity,
    externalTrafficPolicy: spec?.externalTrafficPolicy,
    internalTrafficPolicy: spec?.internalTrafficPolicy,
    endpoints: endpoints.ok
      ? endpoints.value.addresses
          .filter(({ ready, terminating }) => ready && !terminating)
          .map(({ podName, zones }) => ({ pod: podName, zones }))
      : undefined,
    node: node && { name: node.metadata.name, zone: node.metadata.labels?.[ZONE] },
  };
}

function arrivalNode(baseUrl: string, nodes: readonly Node[]): Node | undefined {
  if (nodes.length === 1) return nodes[0];
  const host = URL.canParse(baseUrl) ? hostOf(new URL(baseUrl)) : '';
  return nodes.find(({ status }) => status?.addresses?.some(({ address }) => address === host));
}
