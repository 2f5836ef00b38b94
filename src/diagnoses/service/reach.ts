/** Steps of the vantage matrix: container → pod → Service → node port → user. The first that fails names the broken one. */
import type { Look } from '../../rule/look.js';
import { rulesOf } from '../../causes/index.js';
import { count } from '../../count.js';
import { nodePortOf } from '../../computed/node-port.js';
import { answers, said } from '../../computed/vantage-points.js';
import type { VantageFacts } from '../../evidence/deep-facts.js';
import type { Access } from '../../evidence/evidence.js';
import { defineStep, nameOf } from '../step.js';
import { broken, good, notReached, skipped, unclear, type Answer } from '../tree.js';
import {
  lostBetween,
  movedMeanwhile,
  settlingStill,
  stillOpen,
  type SettlingLook,
} from '../../causes/settling.js';

/** What was not seen, and the permission that is missing, if it is one. */
interface Unseen {
  detail: string;
  access?: Access | undefined;
}

const OBJECTS = ['cluster', 'selector', 'endpoints'];

export const containerHop = defineStep({
  id: 'container',
  asks: 'Does the application listen where the Service leads, and answer inside its own pod?',
  reads: ['vantage'],
  needs: ['cluster'],
  rulesOut: ['target port', 'loopback address'],
  rules: rulesOf('service/target-port-mismatch', 'service/application-port', 'service/bound-to-loopback'),
  otherwise({ vantage: { pods } }, look) {
    const [first] = pods;
    if (first === undefined) return notReached('no pod');
    const inside = pods.flatMap((pod) => (pod.inside.ok ? [pod.inside.value] : []));
    if (inside.length === 0) {
      const { inside: none } = first;
      const { why, detail, access } = none.ok ? { why: undefined, detail: '' } : none;
      if (pods.some(({ proxy }) => answers(proxy))) return skipped(detail);
      // Without a container that runs, the pods topic tells why.
      return why === 'failed' ? notReached(detail) : unknownUnlessServed({ detail, access }, look);
    }
    const localhost = inside.flatMap((each) => each.localhost ?? []);
    const slowest = Math.max(0, ...localhost.map(({ ms }) => ms));
    return good(
      localhost[0] ? said(localhost[0]) : `listens on ${first.port}`,
      localhost.length > 0 ? { ms: slowest } : {},
    );
  },
});

/** Nothing is wrong as far as it was seen; what users get says whether that is enough. */
function unknownUnlessServed({ detail, access }: Unseen, look: Look<never>): Answer {
  return look.check('functional/health')?.status === 'pass' ? skipped(detail) : unclear(detail, [], access);
}

export const podHop = defineStep({
  id: 'pod',
  asks: 'Do the pods answer from outside of themselves (API server → pod)?',
  reads: ['vantage'],
  needs: [...OBJECTS, 'container'],
  rulesOut: [],
  rules: rulesOf('service/ingress-blocked'),
  answer({ vantage: { pods } }, look, findings) {
    const free = pods.filter(({ proxy }) => answers(proxy));
    if (free.length > 0) {
      const slowest = Math.max(...free.map(({ proxy }) => proxy.ms));
      return good(`${free.length} of ${count(pods.length, 'pod')}`, { ms: slowest });
    }
    const proxy = pods[0]?.proxy;
    if (proxy === undefined) return notReached('no pod');
    // The proxy is our way to look; where it may not be used, the steps behind it tell.
    if (proxy.outcome === 'unread') return unknownUnlessServed(proxy, look);
    if (proxy.outcome === 'timeout' && findings.length > 0) return broken(nameOf(findings), findings);
    return unclear(`the pods do not answer the API server: ${said(proxy)}`);
  },
});

export const throughServiceHop = defineStep({
  id: 'through',
  asks: 'Does the Service pass requests on (API server → Service)?',
  reads: ['vantage'],
  needs: [...OBJECTS, 'container', 'pod'],
  rulesOut: [],
  rules: [],
  answer({ vantage: { service } }, look) {
    if (answers(service)) return good(said(service), { ms: service.ms });
    return unknownUnlessServed(
      { detail: `the Service does not answer the API server: ${said(service)}`, access: service.access },
      look,
    );
  },
});

export const nodePortHop = defineStep({
  id: 'node-port',
  asks: 'Does the node port answer?',
  proves: ['functional/node-port'],
  reads: ['vantage'],
  consults: [
    'pods',
    'deployment',
    'events',
    'vantage',
    'distribution',
    'service',
    'networkPolicies',
    'route',
  ],
  needs: [...OBJECTS, 'container', 'pod', 'through'],
  rulesOut: ['node port', 'kube-proxy'],
  rules: rulesOf(
    'service/traffic-policy-local',
    'service/ingress-blocked',
    'service/proxy-broken',
    'service/host-cannot-reach-node',
    'ingress/',
  ),
  answer({ vantage }, look, findings) {
    // Where an Ingress is the way in there is no node port.
    if (findings[0]?.cause.startsWith('ingress/') === true)
      return broken('the Ingress leads nowhere', findings);
    const nodePort = nodePortOf(vantage, look);
    if (nodePort.state === 'answers' && findings.length > 0)
      return broken(`not to ${count(findings.length, 'pod')}`, findings);
    const settling = settlingStill(look, stillOpen(look), movedMeanwhile(look));
    if (settling) return unclear('pods come and go', [settling]);
    switch (nodePort.state) {
      case 'answers':
        return good(new URL(nodePort.point.url).host, { ms: nodePort.point.ms });
      case 'silent':
        // It has answered requests of this very run: that it was silent now is no state of it.
        if (look.check('functional/node-port')?.status === 'pass') return silentBetween(vantage, look);
        return broken(vantage.user.outcome, findings);
      default:
        return {
          state: nodePort.state,
          detail: nodePort.why,
          ...(nodePort.access && { access: nodePort.access }),
        };
    }
  },
});

function silentBetween({ nodes, user }: VantageFacts, look: SettlingLook & Look<'distribution'>): Answer {
  const point = [...nodes, user].find((each) => !answers(each)) ?? user;
  const words = `${point.url}: ${said(point)}`;
  const change = lostBetween(look, words, movedMeanwhile(look));
  return change
    ? unclear('pods come and go', [change])
    : unclear(`the node port has answered this run’s requests, and not the last one: ${words}`);
}
