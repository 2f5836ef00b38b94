/** The shape of every fact, as this program records it: what a bundle holds was written by anybody. */
import { URL_PROBLEMS } from '../database-url.js';
import type {
  ConfigMapFacts,
  DatabaseUrlFacts,
  DistributionFacts,
  EndpointFacts,
  AutoscalerFacts,
  EnvironmentFacts,
  EvidenceKey,
  EvidenceMap,
  FrontendFacts,
  HelmReleaseFacts,
  HttpExchange,
  IngressWay,
  InPodFacts,
  Observed,
  OutsideFacts,
  PermissionFacts,
  PodIdentity,
  PodLog,
  Route,
  RouteProof,
  SecretFacts,
  ServerFacts,
  VariableFacts,
} from '../evidence.js';
import type { VariableSource } from '../../kube/effective-environment.js';
import type { DataPath, Latency, PodLoad, Tally } from '../load-facts.js';
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
  of,
  all,
  access,
  observed,
  observedOrNone,
  OUTCOMES,
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
import {
  amount,
  anything,
  finite,
  flag,
  int64,
  list,
  need,
  object,
  oneOf,
  orNull,
  tagged,
  text,
  time,
  type Fields,
  type Shape,
} from './shape.js';

const exchange = object<HttpExchange>({
  url: aText,
  outcome: need(oneOf(...OUTCOMES)),
  detail: aText,
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
    zones: texts,
  }),
});

const configMap = object<ConfigMapFacts>({
  name: aText,
  labels: byName,
  data: byName,
  hiddenKeys: texts,
  binaryKeys: list(text),
  deletionTimestamp: time,
});

const databaseUrl = object<DatabaseUrlFacts>({
  length: anAmount,
  problems: need(list(oneOf(...URL_PROBLEMS))),
  scheme: text,
  sslmode: text,
  sslParameter: oneOf('sslmode', 'ssl'),
  duplicateParameters: texts,
  refusedParameters: list(text),
  hosts: list(object<{ host: string; port: number }>({ host: aText, port: aNumber })),
  hasPassword: flag,
  leftOut: list(oneOf('user', 'database')),
});

const secret = object<SecretFacts>({
  name: aText,
  labels: byName,
  type: aText,
  keys: all<SecretFacts['keys'][number]>({ key: aText, length: anAmount, blank: aFlag, padding: amount }),
  databaseUrl,
  dataChangedAt: text,
  deletionTimestamp: time,
});

const sourceKind = need(oneOf('ConfigMap', 'Secret'));

const variableSource = tagged<VariableSource>('from', [
  [
    ['ConfigMap', 'Secret'],
    object<Extract<VariableSource, { key: string }>>({ from: sourceKind, name: aText, key: aText }),
  ],
  [
    ['template'],
    object<Extract<VariableSource, { from: 'template' }>>({ from: need(oneOf('template')), uses: texts }),
  ],
  [['pod'], object<Extract<VariableSource, { from: 'pod' }>>({ from: need(oneOf('pod')) })],
]);

const autoscaler = object<AutoscalerFacts>({ name: aText, minReplicas: aNumber, maxReplicas: aNumber });

const environment = object<EnvironmentFacts>({
  variables: all<VariableFacts>({
    name: aText,
    source: need(variableSource),
    field: aText,
    optional: aFlag,
    hides: all<VariableFacts['hides'][number]>({ source: need(variableSource), field: aText }),
    length: amount,
    blank: flag,
    padding: amount,
  }),
  missing: all<EnvironmentFacts['missing'][number]>({
    kind: sourceKind,
    name: aText,
    key: text,
    field: aText,
    optional: aFlag,
    variable: text,
  }),
  unread: all<EnvironmentFacts['unread'][number]>({ kind: sourceKind, name: aText, field: aText }),
  skippedKeys: all<EnvironmentFacts['skippedKeys'][number]>({
    kind: sourceKind,
    name: aText,
    key: aText,
    field: aText,
  }),
  databaseUrl,
});

const frontend = object<FrontendFacts>({ installed: aFlag, secretName: text, authSecretMatches: flag });

const route = object<Route>({
  via: need(oneOf('url', 'nodeport', 'loadbalancer', 'ingress', 'service', 'proxy', 'port-forward', 'none')),
  baseUrl: aText,
  tried: all<Route['tried'][number]>({
    url: aText,
    outcome: need(oneOf(...OUTCOMES, 'not-tried')),
    detail: aText,
  }),
  balances: aFlag,
  provesNodePort: aFlag,
  proof: object<RouteProof>({
    state: need(oneOf('proven', 'refused', 'open')),
    by: oneOf('way', 'access-log', 'pod-name', 'proxy'),
    says: aText,
  }),
  nodesUnread: text,
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
    }),
    unread: text,
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

const latency = orNull(
  object<Latency>({
    count: anAmount,
    mean: aNumber,
    min: aNumber,
    p50: aNumber,
    p90: orNull(finite),
    p99: orNull(finite),
    max: aNumber,
  }),
);

const tally: Fields<Tally> = { what: aText, requests: anAmount };

const distribution = object<DistributionFacts>({
  dataPath: of<DataPath>({
    sessionAffinity: text,
    externalTrafficPolicy: text,
    internalTrafficPolicy: text,
    endpoints: list(object<{ pod?: string | undefined; zones: string[] }>({ pod: text, zones: texts })),
    node: object<{ name: string; zone?: string | undefined }>({ name: aText, zone: text }),
  }),
  requests: anAmount,
  completed: anAmount,
  unfinished: anAmount,
  endedBy: need(oneOf('requests', 'duration', 'interruption', 'no-answer', 'no-route')),
  elapsedMs: aNumber,
  path: aText,
  concurrency: anAmount,
  attributedBy: texts,
  pods: all<PodLoad>({
    pod: aText,
    state: need(oneOf('steady', 'joined', 'left', 'not-ready', 'foreign')),
    node: text,
    requests: anAmount,
    errors: anAmount,
    problems: all<Tally>(tally),
    latency,
    connect: latency,
    firstByte: latency,
  }),
  lost: all<Tally>(tally),
  unattributed: all<Tally>(tally),
  openToSteady: anAmount,
  statuses: all<DistributionFacts['statuses'][number]>({ status: anAmount, requests: anAmount }),
  problems: all<Tally>(tally),
  latency,
  connect: latency,
  firstByte: latency,
  histogram: all<DistributionFacts['histogram'][number]>({ toMs: aNumber, count: anAmount }),
  order: need(orNullItems(text)),
  changes: all<DistributionFacts['changes'][number]>({
    pod: aText,
    what: need(oneOf('joined', 'left')),
    afterMs: aNumber,
  }),
  notes: texts,
  again: object<NonNullable<DistributionFacts['again']>>({ afterMs: aNumber, because: aText }),
  keepAlive: orNull(
    object<NonNullable<DistributionFacts['keepAlive']>>({
      requests: anAmount,
      connections: anAmount,
      pods: all<Tally>(tally),
      others: anAmount,
    }),
  ),
});

/** A list in which null stands for what is not known. */
function orNullItems<T>(item: Shape<T>): Shape<(T | null)[]> {
  return list<T | null>(orNull(item));
}

const release = object<HelmReleaseFacts>({
  name: text,
  revisions: all<HelmReleaseFacts['revisions'][number]>({ revision: anAmount, status: aText }),
  unread: text,
  description: aText,
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
  networkPolicies: observed(list(networkPolicyShape)),
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
