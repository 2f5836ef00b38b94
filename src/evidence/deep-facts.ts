/**
 * The facts that only `doctor` asks for: they cost more than `verify` may take, or need permissions beyond its own.
 *
 * As everywhere, that there is nothing is a value, and that one could not look is `Observed` with `ok: false`.
 */
import type { HealthFlaw } from '../computed/health-flaw.js';
import type { Access, HttpOutcome, LogLine, Observed, Why } from './evidence.js';
import type { Condition } from './objects.js';
import type { Rung, RungFailure } from './outcomes.js';

export type { Rung, RungFailure } from './outcomes.js';

/** Why a part of a fact is missing. */
export interface NotRead {
  why: Why;
  detail: string;
  access?: Access;
}

/** The log of the run before the current one, of a pod's backend container. */
export interface PreviousLog {
  pod: string;
  /** undefined: there was no run before, or the node keeps no log of it. */
  log: Observed<PreviousRun | undefined>;
}

/** What a container beside the backend's wrote that is in trouble; of those that are not, nothing is read. */
export interface OtherContainerLog {
  pod: string;
  container: string;
  /** Whether it is the log of the run that ended, and another has begun. */
  previous: boolean;
  log: Observed<Pick<PreviousRun, 'lines' | 'gap'>>;
}

export interface PreviousRun {
  lines: LogLine[];
  /** Lines in the middle were left out because of the size limit. */
  gap: boolean;
  /** From `lastState.terminated`, where the pod's status has it. */
  startedAt: string | undefined;
  finishedAt: string | undefined;
}

/** What metrics.k8s.io says, and the kubelets where it says nothing. */
export interface MetricsFacts {
  api:
    | { state: 'served'; newestAt: string | undefined }
    /** 404: no metrics-server. 503: registered, and nothing answers (add-on down, or just started). */
    | ({ state: 'not-installed' | 'unavailable' | 'unread' } & NotRead);
  /** The backend container of each pod of which something is known. */
  pods: PodUsage[];
  /** Running pods of which nothing could be learned. */
  unread: ({ pod: string } & NotRead)[];
}

export interface PodUsage {
  pod: string;
  source: 'metrics-api' | 'kubelet';
  /** When it was measured, RFC 3339. */
  at: string;
  /** Working set in bytes: what the kernel's limit and the kubelet's evictions go by. */
  memoryBytes: number;
  /** Thousandths of a CPU, averaged over the source's window; undefined where it does not tell. */
  cpuMillis: number | undefined;
}

/** What the kernel says of the backend container's control group, read inside the pod. */
export interface CgroupFacts {
  pod: string;
  cgroup: Observed<CgroupValues>;
}

/** undefined: the kernel of the node does not tell it. All counters are since the container's start. */
export interface CgroupValues {
  version: 1 | 2;
  memory: {
    /** Bytes, or `none` without a limit. */
    limit: number | 'none' | undefined;
    current: number | undefined;
    peak: number | undefined;
    /** Times that the limit was hit and memory had to be reclaimed (`memory.events` max). */
    limitHits: number | undefined;
    /** Processes of the container that the kernel killed for memory: also children, which the kubelet does not see. */
    oomKills: number | undefined;
  };
  cpu: {
    /** Periods in which it might run, in which it was throttled, and microseconds that it had to wait. */
    periods: number | undefined;
    throttledPeriods: number | undefined;
    throttledMicros: number | undefined;
  };
}

/** What a node offers to pods, in the scheduler's terms. */
export interface NodeRoom {
  node: string;
  allocatable: Room;
  /** Sum of the requests of all pods on it that have not ended; undefined where not all pods could be listed. */
  requested: Room | undefined;
  unschedulable: boolean;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  conditions: Condition[];
  /** What pods of each priority request here, highest first; undefined where not all pods could be listed. */
  priorities?: PriorityRoom[];
}

/** Pods on one node that have the same priority and PriorityClass. */
export interface PriorityRoom {
  priority: number;
  /** Of their PriorityClass; undefined for pods without one. */
  className?: string;
  requested: Room;
  /** The pod among them that was made last. */
  newest: { namespace: string; name: string; uid: string };
}

export interface Room {
  cpuMillis: number;
  memoryBytes: number;
  pods: number;
}

export interface NodeRoomFacts {
  nodes: NodeRoom[];
  /** Why `requested` is not known. */
  unread: NotRead | undefined;
}

export interface RungResult {
  rung: Rung;
  /** undefined: it was taken. */
  error: { kind: RungFailure; text: string; sqlstate: string | undefined } | undefined;
  /** What came of it: addresses, TLS version, way of logging in; may be empty. */
  detail: string;
  /** Milliseconds. */
  ms: number;
}

/** The TLS certificate that the server showed, whether it was verified or not. */
export interface CertificateFacts {
  subject: string;
  issuer: string;
  /** RFC 3339. */
  validFrom: string;
  validTo: string;
  /** It is for the host that was asked for. */
  matchesHost: boolean;
}

/** The way to one host of the DATABASE_URL. */
export interface HostLadder {
  host: string;
  port: number;
  /**
   * Two, one after the other, so that a cold start is told from a fault; one where a second could not tell more. Rungs in
   * order, up to the first error.
   */
  climbs: RungResult[][];
  certificate: CertificateFacts | undefined;
}

export interface DatabaseLadder {
  tool: 'python3' | 'sh' | 'node';
  /** What ran it in place of the application's container, with --debug-container. */
  debugContainer?: string;
  /**
   * The DATABASE_URL that was used. `missing`, `empty`: the environment has none. `unclear`: readers of it disagree,
   * and nothing of it was used. `not-read`: the tool cannot read it, and host and port are those of the Secret.
   */
  url: 'ok' | 'missing' | 'empty' | 'unclear' | 'not-read';
  /** Its sslmode, as libpq takes it. */
  sslmode: string | undefined;
  /** The pod's value is the one that the Secret has now; undefined where that could not be compared. */
  matchesSecret: boolean | undefined;
  hosts: HostLadder[];
  /** What could not be measured with what there is, and why. */
  unmeasured: { what: Rung; reason: string }[];
}

/** The way to the database, as seen from inside pods, and from this machine. */
export interface DatabaseLadderFacts {
  pods: Observed<{ pod: string; ladder: Observed<DatabaseLadder> }[]>;
  /** With the URL of the Secret. */
  host: Observed<DatabaseLadder>;
}

/** A socket that accepts connections inside a pod; `0.0.0.0` and `::` are all of its addresses. */
export interface Listener {
  address: string;
  port: number;
}

/** One question to the health endpoint from one place. */
export interface VantagePoint {
  url: string;
  /** `unread`: this way may not be used (no permission), so that nothing is known. */
  outcome: HttpOutcome | 'unread';
  status: number | undefined;
  /** In words, for every outcome but `response`. */
  detail: string;
  /** Milliseconds. */
  ms: number;
  /** What its body says to be wrong, though the status is 200; absent where it says nothing of the kind, or could not be read. */
  flaw?: HealthFlaw;
  /** For `unread`: the permission that is missing. */
  access?: Access;
}

/** What one pod says of itself, and what the API server sees of it. */
export interface PodVantage {
  pod: string;
  /** Port of the pod to which the Service leads, where it can be told; else the contract's. */
  port: number;
  inside: Observed<{
    listening: Listener[];
    /** undefined: could not be asked with what the image has. */
    localhost: VantagePoint | undefined;
    podAddress: VantagePoint | undefined;
  }>;
  /** API server → pod, past kube-proxy and the Service. */
  proxy: VantagePoint;
}

/** The health endpoint from inside out: where the first way fails, the hop before it is broken. */
export interface VantageFacts {
  pods: PodVantage[];
  /** API server → Service → a ready pod, past kube-proxy. */
  service: VantagePoint;
  /** The node port on addresses of nodes; empty where there is none. */
  nodes: VantagePoint[];
  /** The address that the user has: `--url`, else the contract's. */
  user: VantagePoint;
}

/** What Minikube's own program says, where it is installed and the context is one of its. */
export interface MinikubeFacts {
  /** Minikube's name for the cluster: that of the context. */
  profile: string;
  program: 'found' | 'absent' | 'not-minikube';
  /** undefined without the program. */
  status: Observed<{ host: string; kubelet: string; apiServer: string; kubeconfig: string }> | undefined;
  /** Such as `docker`, `kvm2`; undefined where it was not told. */
  driver: string | undefined;
}

/** Who wrote an object, by its managedFields. */
export interface ObjectWrites {
  kind: 'Deployment' | 'Service' | 'ConfigMap' | 'Secret';
  name: string;
  generation: number | undefined;
  createdAt: string | undefined;
  /** Oldest first. `fields` are those that each of them still owns, such as `.data.DATABASE_URL`. */
  writers: { manager: string; operation: string; at: string | undefined; fields: string[] }[];
}

export interface PodDrift {
  pod: string;
  /** Of the backend container. */
  startedAt: string | undefined;
  /** Fields of its container that are others than in the Deployment's template; undefined where that is not known. */
  template: string[] | undefined;
  /** Secrets and ConfigMaps whose data was written after the container had started. */
  newerSources: { kind: ObjectWrites['kind']; name: string; at: string; manager: string; keys: string[] }[];
}

/** How the live objects came to be what they are, and how far the running pods are behind them. */
export interface DriftFacts {
  /** Those that exist and could be read. */
  objects: ObjectWrites[];
  unread: ({ kind: ObjectWrites['kind']; name: string } & NotRead)[];
  pods: PodDrift[];
}
