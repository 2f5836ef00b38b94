/** What `doctor` reads besides `verify`'s facts, of a deployment that keeps the contract. */
import type {
  CgroupFacts,
  DatabaseLadder,
  DatabaseLadderFacts,
  DriftFacts,
  MetricsFacts,
  MinikubeFacts,
  VantageFacts,
  VantagePoint,
  NodeRoomFacts,
  OtherContainerLog,
  PreviousLog,
  RungResult,
} from '../../src/evidence/deep-facts.js';

const AT = '2026-02-09T14:05:00Z';
const MEBIBYTE = 1024 ** 2;

const answered = (url: string): VantagePoint => ({
  url,
  outcome: 'response',
  status: 200,
  detail: '',
  ms: 4,
});

const rung = (name: RungResult['rung'], ms: number, detail = ''): RungResult => ({
  rung: name,
  error: undefined,
  detail,
  ms,
});

/** Two climbs up to `SELECT 1`. */
export function healthyLadder(tool: 'python3' | 'node' = 'python3'): DatabaseLadder {
  const climb = () => [
    rung('dns', 2, '203.0.113.24'),
    rung('tcp', 1, '203.0.113.24'),
    rung('ssl', 1),
    rung('tls', 9, 'TLSv1.3'),
    rung('startup', 3, 'scram-sha-256'),
    rung('login', 8),
    rung('query', 1),
  ];
  return {
    tool,
    url: 'ok',
    sslmode: 'require',
    matchesSecret: true,
    hosts: [{ host: 'ep-cool-1.neon.tech', port: 5432, climbs: [climb(), climb()], certificate: undefined }],
    unmeasured: [],
  };
}

/** A fresh copy each time. */
export function healthyDeepFacts(pods: readonly string[]) {
  return {
    previousLogs: pods.map((pod): PreviousLog => ({ pod, log: { ok: true, at: AT, value: undefined } })),
    otherLogs: [] as OtherContainerLog[],
    metrics: {
      api: { state: 'served', newestAt: '2026-02-09T14:04:50Z' },
      pods: pods.map((pod) => ({
        pod,
        source: 'metrics-api',
        at: '2026-02-09T14:04:50Z',
        memoryBytes: 62 * MEBIBYTE,
        cpuMillis: 3.2,
      })),
      unread: [],
    } satisfies MetricsFacts as MetricsFacts,
    cgroup: pods.map((pod): CgroupFacts => ({
      pod,
      cgroup: {
        ok: true,
        at: AT,
        value: {
          version: 2,
          memory: {
            limit: 1024 * MEBIBYTE,
            current: 66 * MEBIBYTE,
            peak: 71 * MEBIBYTE,
            limitHits: 0,
            oomKills: 0,
          },
          cpu: { periods: 512, throttledPeriods: 0, throttledMicros: 0 },
        },
      },
    })),
    databaseLadder: {
      pods: {
        ok: true,
        at: AT,
        value: pods.map((pod) => ({ pod, ladder: { ok: true, at: AT, value: healthyLadder() } })),
      },
      host: { ok: true, at: AT, value: healthyLadder('node') },
    } satisfies DatabaseLadderFacts as DatabaseLadderFacts,
    vantage: {
      pods: pods.map((pod, index) => ({
        pod,
        port: 8000,
        inside: {
          ok: true,
          at: AT,
          value: {
            listening: [{ address: '0.0.0.0', port: 8000 }],
            localhost: answered('http://127.0.0.1:8000/api/health'),
            podAddress: answered(`http://10.244.0.${index + 5}:8000/api/health`),
          },
        },
        proxy: answered(`https://127.0.0.1:6443/api/v1/namespaces/default/pods/${pod}:8000/proxy/api/health`),
      })),
      service: answered(
        'https://127.0.0.1:6443/api/v1/namespaces/default/services/todo-chatbot-backend:8000/proxy/api/health',
      ),
      nodes: [answered('http://192.168.49.2:30081/api/health')],
      user: answered('http://localhost:30081/api/health'),
    } satisfies VantageFacts as VantageFacts,
    minikube: {
      profile: 'minikube',
      program: 'absent',
      status: undefined,
      driver: undefined,
    } satisfies MinikubeFacts as MinikubeFacts,
    drift: {
      objects: (['Deployment', 'Service', 'ConfigMap', 'Secret'] as const).map((kind) => ({
        kind,
        name: { Deployment: '', Service: '', ConfigMap: '-config', Secret: '-secret' }[kind].replace(
          /^/,
          'todo-chatbot-backend',
        ),
        generation: 1,
        createdAt: '2026-02-09T13:58:00Z',
        writers: [{ manager: 'helm', operation: 'Update', at: '2026-02-09T13:58:00Z', fields: [] }],
      })),
      unread: [],
      pods: pods.map((pod) => ({
        pod,
        startedAt: '2026-02-09T13:58:03Z',
        template: [],
        newerSources: [],
      })),
    } satisfies DriftFacts as DriftFacts,
    nodeRoom: {
      nodes: [
        {
          node: 'minikube',
          allocatable: { cpuMillis: 2000, memoryBytes: 8_025_244 * 1024, pods: 110 },
          requested: { cpuMillis: 1750, memoryBytes: 1194 * MEBIBYTE, pods: 9 },
          unschedulable: false,
          labels: { 'kubernetes.io/hostname': 'minikube' },
          taints: [],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      ],
      unread: undefined,
    } satisfies NodeRoomFacts as NodeRoomFacts,
  };
}
