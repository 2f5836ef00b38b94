/**
 * The evidence: every fact that a check may ask for, by name. How each one is read lives in `facts/<key>.ts`.
 *
 * Nothing in here holds a secret: what the reader knows of a Secret leaves it only as verdict-level facts.
 */
import type {
  CgroupFacts,
  DatabaseLadderFacts,
  DriftFacts,
  MinikubeFacts,
  VantageFacts,
  MetricsFacts,
  NodeRoomFacts,
  OtherContainerLog,
  PreviousLog,
} from './deep-facts.js';
import type { EffectiveEnvironment, Missing, VariableSource } from '../kube/effective-environment.js';
import type { DistributionFacts } from './load-facts.js';
import type {
  Deployment,
  KubernetesEvent,
  NetworkPolicy,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from './objects.js';

export type { DistributionFacts } from './load-facts.js';

/** Why a fact could not be read. `not-found` is the absence of an API (a 404 on a list), never that of an object. */
export type Why =
  | 'forbidden'
  | 'unauthorized'
  | 'not-found'
  | 'timeout'
  | 'unreachable'
  | 'unsupported'
  | 'not-collected'
  /** One of very many pods, of which a sample was looked into. */
  | 'not-sampled'
  | 'failed';

/** One permission in RBAC's words. */
export interface Access {
  verb: string;
  group: string;
  resource: string;
  /** Cluster-scoped resources need a ClusterRole. */
  clusterScoped?: boolean;
}

/** Something in a fact that was not as the API has it, and was left out. */
export interface Oddity {
  /** Where in the fact's value it is missing; empty: anywhere. Who looks there has not seen everything. */
  place: (string | number)[];
  /** Such as `web-1: status.phase is not a text`. */
  says: string;
}

/** A fact, or the reason that it could not be seen. Absence of an object is a value; inability to look is not. */
export type Observed<T> =
  | { ok: true; at: string; value: T; odd?: Oddity[] }
  | { ok: false; at: string; why: Why; detail: string; access?: Access };

/** GET /version, and how this program reached the server. */
export interface ServerFacts {
  url: string;
  gitVersion: string;
  major: number;
  minor: number;
  platform: string;
  /** Milliseconds of the /version request, connection included. */
  latencyMs: number;
  /** `insecure-skip-tls-verify` is set for this cluster. */
  insecureSkipTlsVerify: boolean;
}

/** What the user may do, as the API server's own review says. */
export interface PermissionFacts {
  /** `rules`: SelfSubjectRulesReview; `access-reviews`: one SelfSubjectAccessReview for each need. */
  source: 'rules' | 'access-reviews';
  required: Access[];
  missing: Access[];
}

/** A pod's identity only: all that matching a selector needs. */
export interface PodIdentity {
  name: string;
  labels: Record<string, string>;
  ownerName?: string;
}

/** Addresses behind the Service, from EndpointSlices, or from Endpoints where the cluster has no slices. */
export interface EndpointFacts {
  source: 'EndpointSlice' | 'Endpoints';
  addresses: {
    address: string;
    /** Container port that the address is served on; undefined: none, which leads nowhere. */
    port: number | undefined;
    /** Absent: TCP. */
    protocol?: string;
    ready: boolean;
    terminating: boolean;
    podName: string | undefined;
    nodeName: string | undefined;
    /** EndpointSlice topology hints, if any: zone names. */
    zones: string[];
  }[];
}

export interface ConfigMapFacts {
  name: string;
  labels: Record<string, string>;
  /** Values of keys that look like credentials are hidden (see `hiddenKeys`). */
  data: Record<string, string>;
  /** Keys whose value looked like a credential, and was replaced; those of `binaryData`, too. */
  hiddenKeys: string[];
  /** Keys of `binaryData`, which no variable is made of. */
  binaryKeys?: string[];
  /** RFC 3339; set while it is being deleted. */
  deletionTimestamp?: string;
}

/** What todo-k8s says about a DATABASE_URL: never the URL, and a parsed field only where the parse was unambiguous. */
export interface DatabaseUrlFacts {
  /** Number of characters after decoding, before any trimming. */
  length: number;
  /** Defects in the order in which they matter; ids are those of the troubleshooting causes without `db/`. */
  problems: DatabaseUrlProblem[];
  /** Lower-case scheme as written, such as `postgresql` or `postgresql+asyncpg`. */
  scheme: string | undefined;
  /**
   * The value, as written, of the parameter that demands TLS (asyncpg's `ssl` included; libpq's `ssl=true` is
   * `require`); undefined when it is absent, or when the parse was ambiguous.
   */
  sslmode: string | undefined;
  /** How TLS is demanded: `sslmode`, or asyncpg's `ssl`. */
  sslParameter: 'sslmode' | 'ssl' | undefined;
  /** The duplicate parameters, if any (last wins). */
  duplicateParameters: string[];
  /** Names of parameters that the driver does not take, as far as they look like names. */
  refusedParameters?: string[] | undefined;
  /** Hosts and ports, only when the parse was unambiguous. */
  hosts: { host: string; port: number }[] | undefined;
  /** True when a password is present; undefined when that could not be told. */
  hasPassword: boolean | undefined;
  /** What it leaves to the driver’s defaults; absent where that could not be told. */
  leftOut?: ('user' | 'database')[];
}

export type DatabaseUrlProblem =
  | 'url-shell-line'
  | 'url-placeholder'
  | 'url-sqlite'
  | 'url-missing'
  | 'url-empty'
  | 'url-malformed'
  | 'url-whitespace'
  | 'url-quoted'
  | 'url-double-encoded'
  | 'url-unescaped'
  | 'url-scheme'
  | 'url-port'
  | 'sslmode-missing'
  | 'sslmode-weak'
  | 'sslmode-invalid'
  | 'driver-mismatch';

/** What may be known of a Secret: never a value. */
export interface SecretFacts {
  name: string;
  labels: Record<string, string>;
  type: string;
  /** Every key with the length of its decoded value, in characters; `padding` of them are white space around it. */
  keys: { key: string; length: number; blank: boolean; padding?: number }[];
  databaseUrl: DatabaseUrlFacts | undefined;
  /** Newest write to `.data`, from managedFields, when the server tells. */
  dataChangedAt: string | undefined;
  /** RFC 3339; set while it is being deleted. */
  deletionTimestamp?: string;
}

/** What owns a Deployment's replicas. */
export interface AutoscalerFacts {
  name: string;
  minReplicas: number;
  maxReplicas: number;
}

/** One variable of the backend's container. */
export interface VariableFacts {
  name: string;
  source: VariableSource;
  /** Below the container, such as `envFrom[1]`. */
  field: string;
  optional: boolean;
  /** What it replaces. */
  hides: { source: VariableSource; field: string }[];
  /** Characters of its value; undefined where that cannot be told. */
  length: number | undefined;
  blank: boolean | undefined;
  /** How many of them are white space around it; absent: none. */
  padding?: number;
}

/** What the backend's container is started with, and where each variable comes from: never a value. */
export interface EnvironmentFacts {
  variables: VariableFacts[];
  missing: Missing[];
  unread: EffectiveEnvironment['unread'];
  skippedKeys: EffectiveEnvironment['skippedKeys'];
  /** Of the effective DATABASE_URL, wherever it comes from. */
  databaseUrl: DatabaseUrlFacts | undefined;
}

/** Whether backend and frontend sign with the same BETTER_AUTH_SECRET. */
export interface FrontendFacts {
  installed: boolean;
  /** Where the frontend's value comes from, when it could be found. */
  secretName: string | undefined;
  /** undefined: the frontend's value could not be found. */
  authSecretMatches: boolean | undefined;
}

/** Whether what answers at a route is this backend. */
export interface RouteProof {
  /** `refused`: something else answers; `open`: neither could be shown. */
  state: 'proven' | 'refused' | 'open';
  /** What proves it: the way itself, a pod's access log, a pod's name in the answer, or the same answer by the Service proxy. */
  by: 'way' | 'access-log' | 'pod-name' | 'proxy' | undefined;
  /** What was seen, without a full stop. */
  says: string;
}

/** What leads to the Service from outside of the cluster, besides a node port. */
export interface OutsideFacts {
  /** Type of the Service. */
  type: string;
  /** Where its load balancer answers; absent for another type, empty while it is pending. */
  balancer?: string[];
  /** Paths of Ingresses that lead to it. */
  ingresses: IngressWay[];
  /** Why Ingresses could not be listed. */
  unread?: string;
}

/** One path of an Ingress that leads to the Service. */
export interface IngressWay {
  ingress: string;
  /** Empty: any. */
  host: string;
  path: string;
  /** Where the health endpoint is asked for on it; undefined where the path does not lead there, or is rewritten. */
  url?: string;
  /** Where its controller answers. */
  addresses: string[];
  /** What keeps it from working, without a full stop. */
  problems: string[];
}

/** How the backend is reached over HTTP, and what that way can prove. */
export interface Route {
  /** `none`: no candidate answered. */
  via: 'url' | 'nodeport' | 'loadbalancer' | 'ingress' | 'service' | 'proxy' | 'port-forward' | 'none';
  /** Such as `http://localhost:30081`, without a trailing slash; empty for `none`. */
  baseUrl: string;
  /** Every candidate tried, in order, with what happened. */
  tried: { url: string; outcome: HttpOutcome | 'not-tried'; detail: string }[];
  /** True where each request passes kube-proxy, so that load balancing can be judged. */
  balances: boolean;
  /** True where the route is the contract's NodePort on a node or on localhost. */
  provesNodePort: boolean;
  /** Absent for `none`, and in bundles of versions that did not ask. */
  proof?: RouteProof;
  /** Why the nodes' addresses are not known, where the node port could be asked at localhost alone. */
  nodesUnread?: string;
  /** Absent where the Service is of type NodePort, and where a way was asked for. */
  outside?: OutsideFacts;
}

export type HttpOutcome =
  | 'response'
  | 'refused'
  | 'timeout'
  | 'reset'
  | 'dns'
  | 'unreachable'
  | 'tls'
  | 'not-http'
  | 'body-timeout'
  | 'proxy-error'
  /** This process got no socket: it has as many files open as it may. Nothing was asked. */
  | 'own-limit';

/** One HTTP exchange; redirects are not followed, the body is capped at 1 MiB. */
export interface HttpExchange {
  url: string;
  outcome: HttpOutcome;
  /** In words, for every outcome but `response`. */
  detail: string;
  status: number | undefined;
  contentType: string | undefined;
  location: string | undefined;
  /** First 64 KiB of the decoded body as text, sanitised and redacted. */
  body: string;
  truncated: boolean;
  /** Body as JSON where the content type says so and it parses. */
  json: unknown;
  jsonError: string | undefined;
  /** Milliseconds from the start of the request to the end of the body. */
  ms: number;
}

export interface LogLine {
  /** RFC 3339, by the kubelet's clock. */
  at: string;
  text: string;
}

/** The current log of one pod's backend container. */
export interface PodLog {
  pod: string;
  log: Observed<{
    lines: LogLine[];
    /** The first line is the container's first: nothing had rotated away. */
    fromStart: boolean;
    /** Lines in the middle were left out because of the size limit. */
    gap: boolean;
    startedAt: string | undefined;
  }>;
}

/**
 * What one fixed script saw from inside one pod. An `error` starts with its kind: `dns: …` (the host's name did not
 * resolve), `refused: …`, `timeout: …`, `unreachable: …` or `error: …`. What the image has no tool for is absent from
 * `dns`, or from `tcp` and `tls`, and is named in `unmeasured`: absent is unknown, never failed.
 */
export interface InPodFacts {
  pod: string;
  probe: Observed<{
    tool: 'python3' | 'sh';
    /** Of the program itself, which runs as what is run by an exec. */
    uid: number | undefined;
    /** Effective user of process 1, which is the container’s own unless it shares its processes; absent: not to be read. */
    processUid?: number;
    /** What could not be measured with what the image has, and why. */
    unmeasured?: { what: 'dns' | 'tcp'; reason: string }[];
    dns: { name: string; addresses: string[]; error: string | undefined; ms: number }[];
    tcp: { host: string; port: number; connected: boolean; error: string | undefined; ms: number }[];
    /** Answer to PostgreSQL's SSLRequest: S (TLS), N (no TLS), other or no answer. */
    tls: {
      host: string;
      port: number;
      answer: 'S' | 'N' | 'other' | 'none' | 'not-tried';
      error: string | undefined;
      ms: number;
    }[];
  }>;
}

/** What Helm has stored of the release that the backend's objects belong to; never a value that was passed to it. */
export interface HelmReleaseFacts {
  /** Undefined: the objects do not say that Helm manages them. */
  name: string | undefined;
  /** Stored revisions with their status (`deployed`, `failed`, `pending-upgrade` …), newest first. */
  revisions: { revision: number; status: string }[];
  /** Why the newest revision, which says what was asked for, cannot be read; undefined where it was, or nothing is stored. */
  unread: string | undefined;
  /** What Helm says of the newest (`info.description`): `Upgrade complete`, `Upgrade "x" failed: …`. */
  description: string;
  /** RFC 3339: when the newest was begun; undefined where that is not known. */
  deployedAt: string | undefined;
  /** What is expected was said by the user (--contract), whatever the release holds. */
  isDeclared: boolean;
}

export interface EvidenceMap {
  server: ServerFacts;
  release: HelmReleaseFacts;
  permissions: PermissionFacts;
  nodes: Node[];
  deployment: Deployment | undefined;
  /** Of the Deployment; undefined as well where its replicas are what the contract says. */
  autoscaler: AutoscalerFacts | undefined;
  /** Owned by the Deployment, newest revision first. */
  replicaSets: ReplicaSet[];
  /** Pods owned by the Deployment's ReplicaSets; terminating ones included. */
  pods: Pod[];
  /** Every pod of the namespace, identity only. */
  namespacePods: PodIdentity[];
  service: Service | undefined;
  /** Other Services of the whole cluster that own the contract's nodePort; empty when none (or not permitted to look). */
  endpoints: EndpointFacts;
  configMap: ConfigMapFacts | undefined;
  secret: SecretFacts | undefined;
  environment: EnvironmentFacts;
  frontend: FrontendFacts;
  networkPolicies: NetworkPolicy[];
  /** Events of the namespace about the backend's objects, newest last. */
  events: KubernetesEvent[];
  route: Route;
  health: HttpExchange;
  docs: HttpExchange;
  tasks: HttpExchange;
  logs: PodLog[];
  inPod: InPodFacts[];
  distribution: DistributionFacts;
  // What follows is asked for by `doctor` alone (deep-facts.ts).
  previousLogs: PreviousLog[];
  otherLogs: OtherContainerLog[];
  metrics: MetricsFacts;
  cgroup: CgroupFacts[];
  nodeRoom: NodeRoomFacts;
  databaseLadder: DatabaseLadderFacts;
  vantage: VantageFacts;
  minikube: MinikubeFacts;
  drift: DriftFacts;
}

export type EvidenceKey = keyof EvidenceMap;

/** Gives facts, each read once in a run. Implemented by the live reader; later by a bundle's. */
export interface EvidenceReader {
  read<K extends EvidenceKey>(key: K, signal: AbortSignal): Promise<Observed<EvidenceMap[K]>>;
  /** Ends connections. */
  close(): Promise<void>;
}
