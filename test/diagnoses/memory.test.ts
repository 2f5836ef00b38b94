/** High memory use and what it ends in. */
import { describe, expect, test } from '@jest/globals';
import type { MemoryTrend } from '../../src/rule/look.js';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { cgroup, evicted, killed, MEBIBYTE, together, uses } from '../support/memory-states.js';
import { TIMED_OUT } from '../support/health-states.js';
import { ago, containerOf, podEvent, restarted } from '../support/pod-states.js';
import type { Change } from './pod-changes.js';
import { MEMORY } from './shown/memory.js';

describe('each cause is found first', () => {
  test.each(MEMORY)('%s', async (cause, change, exitCode) => {
    const found = await diagnosed(change, { topic: 'memory' });
    expect(found.causes).toEqual([cause]);
    expect(found.unexplained).toEqual([]);
    expect(found.exitCode).toBe(exitCode);
  });

  test('a leak is told by the kernel’s count where metrics are from before the restart', async () => {
    const change = together(
      killed({ startedAt: ago(300), finishedAt: ago(100) }, { secondsAgo: 100, restarts: 4 }),
      uses(520),
      ({ metrics }) => Object.assign(metrics.pods[0] ?? {}, { memoryBytes: 90 * MEBIBYTE, at: ago(95) }),
    );
    expect((await diagnosed(change, { topic: 'memory' })).causes).toEqual(['memory/leak']);
  });

  test('a pool larger than planned explains memory that is short', async () => {
    const { causes, diagnoses } = await diagnosed(
      (evidence) => {
        uses(900)(evidence);
        uses(880, 1)(evidence);
        evidence.configMap.data = { ...evidence.configMap.data, DATABASE_POOL_SIZE: '60' };
      },
      { topic: 'memory' },
    );
    expect(causes).toEqual(['memory/pool-too-large']);
    expect(diagnoses[0]).toMatchObject({ verdict: 'likely', folded: ['memory/near-limit'] });
  });

  test('OOMKilled: the pod, its limit, what follows, and a limit that suits the peak', async () => {
    const { diagnoses } = await diagnosed(together(killed(), cgroup({ peak: 1100 * MEBIBYTE })), {
      topic: 'memory',
    });
    expect(diagnoses[0]).toMatchObject({
      verdict: 'confirmed',
      object: { kind: 'Pod', name: POD_NAMES[0] },
      symptoms: ['pods/no-oom', 'pods/restarts'],
    });
    expect(diagnoses[0]?.ruledOut).toContain('node pressure');
    // 1100Mi + 20 %, in steps of 64Mi.
    expect(diagnoses[0]?.fix[0]?.helmValue).toBe('backend.resources.limits.memory=1344Mi');
  });

  test.each<[string, string, Change, string]>([
    [
      'a variable',
      'WEB_CONCURRENCY- ',
      (evidence) => void (containerOf(evidence).env = [{ name: 'WEB_CONCURRENCY', value: '40' }]),
      'WEB_CONCURRENCY asks for 40',
    ],
    [
      'its command',
      '',
      (evidence) => void (containerOf(evidence).args = ['app.main:app', '--workers', '16']),
      'its command asks for 16',
    ],
  ])('many workers, by %s, are fewer before the limit is raised', async (_, command, change, says) => {
    const { diagnoses, causes } = await diagnosed(
      together(killed(), change, (evidence) => {
        podEvent(evidence, 0, 'Unhealthy', `Liveness probe failed: ${TIMED_OUT}`, {
          count: 9,
          secondsAgo: 20,
        });
      }),
    );
    // Its answers that came too late are no cause beside it.
    expect(causes).toEqual(['memory/oom-killed']);
    const [fix] = diagnoses[0]?.fix ?? [];
    expect(fix?.description).toContain(says);
    expect(`${fix?.command ?? ''} `).toContain(command);
  });

  test('two workers are not many', async () => {
    const { diagnoses } = await diagnosed(
      together(killed(), (evidence) => void (containerOf(evidence).args = ['-w', '2'])),
    );
    expect(diagnoses[0]?.fix[0]?.helmValue).toContain('backend.resources.limits.memory=');
  });

  test('an eviction is the node’s doing, not the limit’s', async () => {
    const { diagnoses } = await diagnosed(evicted, { topic: 'memory' });
    expect(diagnoses[0]).toMatchObject({ object: { kind: 'Node', name: 'minikube' } });
    expect(diagnoses[0]?.summary).toContain('not the container');
  });
});

describe('pairs that look alike', () => {
  test('the node that is full, and the container’s own limit', async () => {
    const node = await diagnosed(evicted);
    expect(node.causes).toEqual(['memory/node-pressure']);
    expect(node.diagnoses[0]?.ruledOut).toContain('the container’s own limit');
    const own = await diagnosed(killed());
    expect(own.causes).toEqual(['memory/oom-killed']);
    expect(own.diagnoses[0]?.ruledOut).toContain('node pressure');
  });
});

describe('--observe', () => {
  const trend = (change: Partial<MemoryTrend>): MemoryTrend => ({
    seconds: 30,
    samples: 10,
    firstBytes: 60 * MEBIBYTE,
    lastBytes: 61 * MEBIBYTE,
    bytesPerSecond: 0.03 * MEBIBYTE,
    growing: false,
    ...change,
  });
  const growing = trend({ lastBytes: 160 * MEBIBYTE, bytesPerSecond: 3.3 * MEBIBYTE, growing: true });

  test('growth without a kill is likely a leak', async () => {
    const { causes, diagnoses } = await diagnosed(undefined, {
      topic: 'memory',
      trend: { [POD_NAMES[0]]: growing },
    });
    expect(causes).toEqual(['memory/leak']);
    expect(diagnoses[0]).toMatchObject({ verdict: 'likely', object: { name: POD_NAMES[0] } });
    expect(diagnoses[0]?.summary).toContain('it reaches its limit of 1Gi in');
  });

  test('growth that has ended in a kill is a leak for certain', async () => {
    const { diagnoses } = await diagnosed(killed(), {
      topic: 'memory',
      trend: { [POD_NAMES[0]]: growing },
    });
    expect(diagnoses.map(({ cause, verdict }) => [cause, verdict])).toEqual([['memory/leak', 'confirmed']]);
  });

  test('no growth: the hop is good, with its pace', async () => {
    const { causes, topics } = await diagnosed(undefined, {
      topic: 'memory',
      trend: { [POD_NAMES[0]]: trend({}) },
    });
    expect(causes).toEqual([]);
    expect(topics[0]?.path.at(-1)).toMatchObject({ hop: 'trend', state: 'good', detail: '+2Mi/min' });
  });

  test('nothing could be observed: not determined', async () => {
    const { exitCode } = await diagnosed(undefined, { topic: 'memory', trend: {} });
    expect(exitCode).toBe(3);
  });
});

test('usage that nobody tells is not determined', async () => {
  const { causes, exitCode } = await diagnosed(
    ({ metrics, cgroup: all }) => {
      metrics.pods = [];
      for (const own of all)
        own.cgroup = { ok: false, at: ago(0), why: 'not-collected', detail: 'not asked for (--no-exec)' };
    },
    { topic: 'memory' },
  );
  expect(causes).toEqual(['evidence/unreadable']);
  expect(exitCode).toBe(3);
});

test('a container that ends between the list of pods and the question is no gap', async () => {
  const { causes } = await diagnosed(
    ({ metrics, cgroup: all }) => {
      metrics.pods = metrics.pods.filter(({ pod }) => pod !== POD_NAMES[0]);
      const own = all.find(({ pod }) => pod === POD_NAMES[0]);
      const detail = 'unable to upgrade connection: container not found ("backend")';
      if (own) own.cgroup = { ok: false, at: ago(0), why: 'failed', detail };
    },
    { topic: 'memory' },
  );
  expect(causes).toEqual([]);
});

test('a liveness kill is not taken for memory', async () => {
  const { causes } = await diagnosed(
    (evidence) => {
      restarted(evidence, 0, { exitCode: 137 }, { secondsAgo: 40 });
      podEvent(evidence, 0, 'Killing', 'Container backend failed liveness probe, will be restarted', {
        secondsAgo: 40,
      });
    },
    { topic: 'memory' },
  );
  expect(causes).not.toContain('memory/oom-killed');
  expect(causes).not.toContain('memory/child-killed');
});
