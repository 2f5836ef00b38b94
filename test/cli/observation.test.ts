import { expect, test } from '@jest/globals';
import { observeMemory } from '../../src/cli/observation.js';
import type { EvidenceReader } from '../../src/evidence/evidence.js';

test('each sample is told before it is taken, with the time that has gone', async () => {
  const order: string[] = [];
  const gone: number[] = [];
  const reader = (): EvidenceReader => ({
    read: (key) => {
      order.push(key);
      return Promise.resolve({ ok: false, why: 'not-collected', detail: 'none' } as never);
    },
    close: () => Promise.resolve(),
  });
  await observeMemory(reader, 1100, new AbortController().signal, (ms) => {
    order.push('told');
    gone.push(ms);
  });
  expect(order.slice(0, 3)).toEqual(['told', 'cgroup', 'metrics']);
  expect(order.filter((each) => each === 'told')).toHaveLength(
    order.filter((each) => each === 'cgroup').length,
  );
  expect(gone.length).toBeGreaterThanOrEqual(2);
  expect(gone).toEqual([...gone].sort((a, b) => a - b));
  expect(gone[0]).toBeLessThan(500);
});
