/**
 * What of a state is compared. Much smaller than the evidence, which may hold thousands of pods: the one side's evidence
 * can go before the other side's is read.
 */
import { leaves, formatPath } from '../contract/paths.js';
import type { Contract } from '../contract/contract.js';
import type { Target } from '../contract/target.js';
import type { Report, Status } from '../engine/report.js';
import { isReady } from '../kube/pod-state.js';
import type { EvidenceKey, EvidenceMap, HttpExchange, Observed } from '../evidence/evidence.js';
import type { ContainerStatus, KubernetesEvent, Node, ObjectMeta, Pod } from '../evidence/objects.js';
import { fieldsOf, type Fields } from './fields.js';
import type { SideSummary } from './model.js';

export interface PodState {
  /** Ready, or the reason why it is not. */
  state: string;
  restarts: number;
  images: string;
  node: string;
}

export interface EventState {
  type: string;
  reason: string;
  object: string;
  message: string;
  count: number;
  /** RFC 3339. */
  at: string;
}

export interface Snapshot {
  side: SideSummary;
  contract: Contract;
  /** Fields of the contract, with its values. */
  contractFields: Fields;
  checks: Map<string, { status: Status; message: string }>;
  release: Fields;
  /** Objects by area, each with its name; undefined: could not be read. */
  deployment: Named | undefined;
  service: Named | undefined;
  config: Named | undefined;
  secret: Named | undefined;
  network: Named | undefined;
  nodes: Named | undefined;
  pods: Map<string, PodState> | undefined;
  http: Fields;
  events: Map<string, EventState> | undefined;
  /** Evidence that is not there, with the reason. */
  missing: Map<string, string>;
}

/** Objects by `Kind name`. */
export type Named = Map<string, Fields>;

export interface SnapshotInput {
  label: string;
  report: Report;
  target: Target;
  contract: Contract;
  evidence: ReadonlyMap<EvidenceKey, Observed<unknown>>;
  /** Host names, addresses and user names are tokens. */
  pseudonymized?: boolean;
}

/** Written by controllers, or said elsewhere. */
const NOISE =
  /^metadata\.(uid|generation|creationTimestamp|resourceVersion|managedFields|namespace|ownerReferences)|\[deployment\.kubernetes\.io\/|^status\b|^metadata\.name$/;

export function snapshotOf({
  label,
  report,
  target,
  contract,
  evidence,
  pseudonymized,
}: SnapshotInput): Snapshot {
  const missing = new Map<string, string>();
  const read = <K extends EvidenceKey>(key: K): { value: EvidenceMap[K] } | undefined => {
    const observed = evidence.get(key) as Observed<EvidenceMap[K]> | undefined;
    if (observed?.ok) return observed;
    missing.set(key, observed?.detail ?? 'it was not read');
    return undefined;
  };
  const one = <T extends { metadata: ObjectMeta }>(
    kind: string,
    observed: { value: T | undefined } | undefined,
    more: (object: T) => Record<string, unknown> = () => ({}),
  ) => observed && named(kind, observed.value ? [observed.value] : [], more);

  const configMap = read('configMap');
  const secret = read('secret');
  const policies = read('networkPolicies');
  const nodes = read('nodes');
  const pods = read('pods');
  const events = read('events');
  const server = read('server');
  return {
    side: {
      label,
      at: report.startedAt,
      context: target.context,
      namespace: target.namespace,
      release: target.release ?? null,
      pseudonymized: pseudonymized === true,
      exitCode: report.exitCode,
      summary: report.summary,
    },
    contract,
    contractFields: new Map(
      leaves(contract).map(({ path, value }) => [
        formatPath(path),
        Array.isArray(value)
          ? value.join(', ')
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value),
      ]),
    ),
    checks: new Map(
      report.checks.map(({ id, status, message, findings }) => [
        id,
        { status, message: findings[0]?.message ?? message },
      ]),
    ),
    release: fieldsOf({
      chart: target.helm?.chart,
      revision: target.helm?.revision,
      status: target.helm?.status,
      kubernetes: server?.value.gitVersion,
    }),
    deployment: one('Deployment', read('deployment'), ({ status }) => ({
      'ready replicas': status?.readyReplicas ?? 0,
      'available replicas': status?.availableReplicas ?? 0,
    })),
    service: one('Service', read('service')),
    config:
      configMap &&
      one('ConfigMap', {
        value: configMap.value && {
          metadata: { name: configMap.value.name, labels: configMap.value.labels },
          data: configMap.value.data,
        },
      }),
    secret:
      secret && new Map(secret.value ? [[`Secret ${secret.value.name}`, secretFields(secret.value)]] : []),
    network: policies && named('NetworkPolicy', policies.value),
    nodes: nodes && new Map(nodes.value.map((node) => [`Node ${node.metadata.name}`, nodeFields(node)])),
    pods: pods && new Map(pods.value.map((pod) => [pod.metadata.name, podState(pod)])),
    http: httpFields(read('health'), read('docs'), read('tasks')),
    events:
      events &&
      new Map(events.value.map((event) => [event.metadata.uid ?? event.metadata.name, eventState(event)])),
    missing,
  };
}

function named<T extends { metadata: ObjectMeta }>(
  kind: string,
  objects: readonly T[],
  more: (object: T) => Record<string, unknown> = () => ({}),
): Named {
  return new Map(
    objects.map((object) => {
      const fields = fieldsOf(object, (path) => NOISE.test(path));
      for (const [field, value] of Object.entries(more(object))) fields.set(field, String(value));
      return [`${kind} ${object.metadata.name}`, fields];
    }),
  );
}

/** Keys, lengths and when it was written: that it was rotated shows, to what does not. */
function secretFields({
  type,
  keys,
  dataChangedAt,
  databaseUrl,
}: NonNullable<EvidenceMap['secret']>): Fields {
  const lengths = keys.map(({ key, length }): [string, string] => [
    `data.${key}`,
    `(hidden, ${length} characters)`,
  ]);
  const { scheme, sslmode, hosts, problems } = databaseUrl ?? {};
  return new Map([
    ['type', type],
    ...lengths,
    ...(dataChangedAt === undefined ? [] : [['data changed at', dataChangedAt] as [string, string]]),
    ...fieldsOf({
      DATABASE_URL: { scheme, sslmode, problems, hosts: hosts?.map(({ host, port }) => `${host}:${port}`) },
    }),
  ]);
}

function nodeFields({ metadata, spec, status }: Node): Fields {
  const conditions = (status?.conditions ?? []).map(({ type, status: value }) => [type, value]);
  return fieldsOf({
    labels: metadata.labels,
    unschedulable: spec?.unschedulable,
    taints: spec?.taints?.map(
      ({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`,
    ),
    conditions: Object.fromEntries(conditions) as object,
    allocatable: status?.allocatable,
    kubelet: status?.nodeInfo?.kubeletVersion,
  });
}

function podState(pod: Pod): PodState {
  const { metadata, spec, status } = pod;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const reason = statuses.map(reasonOf).find((text) => text !== undefined);
  const state = metadata.deletionTimestamp !== undefined ? 'Terminating' : isReady(pod) ? 'Ready' : undefined;
  return {
    state: state ?? reason ?? status?.reason ?? `${status?.phase ?? 'unknown'}, not ready`,
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    images: spec.containers.map(({ image = '' }) => image).join(', '),
    node: spec.nodeName ?? '',
  };
}

function reasonOf({ state, lastState }: ContainerStatus): string | undefined {
  const waiting = state?.waiting?.reason;
  const terminated =
    state?.terminated?.reason ?? (waiting === undefined ? undefined : lastState?.terminated?.reason);
  return waiting === undefined
    ? terminated
    : `${waiting}${terminated === undefined ? '' : ` (${terminated})`}`;
}

function eventState(event: KubernetesEvent): EventState {
  const { type = 'Normal', reason = '', message = '', count = 1, involvedObject } = event;
  return {
    type,
    reason,
    object: `${involvedObject.kind ?? ''} ${involvedObject.name ?? ''}`.trim(),
    message,
    count,
    at:
      event.lastTimestamp ??
      event.eventTime ??
      event.firstTimestamp ??
      event.metadata.creationTimestamp ??
      '',
  };
}

type Exchange = { value: HttpExchange } | undefined;

function httpFields(health: Exchange, docs: Exchange, tasks: Exchange): Fields {
  const answer = (exchange: Exchange) =>
    exchange &&
    (exchange.value.status === undefined ? exchange.value.outcome : `HTTP ${exchange.value.status}`);
  return fieldsOf({ health: answer(health), docs: answer(docs), tasks: answer(tasks) });
}
