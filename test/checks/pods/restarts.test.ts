import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/restarts.js';
import type { ContainerStatus } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { NOW, POD_NAMES } from '../../support/healthy.js';

const [FIRST] = POD_NAMES;
const withStatus = (change: Partial<ContainerStatus>) =>
  judge(check, ({ pods }) => Object.assign(pods[0]?.status?.containerStatuses?.[0] ?? {}, change));
const ended = (finishedAt: string) => ({ terminated: { exitCode: 1, reason: 'Error', finishedAt } });

describe('pods/restarts', () => {
  test('passes without restarts', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'no restart in 2 pods' });
  });

  test('fails on a restart within the last ten minutes', () => {
    const judged = withStatus({ restartCount: 3, lastState: ended('2026-02-09T14:02:00Z') });
    expect(judged).toMatchObject({ status: 'fail', ids: ['recent'] });
    expect(judged.messages).toEqual([
      `${FIRST}: container backend has restarted, 3 times, last 3 min ago (Error, exit code 1)`,
    ]);
  });

  test('only warns of one that is longer ago', () => {
    const judged = withStatus({ restartCount: 1, lastState: ended('2026-02-09T13:54:59Z') });
    expect(judged).toMatchObject({ status: 'warn', ids: ['earlier'] });
    expect(judged.messages[0]).toContain('1 time, last 10 min ago');
  });

  test('goes by the newest start where the last end was forgotten', () => {
    const running = (startedAt: string) => ({ restartCount: 2, state: { running: { startedAt } } });
    expect(withStatus(running('2026-02-09T14:04:00Z')).status).toBe('fail');
    expect(withStatus(running('2026-02-08T14:04:00Z')).status).toBe('warn');
  });

  test('a container that waits to be restarted is restarting now', () => {
    const judged = withStatus({
      restartCount: 9,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: ended('2026-02-09T13:00:00Z'),
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['recent'] });
    expect(judged.messages[0]).toContain('9 times, last 65 min ago (Error, exit code 1)');
  });

  test('does not excuse a restart of an unknown time', () => {
    expect(withStatus({ restartCount: 1, state: undefined }).status).toBe('fail');
  });

  describe('over', () => {
    /** Started again `ran` seconds ago, after a run of `lived` seconds. */
    const again = (lived: number, ran: number, restartCount: number) => {
      const time = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
      const terminated = { exitCode: 3, startedAt: time(ran + lived), finishedAt: time(ran) };
      return { restartCount, state: { running: { startedAt: time(ran) } }, lastState: { terminated } };
    };

    test('only warns of a loop that the container has outlived', () => {
      const judged = withStatus(again(5, 120, 6));
      expect(judged).toMatchObject({ status: 'warn', ids: ['recovered'] });
      expect(judged.messages[0]).toMatch(/was restarted, 6 times, last 2 min ago .*ready for 2 min since$/);
    });

    test('only warns of a single restart after a minute', () => {
      expect(withStatus(again(90_000, 61, 1)).status).toBe('warn');
      expect(withStatus(again(90_000, 59, 1)).status).toBe('fail');
    });

    test('fails while it may end as before', () => {
      expect(withStatus(again(200, 180, 4)).status).toBe('fail');
      expect(withStatus(again(200, 580, 4)).status).toBe('warn');
    });

    test('fails while it, or another pod, is not ready', () => {
      expect(withStatus({ ...again(5, 120, 6), ready: false }).status).toBe('fail');
      const judged = judge(check, ({ pods: [pod, other] }) => {
        Object.assign(pod?.status?.containerStatuses?.[0] ?? {}, again(5, 120, 6));
        for (const each of other?.status?.conditions ?? []) each.status = 'False';
      });
      expect(judged.status).toBe('fail');
    });
  });

  test('judges sidecars among the init containers, and no init container that runs to its end', () => {
    const withInit = (restartPolicy: string | undefined) =>
      judge(check, ({ pods: [pod] }) => {
        if (!pod?.status) throw new Error('no pod');
        pod.spec.initContainers = [{ name: 'proxy', ...(restartPolicy && { restartPolicy }) }];
        pod.status.initContainerStatuses = [
          { name: 'proxy', ready: true, restartCount: 3, lastState: ended('2026-02-09T14:04:50Z') },
        ];
      });
    expect(withInit('Always')).toMatchObject({ status: 'fail' });
    expect(withInit('Always').findings[0]?.data?.field).toBe('status.initContainerStatuses[0].restartCount');
    expect(withInit(undefined).status).toBe('pass');
  });

  test('does not judge pods that are ending', () => {
    const judged = judge(check, ({ pods: [pod] }) => {
      if (!pod) return;
      pod.metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
      Object.assign(pod.status?.containerStatuses?.[0] ?? {}, { restartCount: 5 });
    });
    expect(judged.status).toBe('pass');
  });

  test('proves nothing where there is no pod', () => {
    expect(judge(check, (evidence) => (evidence.pods = []))).toMatchObject({ status: 'skip' });
  });
});
