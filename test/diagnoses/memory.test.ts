import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';

describe('doctor memory', () => {
  test('healthy: nothing is found, every hop is good', async () => {
    const { diagnoses, topics, exitCode } = await diagnosed(undefined, { topic: 'memory' });
    expect(diagnoses).toEqual([]);
    expect(topics[0]?.path.map(({ state }) => state)).toEqual(topics[0]?.path.map(() => 'good'));
    expect(exitCode).toBe(0);
  });

  test('OOMKilled: the pod, its limit, and the checks that follow from it', async () => {
    const { diagnoses, causes, exitCode } = await diagnosed(
      ({ pods }) => {
        const status = pods[0]?.status?.containerStatuses?.[0];
        if (!status) throw new Error('no status');
        status.restartCount = 3;
        status.lastState = {
          terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-02-09T14:04:00Z' },
        };
      },
      { topic: 'memory' },
    );
    expect(causes).toEqual(['memory/oom-killed']);
    expect(diagnoses[0]).toMatchObject({
      verdict: 'confirmed',
      object: { kind: 'Pod', name: POD_NAMES[0] },
      symptoms: ['pods/no-oom', 'pods/restarts'],
      ruledOut: ['node pressure'],
    });
    expect(exitCode).toBe(1);
  });
});
