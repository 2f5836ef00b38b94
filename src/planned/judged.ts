/** What can be judged of a deployment before it is applied, and why the rest cannot. */
import type {
  EvidenceKey,
  EvidenceReader,
  EvidenceMap,
  Observed,
  PodIdentity,
} from '../evidence/evidence.js';
import { now } from '../evidence/observed.js';
import type { Deployment } from '../evidence/objects.js';
import type { PlannedObject } from './objects.js';

const POD = 'only a running pod shows it';
const ANSWER = 'only a running backend answers';
const CLUSTER = 'only a cluster shows it';

/** Facts that there are of what runs alone. */
const RUNNING: Partial<Record<EvidenceKey, string>> = {
  server: CLUSTER,
  permissions: CLUSTER,
  nodes: CLUSTER,
  nodeRoom: CLUSTER,
  minikube: CLUSTER,
  drift: CLUSTER,
  release: 'only an installed release shows it',
  replicaSets: POD,
  pods: POD,
  namespacePods: POD,
  events: POD,
  logs: POD,
  previousLogs: POD,
  otherLogs: POD,
  inPod: POD,
  metrics: POD,
  cgroup: POD,
  databaseLadder: POD,
  vantage: POD,
  endpoints: POD,
  route: ANSWER,
  health: ANSWER,
  docs: ANSWER,
  tasks: ANSWER,
  cors: ANSWER,
  distribution: ANSWER,
};

/** Checks that judge by templates where there are no pods yet. */
const BY_TEMPLATE: ReadonlySet<string> = new Set(['service/selector-matches', 'network/policies']);

/** Checks that read an object for what its controller says of it. */
const BY_STATUS: Partial<Record<string, string>> = {
  'deployment/rollout-complete': 'only a running Deployment shows it',
};

/** @returns why a check cannot be judged before anything runs; undefined: it can */
export function onlyRunning({
  id,
  reads,
}: {
  id: string;
  reads: readonly EvidenceKey[];
}): string | undefined {
  if (BY_TEMPLATE.has(id)) return undefined;
  return BY_STATUS[id] ?? reads.map((key) => RUNNING[key]).find((reason) => reason !== undefined);
}

/** A reader for whom no pod runs yet; those of other workloads are known by their templates. */
export function beforeItRuns(
  reader: EvidenceReader,
  planned: readonly PlannedObject[],
  { namespace, deployment }: { namespace: string; deployment: string },
): EvidenceReader {
  const others = planned.flatMap((each) => identityOf(each, namespace, deployment));
  const values: Partial<EvidenceMap> = { pods: [], replicaSets: [], namespacePods: others };
  return {
    read: <K extends EvidenceKey>(key: K, signal: AbortSignal): Promise<Observed<EvidenceMap[K]>> => {
      if (Object.hasOwn(values, key))
        return Promise.resolve({ ok: true, at: now(), value: values[key] as EvidenceMap[K] });
      const reason = RUNNING[key];
      return reason === undefined
        ? reader.read(key, signal)
        : Promise.resolve({ ok: false, at: now(), why: 'not-collected', detail: reason });
    },
    close: () => reader.close(),
  };
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

function identityOf(
  { kind, name, object, namespace: own }: PlannedObject,
  namespace: string,
  deployment: string,
): PodIdentity[] {
  if (!WORKLOADS.has(kind) || (own ?? namespace) !== namespace) return [];
  if (kind === 'Deployment' && name === deployment) return [];
  const { spec } = object as unknown as { spec?: Partial<Deployment['spec']> };
  const labels = spec?.template?.metadata?.labels;
  return labels === undefined ? [] : [{ name: `${kind} ${name}`, labels }];
}
