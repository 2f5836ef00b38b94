import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/no-oom.js';
import type { ContainerStatus } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';

const [FIRST] = POD_NAMES;
const withStatus = (change: Partial<ContainerStatus>) =>
  judge(check, ({ pods }) => Object.assign(pods[0]?.status?.containerStatuses?.[0] ?? {}, change));
const oom = { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-02-09T14:02:00Z' } };

describe('pods/no-oom', () => {
  test('passes when nothing was killed', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'no OOMKilled container in 2 pods' });
    expect(withStatus({ lastState: { terminated: { exitCode: 1, reason: 'Error' } } }).status).toBe('pass');
  });

  test('fails on the last end, with time and limit', () => {
    const judged = withStatus({ lastState: oom });
    expect(judged).toMatchObject({ status: 'fail', ids: ['oom-killed'] });
    expect(judged.messages).toEqual([
      `${FIRST}: container backend was OOMKilled 3 min ago, memory limit 1Gi`,
    ]);
    expect(judged.findings[0]?.data?.field).toBe('status.containerStatuses[0].lastState.terminated');
  });

  test('fails on the present end, which comes before the last one', () => {
    const judged = withStatus({ state: oom, lastState: { terminated: { exitCode: 0 } } });
    expect(judged.findings[0]?.data?.field).toBe('status.containerStatuses[0].state.terminated');
  });

  test('warns of exit code 137 that the kernel did not sign', () => {
    const judged = withStatus({ lastState: { terminated: { exitCode: 137, reason: 'Error' } } });
    expect(judged).toMatchObject({ status: 'warn', ids: ['killed'] });
    expect(judged.findings[0]?.data?.found).toBe('Error, exit code 137');
  });

  test('looks at init containers too, and names the limit of none', () => {
    const judged = judge(check, ({ pods: [pod] }) => {
      if (!pod?.status) return;
      pod.spec.initContainers = [{ name: 'migrate' }];
      pod.status.initContainerStatuses = [{ name: 'migrate', ready: false, restartCount: 1, lastState: oom }];
    });
    expect(judged.messages[0]).toMatch(/container migrate was OOMKilled 3 min ago, memory limit none$/);
  });

  const done = { terminated: { exitCode: 0, reason: 'Completed' } };
  test.each([
    ['completed', done, oom],
    ['ended with another error', { terminated: { exitCode: 1, reason: 'Error' } }, oom],
    ['runs again', { running: {} }, oom],
    ['ended by SIGKILL again', { terminated: { exitCode: 137, reason: 'Error' } }, oom],
    ['was killed just now', oom, done],
  ])('fails on a container of any kind that was killed and %s', (_, state, lastState) => {
    for (const group of ['containerStatuses', 'initContainerStatuses'] as const) {
      const judged = judge(check, ({ pods: [pod] }) => {
        const more = { name: 'other', ready: true, restartCount: 1, state, lastState };
        if (pod?.status) pod.status[group] = [...(pod.status[group] ?? []), more];
      });
      expect(judged).toMatchObject({ status: 'fail', ids: ['oom-killed'] });
      expect(judged.messages[0]).toContain('container other was OOMKilled');
    }
  });

  test('proves nothing where there is no pod', () => {
    expect(judge(check, (evidence) => (evidence.pods = []))).toMatchObject({ status: 'skip' });
  });
});
