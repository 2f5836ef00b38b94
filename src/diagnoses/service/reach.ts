/** Hops of the vantage matrix: container → pod → Service → node port → user. The first that fails names the broken hop. */
import { demandedFlows } from '../../checks/network-flows.js';
import { rule } from '../../kube/network-policy.js';
import { count } from '../../count.js';
import { patchFields, patchSteps, podRef, serviceRef } from '../../checks/shared.js';
import { ofPod } from '../../computed/of-pod.js';
import type { PodVantage, VantagePoint } from '../../evidence/deep-facts.js';
import type { Container } from '../../evidence/objects.js';
import type { EvidenceItem } from '../diagnosis.js';
import { backendOf } from '../look.js';
import { advise, fixesFrom, inTemplate, listenOn, see, show } from '../fixes.js';
import { isLoopback, listeningOn } from '../parse/listening.js';
import { field, logItem, observed } from '../seen.js';
import { minikube as minikubeCommand } from '../../rule/command.js';
import { hasMoved, settlingStill, stillOpen } from './settling.js';
import { passedOver } from './spread.js';
import {
  broken,
  defineHop,
  good,
  notReached,
  skipped,
  unclear,
  type Answer,
  type CauseFinding,
  type Look,
} from '../tree.js';

const CONSULTS = [
  'vantage',
  'service',
  'pods',
  'logs',
  'networkPolicies',
  'deployment',
  'nodes',
  'minikube',
  'route',
] as const;
type ReachLook = Look<(typeof CONSULTS)[number]>;

const OBJECTS = ['cluster', 'selector', 'endpoints'];

/** It got an answer by HTTP, whatever the status: the way is free. */
export function answers(point: VantagePoint | undefined): boolean {
  return point?.outcome === 'response';
}

/** `HTTP 200 in 4 ms`, or what came in place of it. */
export function said({ outcome, status, detail, ms }: VantagePoint): string {
  return outcome === 'response' ? `HTTP ${status ?? '?'} in ${ms} ms` : detail === '' ? outcome : detail;
}

function seenFrom(place: string, point: VantagePoint, object: EvidenceItem['object'] = null): EvidenceItem {
  return observed(place, object, `${point.outcome === 'response' ? '' : `${point.outcome}: `}${said(point)}`);
}

export const containerHop = defineHop({
  id: 'container',
  asks: 'Does the application listen where the Service leads, and answer inside its own pod?',
  reads: ['vantage'],
  consults: CONSULTS,
  needs: ['cluster'],
  rulesOut: ['target port', 'loopback address'],
  ask({ vantage }, look) {
    const { pods } = vantage;
    const findings = pods.flatMap((pod) => containerFinding(pod, look) ?? []);
    if (findings.length > 0) return broken(findings[0]?.cause.replace('service/', '') ?? '', findings);
    const [first] = pods;
    if (first === undefined) return notReached('no pod');
    const inside = pods.flatMap((pod) => (pod.inside.ok ? [pod.inside.value] : []));
    if (inside.length === 0) {
      const { inside: none } = first;
      const why = none.ok ? '' : none.detail;
      if (pods.some(({ proxy }) => answers(proxy))) return skipped(why);
      // Without a container that runs, the pods topic tells why.
      return !none.ok && none.why === 'failed' ? notReached(why) : unknownUnlessServed(why, look);
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
function unknownUnlessServed(why: string, look: ReachLook): Answer {
  return look.check('functional/health')?.status === 'pass' ? skipped(why) : unclear(why);
}

function containerFinding(vantage: PodVantage, look: ReachLook): CauseFinding | undefined {
  const { pod, port, inside } = vantage;
  const { context } = look;
  const listening = inside.ok ? inside.value.listening : undefined;
  const logs = look.maybe('logs');
  const log = logs.ok ? ofPod(logs.value, pod)?.log : undefined;
  const uvicorn = log?.ok ? listeningOn(log.value.lines) : undefined;
  const object = podRef(context.target, pod);
  const items = uvicorn ? [logItem(uvicorn.line, pod, context.target, 'log')] : [];
  const here = listening?.filter((each) => each.port === port);
  if (here !== undefined && here.length > 0) {
    if (!here.every(({ address }) => isLoopback(address) || address === '::1')) return undefined;
    const refused = inside.ok ? inside.value.podAddress : undefined;
    return loopback(pod, here[0]?.address ?? '127.0.0.1', port, look, [
      observed('/proc/net/tcp inside the pod', object, `listens on ${here[0]?.address ?? ''}:${port} only`),
      ...(refused ? [seenFrom('asked at the pod’s own address', refused, object)] : []),
      ...items,
    ]);
  }
  // Nobody listens at the port: by the kernel where it was asked, else by what uvicorn says of itself.
  const others = listening?.map(({ address, port: each }) => `${address}:${each}`) ?? [];
  const elsewhere =
    others.length > 0 || (listening === undefined && uvicorn !== undefined && uvicorn.port !== port);
  if (!elsewhere) {
    return listening === undefined && uvicorn && isLoopback(uvicorn.host)
      ? loopback(pod, uvicorn.host, port, look, items)
      : undefined;
  }
  return targetPort(vantage, others, uvicorn?.port, items, look);
}

function loopback(
  pod: string,
  address: string,
  port: number,
  look: ReachLook,
  evidence: EvidenceItem[],
): CauseFinding {
  const { context } = look;
  return {
    cause: 'service/bound-to-loopback',
    verdict: 'confirmed',
    object: podRef(context.target, pod),
    pods: [pod],
    summary: `{pods}: the application listens on ${address}:${port}, which only the container itself can reach; the Service is refused.`,
    evidence,
    fix: [listenOn(context, containerOf(pod, look), 'host', '0.0.0.0')],
    ruledOut: ['target port'],
  };
}

function targetPort(
  { pod, port, inside }: PodVantage,
  listening: readonly string[],
  uvicorn: number | undefined,
  items: readonly EvidenceItem[],
  look: ReachLook,
): CauseFinding {
  const { context } = look;
  const { target, contract } = context;
  const object = serviceRef(target);
  const service = look.maybe('service');
  const ports = (service.ok ? service.value?.spec.ports : undefined) ?? [];
  const index = Math.max(
    0,
    ports.findIndex((each) => each.port === contract.backend.service.port),
  );
  const given = ports[index]?.targetPort ?? ports[index]?.port ?? port;
  const wanted = contract.backend.container.port;
  const actual = uvicorn ?? Number(/:(\d+)$/.exec(listening[0] ?? '')?.[1] ?? wanted);
  const named = typeof given === 'string' ? ` (“${given}”)` : '';
  const localhost = inside.ok ? inside.value.localhost : undefined;
  return {
    cause: actual === wanted ? 'service/target-port-mismatch' : 'service/application-port',
    verdict: 'confirmed',
    object,
    pods: [pod],
    summary: `Service ${object.name} leads to port ${port}${named} of {pods}, where nothing listens: the application listens on ${actual}.`,
    evidence: [
      field(object, `spec.ports[${index}].targetPort`, String(given)),
      ...(listening.length > 0
        ? [
            observed(
              '/proc/net/tcp inside the pod',
              podRef(target, pod),
              `listens on ${listening.join(', ')}`,
            ),
          ]
        : []),
      ...(localhost
        ? [seenFrom(`asked at localhost:${port} inside the pod`, localhost, podRef(target, pod))]
        : []),
      ...items,
    ],
    fix:
      actual === wanted
        ? [
            // The chart has no value for it: its template says it.
            inTemplate(
              context,
              `Let the Service lead to ${wanted}.`,
              patchSteps('service', object.name, [
                { op: 'add', path: `/spec/ports/${index}/targetPort`, value: wanted },
              ]),
            ),
          ]
        : [listenOn(context, containerOf(pod, look), 'port', String(wanted))],
    ruledOut: ['loopback address'],
  };
}

/** The policy that denies callers of the node port the way in, if one does. */
function ingressDenied(look: ReachLook): { name: string; certain: boolean } | undefined {
  const policies = look.maybe('networkPolicies');
  const pods = look.maybe('pods');
  const deployment = look.maybe('deployment');
  if (!policies.ok || !pods.ok || !deployment.ok || !deployment.value) return undefined;
  const labels = pods.value[0]?.metadata.labels ?? deployment.value.spec.template.metadata?.labels ?? {};
  const flow = demandedFlows(deployment.value, [], look.context).find(({ peers }) =>
    peers.some(({ kind }) => kind === 'client'),
  );
  if (flow === undefined) return undefined;
  const { answer, policies: isolating } = rule(policies.value, labels, flow);
  const name = isolating[0]?.metadata.name;
  return answer === 'yes' || name === undefined ? undefined : { name, certain: answer === 'no' };
}

function blocked(
  policy: { name: string; certain: boolean },
  evidence: EvidenceItem[],
  look: ReachLook,
): CauseFinding {
  const { target, contract } = look.context;
  const object = { kind: 'NetworkPolicy', namespace: target.namespace, name: policy.name };
  const { port } = contract.backend.container;
  return {
    cause: 'service/ingress-blocked',
    verdict: policy.certain ? 'confirmed' : 'likely',
    object,
    summary: `NetworkPolicy ${policy.name} allows no TCP ${port} in to the backend’s pods from outside, and requests get no answer.`,
    evidence: [field(object, 'spec.ingress', `does not allow TCP ${port} from everywhere`), ...evidence],
    fix: fixesFrom(
      `Allow TCP ${port} in: policies only ever allow, so one more does.`,
      look.check('network/policies')?.fix ?? [],
    ),
    ...(!policy.certain && { wouldConfirm: `whether the caller is among those that ${policy.name} allows` }),
  };
}

export const podHop = defineHop({
  id: 'pod',
  asks: 'Do the pods answer from outside of themselves (API server → pod)?',
  reads: ['vantage'],
  consults: CONSULTS,
  needs: [...OBJECTS, 'container'],
  rulesOut: [],
  ask({ vantage }, look) {
    const { pods } = vantage;
    if (pods.length === 0) return notReached('no pod');
    const free = pods.filter(({ proxy }) => answers(proxy));
    if (free.length > 0) {
      const slowest = Math.max(...free.map(({ proxy }) => proxy.ms));
      return good(`${free.length} of ${count(pods.length, 'pod')}`, { ms: slowest });
    }
    const [first] = pods;
    const proxy = first?.proxy;
    if (first === undefined || proxy === undefined) return notReached('no pod');
    // The proxy is our way to look; where it may not be used, the hops behind it tell.
    if (proxy.outcome === 'unread') return unknownUnlessServed(proxy.detail, look);
    const policy = ingressDenied(look);
    const items = pods.map((pod) =>
      seenFrom('API server → pod', pod.proxy, podRef(look.context.target, pod.pod)),
    );
    const inside = first.inside.ok ? first.inside.value.localhost : undefined;
    if (policy && proxy.outcome === 'timeout') {
      return broken('ingress-blocked', [
        blocked(policy, [...(inside ? [seenFrom('inside the pod', inside)] : []), ...items], look),
      ]);
    }
    return unclear(`the pods do not answer the API server: ${said(proxy)}`);
  },
});

export const throughServiceHop = defineHop({
  id: 'through',
  asks: 'Does the Service pass requests on (API server → Service)?',
  reads: ['vantage'],
  consults: CONSULTS,
  needs: [...OBJECTS, 'container', 'pod'],
  rulesOut: [],
  ask({ vantage }, look) {
    const { service } = vantage;
    if (answers(service)) return good(said(service), { ms: service.ms });
    return unknownUnlessServed(`the Service does not answer the API server: ${said(service)}`, look);
  },
});

export const nodePortHop = defineHop({
  id: 'node-port',
  asks: 'Does the node port answer?',
  proves: ['functional/node-port'],
  reads: ['vantage'],
  consults: [...CONSULTS, 'distribution', 'events'],
  needs: [...OBJECTS, 'container', 'pod', 'through'],
  rulesOut: ['node port', 'kube-proxy'],
  ask({ vantage }, look) {
    const { nodes, user, service } = vantage;
    const route = look.maybe('route');
    // What something else answers says nothing of the node port.
    const strange = route.ok && route.value.proof?.state === 'refused' ? route.value.baseUrl : undefined;
    const free = [...nodes, user].filter((point) => answers(point) && !isStrange(point, strange));
    const [first] = free;
    const passed = first === undefined ? [] : passedOver(look);
    if (passed.length > 0) return broken(`not to ${count(passed.length, 'pod')}`, passed);
    const settling = settlingStill(look, stillOpen(look), hasMoved(look));
    if (settling) return unclear('pods come and go', [settling]);
    if (first) return good(new URL(first.url).host, { ms: first.ms });
    if (look.context.contract.backend.service.type !== 'NodePort') return skipped('no node port is demanded');
    if (look.check('service/type')?.status === 'fail') return notReached('the Service has no node port');
    if (!answers(service)) return notReached('the Service does not answer');
    if (strange !== undefined && nodes.every(answers)) return notReached('something else answers');
    if (nodes.length === 0 && route.ok && route.value.nodesUnread !== undefined)
      return unclear(`the nodes’ addresses are not known: ${route.value.nodesUnread}`);
    return broken(user.outcome, [unreached(nodes, user, service, look)]);
  },
});

/** Where something else answers at the route: that one, and what answers as badly at another address. */
function isStrange({ url, status = 0 }: VantagePoint, strange: string | undefined): boolean {
  if (strange === undefined) return false;
  return status >= 300 || (URL.canParse(url) && new URL(url).host === new URL(strange).host);
}

/** The Service answers through the API server, and no node port does. */
function unreached(
  nodes: readonly VantagePoint[],
  user: VantagePoint,
  service: VantagePoint,
  look: ReachLook,
): CauseFinding {
  const { context } = look;
  const { target } = context;
  const object = serviceRef(target);
  const items = [
    seenFrom('API server → Service', service),
    ...[...nodes, user].slice(0, 3).map((point) => seenFrom(`from here: ${point.url}`, point)),
  ];
  const spec = look.maybe('service');
  const isLocal = spec.ok && spec.value?.spec.externalTrafficPolicy === 'Local';
  const dropped = nodes.some(({ outcome }) => outcome === 'timeout' || outcome === 'unreachable');
  const refused = nodes.some(({ outcome }) => outcome === 'refused' || outcome === 'reset');
  const base = { object, evidence: items, ruledOut: ['selector', 'target port', 'loopback address'] };
  if (isLocal && !refused) {
    return {
      ...base,
      cause: 'service/traffic-policy-local',
      verdict: 'likely',
      summary: `Service ${object.name} has externalTrafficPolicy Local: a node without a ready pod drops what comes to its node port, and the nodes that were asked do not answer.`,
      evidence: [field(object, 'spec.externalTrafficPolicy', 'Local'), ...items],
      fix: [
        inTemplate(
          context,
          'Let every node pass connections on.',
          patchFields('service', object.name, { spec: { externalTrafficPolicy: 'Cluster' } }),
        ),
      ],
      wouldConfirm: 'the same request to a node on which a pod runs',
    };
  }
  const policy = dropped ? ingressDenied(look) : undefined;
  if (policy) return { ...blocked(policy, items, look), ruledOut: ['selector', 'target port'] };
  if (refused) {
    return {
      ...base,
      cause: 'service/proxy-broken',
      verdict: 'likely',
      summary: `The node refuses connections at the node port of Service ${object.name}, though the Service answers through the API server: kube-proxy has not set up the way.`,
      fix: [
        show(
          context,
          'See whether kube-proxy runs on every node.',
          'get pods -l k8s-app=kube-proxy -o wide',
          'kube-system',
        ),
      ],
      wouldConfirm: 'the log of kube-proxy on that node',
    };
  }
  const minikube = look.maybe('minikube');
  const driver = minikube.ok ? minikube.value.driver : undefined;
  const inVm = minikube.ok && minikube.value.program !== 'not-minikube';
  return {
    ...base,
    cause: 'service/host-cannot-reach-node',
    verdict: nodes.length > 0 ? 'confirmed' : 'likely',
    summary: `The Service answers inside the cluster, and this machine does not reach ${nodes.length > 0 ? 'the node’s address' : 'its node port'}${driver === undefined ? '' : ` (Minikube’s driver is ${driver})`}.`,
    fix: [
      inVm
        ? see(
            'Open a tunnel, and use the URL that it prints.',
            minikubeCommand(context, `service ${object.name} -n ${target.namespace} --url`),
          )
        : advise('Let the firewall pass the node port, or forward a port.'),
      show(
        context,
        'Or forward a port; this goes to one pod only.',
        `port-forward service/${object.name} ${context.contract.backend.service.nodePort}:${context.contract.backend.service.port}`,
      ),
    ],
    ...(nodes.length === 0 && { wouldConfirm: 'the address of a node, which could not be read' }),
  };
}

/** The backend's container of a pod, as its spec has it. */
function containerOf(name: string, { context, maybe }: ReachLook): Container | undefined {
  const pods = maybe('pods');
  const pod = pods.ok ? pods.value.find(({ metadata }) => metadata.name === name) : undefined;
  return pod && backendOf(pod, context);
}
