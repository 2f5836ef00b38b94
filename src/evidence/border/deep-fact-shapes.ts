/** The shapes of the facts that only the doctor asks for. */
import type { HealthFlaw } from '../../computed/health-flaw.js';
import { HTTP_OUTCOMES, RUNGS, RUNG_FAILURES } from '../outcomes.js';
import type {
  CgroupFacts,
  CgroupValues,
  DatabaseLadder,
  DatabaseLadderFacts,
  DriftFacts,
  HostLadder,
  MetricsFacts,
  MinikubeFacts,
  NodeRoomFacts,
  NotRead,
  ObjectWrites,
  OtherContainerLog,
  PodVantage,
  PreviousLog,
  PreviousRun,
  PriorityRoom,
  RungResult,
  VantageFacts,
  VantagePoint,
} from '../deep-facts.js';
import type { Observed } from '../evidence.js';
import {
  aText,
  aFlag,
  aNumber,
  bytes,
  texts,
  byName,
  of,
  all,
  access,
  notRead,
  observed,
  observedOrNone,
  status,
  lines,
} from './fact-parts.js';
import { taintsShape } from './object-shapes.js';
import { conditionShape } from './pod-shape.js';
import { finite, flag, int64, list, need, object, oneOf, tagged, text } from './shape.js';

export const previousLog = object<PreviousLog>({
  pod: aText,
  log: need(observedOrNone(object<PreviousRun>({ lines, gap: aFlag, startedAt: text, finishedAt: text }))),
});

export const otherLog = object<OtherContainerLog>({
  pod: aText,
  container: aText,
  previous: aFlag,
  log: need(observed(object<Pick<PreviousRun, 'lines' | 'gap'>>({ lines, gap: aFlag }))),
});

const usage = all<MetricsFacts['pods'][number]>({
  pod: aText,
  source: need(oneOf('metrics-api', 'kubelet')),
  at: aText,
  memoryBytes: need(bytes),
  cpuMillis: finite,
});

type MetricsApi = MetricsFacts['api'];

export const metrics = object<MetricsFacts>({
  api: need(
    tagged<MetricsApi>('state', [
      [
        ['served'],
        object<Extract<MetricsApi, { state: 'served' }>>({ state: need(oneOf('served')), newestAt: text }),
      ],
      [
        ['not-installed', 'unavailable', 'unread'],
        object<Exclude<MetricsApi, { state: 'served' }>>({
          state: need(oneOf('not-installed', 'unavailable', 'unread')),
          ...notRead,
        }),
      ],
    ]),
  ),
  pods: usage,
  unread: all<{ pod: string } & NotRead>({ pod: aText, ...notRead }),
});

export const cgroup = object<CgroupFacts>({
  pod: aText,
  cgroup: need(
    observed(
      object<CgroupValues>({
        version: need(oneOf(1, 2)),
        memory: of<CgroupValues['memory']>({
          limit: {
            read: (value, odd) => (value === 'none' ? 'none' : bytes.read(value, odd)),
          },
          current: bytes,
          peak: bytes,
          limitHits: bytes,
          oomKills: bytes,
        }),
        cpu: of<CgroupValues['cpu']>({ periods: bytes, throttledPeriods: bytes, throttledMicros: bytes }),
      }),
    ),
  ),
});

type NodeRoom = NodeRoomFacts['nodes'][number];
const room = object<NodeRoom['allocatable']>({ cpuMillis: aNumber, memoryBytes: aNumber, pods: aNumber });

export const nodeRoom = object<NodeRoomFacts>({
  nodes: all<NodeRoom>({
    node: aText,
    allocatable: need(room),
    requested: room,
    unschedulable: aFlag,
    labels: byName,
    taints: need(taintsShape),
    conditions: need(list(conditionShape)),
    priorities: list(
      object<PriorityRoom>({
        priority: aNumber,
        className: text,
        requested: need(room),
        newest: need(object<PriorityRoom['newest']>({ namespace: aText, name: aText, uid: aText })),
      }),
    ),
  }),
  unread: object<NotRead>(notRead),
});

const rung = oneOf(...RUNGS);

const ladder = object<DatabaseLadder>({
  tool: need(oneOf('python3', 'sh', 'node')),
  debugContainer: text,
  url: need(oneOf('ok', 'missing', 'empty', 'unclear', 'not-read')),
  sslmode: text,
  matchesSecret: flag,
  hosts: all<HostLadder>({
    host: aText,
    port: aNumber,
    climbs: need(
      list(
        list(
          object<RungResult>({
            rung: need(rung),
            error: object<NonNullable<RungResult['error']>>({
              kind: need(oneOf(...RUNG_FAILURES)),
              text: aText,
              sqlstate: text,
            }),
            detail: aText,
            ms: aNumber,
          }),
        ),
      ),
    ),
    certificate: object<NonNullable<HostLadder['certificate']>>({
      subject: aText,
      issuer: aText,
      validFrom: aText,
      validTo: aText,
      matchesHost: aFlag,
    }),
  }),
  unmeasured: all<DatabaseLadder['unmeasured'][number]>({ what: need(rung), reason: aText }),
});

export const databaseLadder = object<DatabaseLadderFacts>({
  pods: need(
    observed(
      list(
        object<{ pod: string; ladder: Observed<DatabaseLadder> }>({
          pod: aText,
          ladder: need(observed(ladder)),
        }),
      ),
    ),
  ),
  host: need(observed(ladder)),
});

const point = object<VantagePoint>({
  url: aText,
  outcome: need(oneOf(...HTTP_OUTCOMES, 'unread')),
  status,
  detail: aText,
  ms: aNumber,
  flaw: object<HealthFlaw>({ about: need(oneOf('database', 'status', 'error')), words: aText }),
  access,
});

type Inside = Extract<PodVantage['inside'], { ok: true }>['value'];

export const vantage = object<VantageFacts>({
  pods: all<PodVantage>({
    pod: aText,
    port: aNumber,
    inside: need(
      observed(
        object<Inside>({
          listening: all<Inside['listening'][number]>({ address: aText, port: aNumber }),
          localhost: point,
          podAddress: point,
        }),
      ),
    ),
    proxy: need(point),
  }),
  service: need(point),
  nodes: need(list(point)),
  user: need(point),
});

type Minikube = Extract<NonNullable<MinikubeFacts['status']>, { ok: true }>['value'];

export const minikube = object<MinikubeFacts>({
  profile: aText,
  program: need(oneOf('found', 'absent', 'not-minikube')),
  status: observed(object<Minikube>({ host: aText, kubelet: aText, apiServer: aText, kubeconfig: aText })),
  driver: text,
});

const kind = need(oneOf('Deployment', 'Service', 'ConfigMap', 'Secret'));

export const drift = object<DriftFacts>({
  objects: all<ObjectWrites>({
    kind,
    name: aText,
    generation: int64,
    createdAt: text,
    writers: all<ObjectWrites['writers'][number]>({
      manager: aText,
      operation: aText,
      at: text,
      fields: texts,
    }),
  }),
  unread: all<DriftFacts['unread'][number]>({ kind, name: aText, ...notRead }),
  pods: all<DriftFacts['pods'][number]>({
    pod: aText,
    startedAt: text,
    template: list(text),
    newerSources: all<DriftFacts['pods'][number]['newerSources'][number]>({
      kind,
      name: aText,
      at: aText,
      manager: aText,
      keys: texts,
    }),
  }),
});
