import { describe, expect, test } from '@jest/globals';
import { judged } from '../../load/judged.js';
import { podLoad } from '../../support/load-facts.js';

describe('the pods themselves', () => {
  test('as many as the contract demands pass', async () => {
    const { exitCode, messages } = await judged([5, 5], undefined, { replicas: 2 });
    expect(exitCode).toBe(0);
    expect(messages).toEqual([]);
  });

  test('fewer than the contract demands fail', async () => {
    const { exitCode, messages, messageIds } = await judged([10], undefined, { replicas: 2 });
    expect(exitCode).toBe(1);
    expect(messageIds[0]).toBe('too-few');
    expect(messages[0]).toBe('1 of 2 pods are ready');
  });

  test('fewer are a warning where the contract knows that weakness, and none fail', async () => {
    const known = { replicas: 2, weaknesses: ['deployment/replicas'] };
    const { exitCode, messageIds } = await judged([10], undefined, known);
    expect([exitCode, messageIds[0]]).toEqual([0, 'too-few']);
    expect((await judged([10], undefined, { ...known, expectPods: 2 })).exitCode).toBe(1);
    expect((await judged([10], undefined, { ...known, weaknesses: ['deployment/labels'] })).exitCode).toBe(1);
  });

  test('more are fine, unless a number was expected', async () => {
    expect((await judged([4, 3, 3], undefined, { replicas: 2 })).exitCode).toBe(0);
    const { exitCode, messages, messageIds } = await judged([4, 3, 3], undefined, { expectPods: 2 });
    expect(exitCode).toBe(1);
    expect(messageIds[0]).toBe('too-many');
    expect(messages[0]).toBe('3 pods are ready, and 2 are expected');
  });

  test('that come, go, or are no ready endpoint are warnings', async () => {
    const { exitCode, messages, messageIds } = await judged(
      [50, 48],
      (facts) => {
        facts.pods.push(
          podLoad('pod-2', 9, { state: 'joined' }),
          podLoad('pod-3', 0, { state: 'not-ready' }),
        );
        facts.changes = [
          { pod: 'pod-2', what: 'joined', afterMs: 1234 },
          { pod: 'pod-4', what: 'left', afterMs: 2000 },
        ];
        facts.dataPath.endpoints = [{ pod: 'pod-0', zones: [] }];
      },
      { replicas: 2 },
    );
    expect(exitCode).toBe(0);
    expect(messageIds).toEqual(['joined', 'left', 'no-endpoint', 'not-ready']);
    expect(messages).toEqual([
      'pod-2 became ready 1.2 s after the first request',
      'pod-4 stopped being ready 2.0 s after the first request',
      'pod-1 is ready, but not among the ready endpoints',
      'pod-3 is not ready: it is sent no requests',
    ]);
  });

  test('that are not ready, and are sent requests all the same', async () => {
    const { messages, messageIds } = await judged([5, 5], (facts) => {
      Object.assign(facts.pods[1] ?? {}, { state: 'not-ready' });
    });
    expect(messageIds).toContain('served-unready');
    expect(messages).toContain('pod-1 is not ready, and served 5 requests all the same');
  });

  test('that were never ready all the time leave nothing to judge', async () => {
    const { exitCode, messages } = await judged([5, 5], (facts) => {
      for (const pod of facts.pods) pod.state = 'left';
    });
    expect(exitCode).toBe(1);
    expect(messages).toContain('no pod that this way leads to was ready all the time');
  });
});
