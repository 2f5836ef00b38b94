/** What `doctor` reads besides `verify`'s facts, of a deployment that keeps the contract. */
import type { CgroupFacts, MetricsFacts, NodeRoomFacts, PreviousLog } from '../../src/evidence/deep-facts.js';

const AT = '2026-02-09T14:05:00Z';
const MEBIBYTE = 1024 ** 2;

/** A fresh copy each time. */
export function healthyDeepFacts(pods: readonly string[]) {
  return {
    previousLogs: pods.map((pod): PreviousLog => ({ pod, log: { ok: true, at: AT, value: undefined } })),
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
