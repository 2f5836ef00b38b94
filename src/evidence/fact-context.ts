/** What a fact's provider gets to work with. */
import type { Contract } from '../contract/contract.js';
import type { FrontendIdentity } from '../contract/frontend.js';
import type { Target } from '../contract/target.js';
import type { Ledger } from '../load/ledger.js';
import type { LoadPlan } from '../load/plan.js';
import type { EffectiveEnvironment } from '../kube/effective-environment.js';
import type { EvidenceKey, EvidenceMap, HelmReleaseFacts, Observed, Oddity } from './evidence.js';
import type { Hider } from './hide.js';
import type { KubernetesClient } from './kubernetes/client.js';
import type { LogParts } from './log-parts.js';
import type { Deployment, ObjectMeta } from './objects.js';
import type { RawSecret } from './raw-secret.js';
import type { Transport } from './transport.js';

export interface ReaderOptions {
  /** `--url`: where the backend is, without a path; tried before anything else. */
  url?: string;
  /** `--origin`: where the frontend's pages come from, as browsers send it. */
  origin?: string | undefined;
  /** What discovery found of the frontend; undefined: it could not look. */
  frontend?: FrontendIdentity | undefined;
  /** `--via`: the only way to go. */
  via?: 'nodeport' | `node:${string}` | 'service' | 'proxy' | 'port-forward';
  /** False: nothing is run inside pods (`--no-exec`). */
  exec: boolean;
  /** One of many releases in one run: fewer calls count for more than a few moments. */
  isOneOfMany?: boolean;
  /** The facts that may be asked for: what the user's permissions are compared with. All of them when undefined. */
  facts?: readonly EvidenceKey[];
  /** What was found of the Helm release; undefined: Helm does not manage the backend. */
  release?: Observed<HelmReleaseFacts>;
  /** Milliseconds for each call to the API server; enforced by the client. */
  requestTimeoutMs: number;
  /** Milliseconds for each HTTP request to the backend, body included. */
  probeTimeoutMs: number;
  /** Requests that the `distribution` fact sends in place of the contract's. */
  load?: LoadPlan;
  /** Gets every request of that run, before it is summed up. */
  onLedger?: (ledger: Ledger) => void;
}

export interface RawConfigMap {
  metadata: ObjectMeta;
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

export interface FactContext {
  readonly client: KubernetesClient;
  readonly target: Target;
  readonly contract: Contract;
  readonly options: ReaderOptions;
  readonly hider: Hider;
  /** Of one of many releases: what was read of logs and may serve once more. */
  readonly logParts?: LogParts | undefined;
  /** Aborted when the reader is closed. */
  readonly signal: AbortSignal;
  /** Tells what is odd in the fact that is being read, and was left out: what passes there is not proven. */
  readonly odd: (oddities: readonly Oddity[]) => void;
  /** Another fact. @throws Unreadable with the reason why it cannot be had */
  read<K extends EvidenceKey>(key: K): Promise<EvidenceMap[K]>;
  /** Another fact, or why it cannot be had, where a provider can do without. */
  observe<K extends EvidenceKey>(key: K): Promise<Observed<EvidenceMap[K]>>;
  /** Whether somebody has asked for a fact in this run: then it costs nothing to wait for it. */
  isUnderWay(key: EvidenceKey): boolean;
  /** The Deployment as the API gives it, with literals that must not leave the reader. @throws KubernetesError */
  rawDeployment(): Promise<Deployment | undefined>;
  /** The frontend's Deployment in the same way; undefined: there is none. @throws KubernetesError */
  rawFrontend(): Promise<Deployment | undefined>;
  /** A ConfigMap. @throws KubernetesError */
  rawConfigMap(name: string): Promise<RawConfigMap | undefined>;
  /** A Secret with its values, which must not leave the reader. @throws KubernetesError */
  rawSecret(name: string): Promise<RawSecret | undefined>;
  /** The backend's Secret with its values, which must not leave the reader. @throws KubernetesError */
  backendSecret(): Promise<RawSecret | undefined>;
  /** What the container is started with, with values that must not leave the reader. @throws KubernetesError */
  environment(): Promise<EffectiveEnvironment>;
  /** Resolves when the Secrets of the pod template were read, or cannot be: from then on their values are recognised. */
  secretsKnown(): Promise<void>;
  /** How requests reach the backend. Shared by all facts that send some. */
  transport(): Promise<Transport>;
  /** Runs when the reader is closed. */
  onClose(release: () => Promise<void>): void;
}

/** `/api/v1/namespaces/<namespace>/<resource>`, or with a group `/apis/<group>/<version>/…`. */
export function namespaced(
  context: { target: Pick<Target, 'namespace'> },
  resource: string,
  group = '',
): string {
  const root = group === '' ? '/api/v1' : `/apis/${group}`;
  return `${root}/namespaces/${encodeURIComponent(context.target.namespace)}/${resource}`;
}
