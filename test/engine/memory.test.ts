import { expect, test } from '@jest/globals';
import { memoryOf } from '../../src/engine/memory.js';
import type { MetricsFacts } from '../../src/evidence/deep-facts.js';
import type { Pod } from '../../src/evidence/objects.js';
import { healthyEvidence, POD_NAMES } from '../support/healthy.js';

const MI = 2 ** 20;
const [FIRST, SECOND] = POD_NAMES;

function metrics(bytes: Record<string, number>): MetricsFacts {
  const at = '2026-02-09T14:05:00Z';
  return {
    api: { state: 'served', newestAt: at },
    pods: Object.entries(bytes).map(([pod, memoryBytes]) => ({
      pod,
      source: 'metrics-api',
      at,
      memoryBytes,
      cpuMillis: 3,
    })),
    unread: [],
  };
}

function memory(pods: Pod[], read: MetricsFacts | undefined) {
  return memoryOf({ container: 'backend', pods, metrics: read });
}

function killed(pod: Pod | undefined): void {
  const [container] = pod?.status?.containerStatuses ?? [];
  if (!container) throw new Error('the healthy pod has a container');
  container.lastState = {
    terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-02-09T14:01:00Z' },
  };
}

test('limits alone are not told: neither a use nor a kill is known', () => {
  expect(memory(healthyEvidence().pods, undefined)).toBeUndefined();
  expect(
    memoryOf({ container: 'backend', pods: undefined, metrics: metrics({ [FIRST]: 1 }) }),
  ).toBeUndefined();
});

test('use against request and limit, in bytes, the nearest to its limit first', () => {
  const section = memory(healthyEvidence().pods, metrics({ [FIRST]: 300 * MI, [SECOND]: 900 * MI }));
  expect(section).toEqual({
    containers: [
      expect.objectContaining({
        pod: SECOND,
        usageBytes: 900 * MI,
        requestBytes: 512 * MI,
        limitBytes: 1024 * MI,
      }),
      expect.objectContaining({ pod: FIRST, usageBytes: 300 * MI, oomKilledAt: null }),
    ],
    omitted: 0,
  });
});

test('a container that was killed comes first, also where no use was read', () => {
  const { pods } = healthyEvidence();
  killed(pods[1]);
  expect(memory(pods, undefined)?.containers).toMatchObject([
    { pod: SECOND, usageBytes: null, oomKilledAt: '2026-02-09T14:01:00Z' },
    { pod: FIRST, usageBytes: null, oomKilledAt: null },
  ]);
});

test('without limits it is null, not zero; a pod on its way out is left out', () => {
  const { pods } = healthyEvidence();
  const [first, second] = pods;
  if (!first || !second) throw new Error('there are two healthy pods');
  delete first.spec.containers[0]?.resources;
  second.metadata.deletionTimestamp = '2026-02-09T14:05:00Z';
  expect(memory(pods, metrics({ [FIRST]: MI, [SECOND]: MI }))?.containers).toEqual([
    {
      pod: FIRST,
      container: 'backend',
      requestBytes: null,
      limitBytes: null,
      usageBytes: MI,
      oomKilledAt: null,
    },
  ]);
});

test('of too many the fullest stay', () => {
  const [first] = healthyEvidence().pods;
  if (!first) throw new Error('there is a healthy pod');
  const pods = Array.from({ length: 60 }, (_, index) => ({
    ...structuredClone(first),
    metadata: { name: `pod-${index}` },
  }));
  const section = memory(
    pods,
    metrics(Object.fromEntries(pods.map(({ metadata }, index) => [metadata.name, index * MI]))),
  );
  expect(section?.containers).toHaveLength(50);
  expect(section?.containers[0]?.pod).toBe('pod-59');
  expect(section?.omitted).toBe(10);
});
