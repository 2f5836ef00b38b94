/** The shape of every fact, as this program records it: what a bundle holds was written by anybody. */
import type { UnfinishedHook } from '../../contract/helm-release.js';
import { HTTP_OUTCOMES } from '../outcomes.js';
import type {
  EndpointFacts,
  AutoscalerFacts,
  NamespaceFacts,
  EvidenceKey,
  EvidenceMap,
  HelmReleaseFacts,
  HttpExchange,
  IngressWay,
  InPodFacts,
  Observed,
  IngressFault,
  OutsideFacts,
  PermissionFacts,
  PodIdentity,
  PodLog,
  Route,
  RouteProof,
  ServerFacts,
} from '../evidence.js';
import {
  otherLog,
  previousLog,
  metrics,
  cgroup,
  nodeRoom,
  databaseLadder,
  vantage,
  minikube,
  drift,
} from './deep-fact-shapes.js';
import {
  aText,
  aFlag,
  aNumber,
  anAmount,
  texts,
  byName,
  all,
  access,
  observed,
  observedOrNone,
  status,
  lines,
} from './fact-parts.js';
import {
  deploymentShape,
  eventShape,
  networkPolicyShape,
  nodeShape,
  replicaSetShape,
  serviceShape,
} from './object-shapes.js';
import { podShape } from './pod-shape.js';
import { amount, anything, int64, list, need, object, oneOf, text, time, type Shape } from './shape.js';
import { configMap, secret, environment } from './config-shapes.js';
import { cors, frontend, frontendUrls } from './frontend-shapes.js';
import { distribution } from './load-shapes.js';

const exchange = object<HttpExchange>({
  url: aText,
  outcome: need(oneOf(...HTTP_OUTCOMES)),
  detail: aText,
  access,
  status,
  contentType: text,
  location: text,
  body: aText,
  truncated: aFlag,
  // Whatever JSON the backend sent; null and absent are both nothing.
  json: anything,
  jsonError: text,
  ms: aNumber,
});

const podLog = object<PodLog>({
  pod: aText,
  log: need(
    observed(
      object<Extract<PodLog['log'], { ok: true }>['value']>({
        lines,
        fromStart: aFlag,
        gap: aFlag,
        startedAt: text,
      }),
    ),
  ),
});

const server = object<ServerFacts>({
  url: aText,
  gitVersion: aText,
  major: aNumber,
  minor: aNumber,
  platform: aText,
  latencyMs: aNumber,
  insecureSkipTlsVerify: aFlag,
});

const permissions = object<PermissionFacts>({
  source: need(oneOf('rules', 'access-reviews')),
  required: need(list(access)),
  missing: need(list(access)),
});

const endpoints = object<EndpointFacts>({
  source: need(oneOf('EndpointSlice', 'Endpoints')),
  addresses: all<EndpointFacts['addresses'][number]>({
    address: aText,
    port: amount,
    protocol: text,
    ready: aFlag,
    terminating: aFlag,
    podName: text,
    nodeName: text,
    slice: text,
    zones: texts,
  }),
});

const autoscaler = object<AutoscalerFacts>({
  name: aText,
  minReplicas: aNumber,
  maxReplicas: aNumber,
  desiredReplicas: amount,
  lastScaleTime: time,
});

const namespace = object<NamespaceFacts>({ deletedAt: text, holds: texts });

const route = object<Route>({
  via: need(oneOf('url', 'nodeport', 'loadbalancer', 'ingress', 'service', 'proxy', 'port-forward', 'none')),
  baseUrl: aText,
  tried: all<Route['tried'][number]>({
    url: aText,
    outcome: need(oneOf(...HTTP_OUTCOMES, 'not-tried')),
    detail: aText,
    access,
  }),
  balances: aFlag,
  provesNodePort: aFlag,
  proof: object<RouteProof>({
    state: need(oneOf('proven', 'refused', 'open')),
    by: oneOf('way', 'access-log', 'pod-name', 'proxy'),
    says: aText,
    access,
  }),
  nodesUnread: text,
  nodesAccess: access,
  outside: object<OutsideFacts>({
    type: aText,
    balancer: list(text),
    ingresses: all<IngressWay>({
      ingress: aText,
      host: aText,
      path: aText,
      url: text,
      addresses: texts,
      problems: texts,
      faults: list(
        object<IngressFault>({
          is: need(oneOf('class', 'controller', 'service', 'port', 'tls', 'path', 'host')),
          says: aText,
        }),
      ),
    }),
    unread: text,
    access,
  }),
});

type Probed = Extract<InPodFacts['probe'], { ok: true }>['value'];

const inPod = object<InPodFacts>({
  pod: aText,
  probe: need(
    observed(
      object<Probed>({
        tool: need(oneOf('python3', 'sh')),
        uid: int64,
        processUid: int64,
        unmeasured: list(
          object<NonNullable<Probed['unmeasured']>[number]>({
            what: need(oneOf('dns', 'tcp')),
            reason: aText,
          }),
        ),
        dns: all<Probed['dns'][number]>({ name: aText, addresses: texts, error: text, ms: aNumber }),
        tcp: all<Probed['tcp'][number]>({
          host: aText,
          port: aNumber,
          addresses: list(aText),
          connected: aFlag,
          error: text,
          ms: aNumber,
        }),
        tls: all<Probed['tls'][number]>({
          host: aText,
          port: aNumber,
          answer: need(oneOf('S', 'N', 'other', 'none', 'not-tried')),
          error: text,
          ms: aNumber,
        }),
      }),
    ),
  ),
});

const release = object<HelmReleaseFacts>({
  name: text,
  revisions: all<HelmReleaseFacts['revisions'][number]>({ revision: anAmount, status: aText }),
  unread: text,
  description: aText,
  hooks: list(
    object<UnfinishedHook>({
      kind: aText,
      name: aText,
      events: need(list(text)),
      phase: need(oneOf('Failed', 'Running')),
    }),
  ),
  deployedAt: text,
  isDeclared: aFlag,
});

/** Every fact by its key: a value that is never absent, or one that may be. */
export const FACT_SHAPES: { readonly [K in EvidenceKey]: Shape<Observed<EvidenceMap[K]>> } = {
  server: observed(server),
  release: observed(release),
  permissions: observed(permissions),
  nodes: observed(list(nodeShape)),
  deployment: observedOrNone(deploymentShape),
  replicaSets: observed(list(replicaSetShape)),
  pods: observed(list(podShape)),
  namespacePods: observed(list(object<PodIdentity>({ name: aText, labels: byName, ownerName: text }))),
  service: observedOrNone(serviceShape),
  endpoints: observed(endpoints),
  configMap: observedOrNone(configMap),
  secret: observedOrNone(secret),
  autoscaler: observedOrNone(autoscaler),
  environment: observed(environment),
  frontend: observed(frontend),
  frontendUrls: observed(frontendUrls),
  cors: observed(cors),
  networkPolicies: observed(list(networkPolicyShape)),
  namespace: observedOrNone(namespace),
  events: observed(list(eventShape)),
  route: observed(route),
  health: observed(exchange),
  docs: observed(exchange),
  tasks: observed(exchange),
  logs: observed(list(podLog)),
  inPod: observed(list(inPod)),
  distribution: observed(distribution),
  previousLogs: observed(list(previousLog)),
  otherLogs: observed(list(otherLog)),
  metrics: observed(metrics),
  cgroup: observed(list(cgroup)),
  nodeRoom: observed(nodeRoom),
  databaseLadder: observed(databaseLadder),
  vantage: observed(vantage),
  minikube: observed(minikube),
  drift: observed(drift),
};
