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
import type { UnfinishedHook } from '../contract/helm-release.js';
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
import type { Access, Observed } from './observed.js';
import type { ConfigMapFacts, SecretFacts, EnvironmentFacts } from './config-facts.js';
import type { CorsFacts, FrontendFacts, FrontendUrlFacts } from './frontend-facts.js';
import type { Route, HttpExchange } from './route-facts.js';

export type * from './config-facts.js';
export type * from './frontend-facts.js';
export type { DistributionFacts } from './load-facts.js';
export type { Access, Observed, Oddity, Why } from './observed.js';
export type * from './route-facts.js';

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
    /** The EndpointSlice that has it, where the control plane does not manage that slice: somebody wrote it. */
    slice?: string;
    /** EndpointSlice topology hints, if any: zone names. */
    zones: string[];
  }[];
}

/** core/v1 Namespace. */
export interface NamespaceFacts {
  /** RFC 3339: when its deletion was asked for; undefined: it stays. */
  deletedAt: string | undefined;
  /** What holds its deletion up, in the words of its conditions. */
  holds: readonly string[];
}

/** What owns a Deployment's replicas. */
export interface AutoscalerFacts {
  name: string;
  minReplicas: number;
  maxReplicas: number;
  /** What it decided last; absent before its first decision, and in older bundles. */
  desiredReplicas?: number | undefined;
  /** RFC 3339: when it last changed the number; absent where it never did, and in older bundles. */
  lastScaleTime?: string | undefined;
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
    tcp: {
      host: string;
      port: number;
      /** Of the host; absent where the image’s tools do not tell, and where it was not resolved. */
      addresses?: string[] | undefined;
      connected: boolean;
      error: string | undefined;
      ms: number;
    }[];
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
  /** Hooks of the newest that failed, or that it waits for; absent in bundles of versions that did not look. */
  hooks?: UnfinishedHook[];
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
  frontendUrls: FrontendUrlFacts;
  cors: CorsFacts;
  networkPolicies: NetworkPolicy[];
  namespace: NamespaceFacts | undefined;
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
