/** What the node port says, and what keeps it from answering where the Service answers. */
import type { Look } from '../rule/look.js';
import type { VantageFacts, VantagePoint } from '../evidence/deep-facts.js';
import type { Access } from '../evidence/evidence.js';
import { ingressDenied, type IngressDenied, type IngressLook } from './ingress.js';
import { answers } from './vantage-points.js';

export type NodePort =
  | { state: 'answers'; point: VantagePoint }
  /** Whether it answers is not asked, cannot be told, or says nothing. */
  | { state: 'skipped' | 'not-reached' | 'unknown'; why: string; access?: Access }
  | Silent;

/** The Service answers through the API server, and no node port does. */
export interface Silent {
  state: 'silent';
  means: 'traffic-policy-local' | 'ingress-blocked' | 'proxy-broken' | 'host-cannot-reach-node';
  /** For `ingress-blocked`. */
  policy?: IngressDenied;
}

export type NodePortLook = IngressLook & Pick<Look<'service' | 'route'>, 'context' | 'maybe' | 'check'>;

export function nodePortOf({ nodes, user, service }: VantageFacts, look: NodePortLook): NodePort {
  const { context, check } = look;
  const route = look.maybe('route');
  // What something else answers says nothing of the node port.
  const strange = route.ok && route.value.proof?.state === 'refused' ? route.value.baseUrl : undefined;
  const point = [...nodes, user].find((each) => answers(each) && !isStrange(each, strange));
  if (point) return { state: 'answers', point };
  if (context.contract.backend.service.type !== 'NodePort')
    return { state: 'skipped', why: 'no node port is demanded' };
  if (check('service/type')?.status === 'fail')
    return { state: 'not-reached', why: 'the Service has no node port' };
  if (!answers(service)) return { state: 'not-reached', why: 'the Service does not answer' };
  if (strange !== undefined && nodes.every(answers))
    return { state: 'not-reached', why: 'something else answers' };
  if (nodes.length === 0 && route.ok && route.value.nodesUnread !== undefined)
    return {
      state: 'unknown',
      why: `the nodes’ addresses are not known: ${route.value.nodesUnread}`,
      ...(route.value.nodesAccess && { access: route.value.nodesAccess }),
    };
  return { state: 'silent', ...whatSilences(nodes, look) };
}

/** Where something else answers at the route: that one, and what answers as badly at another address. */
function isStrange({ url, status = 0 }: VantagePoint, strange: string | undefined): boolean {
  if (strange === undefined) return false;
  return status >= 300 || (URL.canParse(url) && new URL(url).host === new URL(strange).host);
}

function whatSilences(nodes: readonly VantagePoint[], look: NodePortLook): Omit<Silent, 'state'> {
  const service = look.maybe('service');
  const isLocal = service.ok && service.value?.spec.externalTrafficPolicy === 'Local';
  const isDropped = nodes.some(({ outcome }) => outcome === 'timeout' || outcome === 'unreachable');
  const isRefused = nodes.some(({ outcome }) => outcome === 'refused' || outcome === 'reset');
  if (isLocal && !isRefused) return { means: 'traffic-policy-local' };
  const policy = isDropped ? ingressDenied(look) : undefined;
  if (policy) return { means: 'ingress-blocked', policy };
  return { means: isRefused ? 'proxy-broken' : 'host-cannot-reach-node' };
}
