/**
 * What the embedded cluster holds: API objects as a real API server returns them, and what runs behind them.
 *
 * A lab's state is made in three steps, each of which a scenario may change:
 * `manifests` (what Helm applied) → `install` (what the controllers and the kubelet made of it) → `settle` (what
 * follows from it: statuses and endpoints).
 */
import type {
  Deployment,
  KubernetesEvent,
  NetworkPolicy,
  Node,
  ObjectMeta,
  Pod,
  ReplicaSet,
  Service,
} from '../evidence/objects.js';
import type { ContainerLog } from './container-log.js';

/** An object as the API server sends it. */
export type Api<T extends { metadata: ObjectMeta } = { metadata: ObjectMeta }> = T & {
  apiVersion: string;
  kind: string;
};

/** Objects carry more fields than the tool reads; this is where they are taken for what they are. */
export function api<T extends { metadata: ObjectMeta }>(object: object): Api<T> {
  return object as Api<T>;
}

export interface ConfigMap {
  metadata: ObjectMeta;
  data: Record<string, string>;
}

export interface Secret {
  metadata: ObjectMeta;
  type: string;
  /** base64. */
  data: Record<string, string>;
}

/** The objects that the chart installs. */
export interface Manifests {
  deployment: Api<Deployment>;
  service: Api<Service>;
  configMap: Api<ConfigMap>;
  secret: Api<Secret>;
  /** Decoded values of the Secret; encoded into `secret.data` when it is installed. */
  secretValues: Record<string, string>;
  networkPolicies: Api<NetworkPolicy>[];
  /** What is not there, although the chart has it. */
  missing: Set<'deployment' | 'service' | 'configMap' | 'secret' | 'release'>;
}

/** How the application in a container answers. */
export interface AppBehaviour {
  /** Port that it listens on; undefined: it serves no HTTP. */
  port: number | undefined;
  /** It listens on 127.0.0.1 alone: nothing outside of the pod gets a connection. */
  loopback?: boolean;
  health: { status: number; body: Record<string, unknown>; delayMs: number };
  /** Where it is asked for its health. */
  healthPaths: string[];
  /** `/docs` and `/openapi.json` are served. */
  docs: boolean;
  /** `/api/tasks` answers without a token. */
  tasksOpen: boolean;
  /** Origins that Starlette's CORSMiddleware allows, `*` for any; undefined: the application has no such middleware. */
  origins?: string[];
}

/** A pod, and what runs in it. */
export interface LabPod {
  object: Api<Pod>;
  app: AppBehaviour;
  log: ContainerLog;
  /** Log of the container's run before this one. */
  previousLog: ContainerLog | undefined;
  /** What the image has that commands can be run with. */
  tools: ('python3' | 'sh')[];
  uid: number;
  /** Values of the Secret or ConfigMap that its container was started with, where they were others than now. */
  startedWith?: Record<string, string>;
  usage: { cpuNanocores: number; memoryKi: number };
  /** What the kernel has counted of its container since it started. */
  kernel: KernelCounts;
}

/** Counters of a control group. */
export interface KernelCounts {
  /** Highest memory use so far. */
  peakKi: number;
  /** Times that the memory limit was reached. */
  limitHits: number;
  /** Processes killed for memory. */
  oomKills: number;
  /** CPU periods in which it might run, in which it was throttled, and how long altogether. */
  periods: number;
  throttledPeriods: number;
  throttledMicros: number;
}

/** One rule of the Role that the lab's user has (rbac.authorization.k8s.io PolicyRule). */
export interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** What the pods' network lets them see. */
interface PodNetwork {
  /** `down`: no lookup is answered. */
  dns: 'up' | 'down';
  /** Names outside of the cluster. */
  hosts: Record<string, LabHost>;
}

/** A host outside of the cluster, on which a PostgreSQL server may listen. */
export interface LabHost {
  address: string;
  port: number;
  answers: 'tls' | 'no-tls' | 'refused' | 'timeout';
  database?: LabDatabase;
}

export interface LabDatabase {
  /** The password that it accepts; any when left out. */
  password?: string | undefined;
  /** How the server refuses, whoever asks. */
  fail?: { at: 'startup' | 'login' | 'query'; sqlstate: string; message: string };
  /** Milliseconds that it takes to wake for the first of two connections. */
  coldMs?: number;
}

export interface World {
  /** Milliseconds since the epoch when the lab started. */
  readonly now: number;
  /** Address of the node, on which its NodePorts listen. */
  readonly nodeAddress: string;
  manifests: Manifests;
  nodes: Api<Node>[];
  /** Newest revision first. */
  replicaSets: Api<ReplicaSet>[];
  pods: LabPod[];
  /** ReplicaSets whose rollout never came to its end. */
  unfinished: Set<string>;
  events: Api<KubernetesEvent>[];
  role: PolicyRule[];
  network: PodNetwork;
  /** Nodes whose kubelet cannot be reached: no logs, no exec, no port-forward. */
  lostNodes: Set<string>;
  /** Pods that kube-proxy never picks, although they are among the endpoints. */
  unserved: Set<string>;
  /** `absent`: metrics-server is not installed. `down`: it is, and has no running pod. */
  metrics: 'served' | 'absent' | 'down';
  /** Objects besides the backend's, by resource. */
  others: Collections;
}

/** Objects by resource, such as `pods` or `deployments.apps`. */
export type Collections = Record<string, Api[]>;
