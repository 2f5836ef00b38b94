/** Commands that only wait, and those that look like it and start a server. */
import { expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { ago, beside, containerOf, crashed, notReady, statusOf } from '../support/pod-states.js';

const causesOf = async (command: string[], args: string[]) => {
  const { causes } = await diagnosed((evidence) => {
    notReady(evidence, 0);
    Object.assign(containerOf(evidence), { command, args });
  });
  return causes;
};

test.each<[string[], string[]]>([
  [['sleep', 'infinity'], []],
  [['/bin/sleep'], ['3600']],
  [['tail', '-f', '/dev/null'], []],
  [['/pause'], []],
  [['sh', '-c', 'exec sleep 86400'], []],
  [['/bin/bash', '-lc', 'tail -f /dev/null;'], []],
  [['sh', '-ec'], ['while true; do sleep 30; done']],
  [['sh', '-c', 'while :; do :; done'], []],
])('%j %j only waits', async (command, args) => {
  expect(await causesOf(command, args)).toContain('container/idle-command');
});

test.each<[string[], string[]]>([
  [['sh', '-c', 'sleep 5 && exec uvicorn app.main:app'], []],
  [['sh', '-c', 'sleep 5; uvicorn app.main:app'], []],
  [['sh', '-c', 'sleep 5\nexec uvicorn app.main:app --host 0.0.0.0'], []],
  [['sh', '-c', 'until nc -z db 5432; do sleep 1; done; exec uvicorn app.main:app'], []],
  [['sh', '-c', 'tail -F /tmp/app.log & exec uvicorn app.main:app'], []],
  [['sleep-proxy', '--port', '8000'], []],
  [['/app/tail.py'], []],
  [['pause.sh'], []],
  [['uvicorn', 'sleep.main:app'], []],
  [['sh', '-c', `sleep 1 ${'x'.repeat(500)}`], []],
  [[], []],
])('%j %j may be the server', async (command, args) => {
  expect(await causesOf(command, args)).not.toContain('container/idle-command');
});

/** The first pod is not ready, though the backend's own container is. */
function besideNotReady(evidence: HealthyEvidence): void {
  notReady(evidence, 0);
  statusOf(evidence, 0).ready = true;
}

test.each<[what: string, change: (evidence: HealthyEvidence) => void, detail: string]>([
  [
    'a container that waits for ever has not ended',
    (evidence) => {
      notReady(evidence, 0);
      Object.assign(containerOf(evidence), { command: ['sleep', 'infinity'] });
    },
    '1 of 2 pods at a standstill',
  ],
  [
    'a container beside it that is only not ready has not',
    (evidence) => {
      besideNotReady(evidence);
      beside(evidence, 0, 'sidecar', { ready: false, state: { running: { startedAt: ago(300) } } });
    },
    '1 of 2 pods at a standstill',
  ],
  [
    'a native sidecar that is only not ready has not',
    (evidence) => {
      besideNotReady(evidence);
      beside(evidence, 0, 'native', { ready: false, state: { running: { startedAt: ago(300) } } });
    },
    '1 of 2 pods at a standstill',
  ],
  [
    'a container beside it without an image has not even begun',
    (evidence) => {
      besideNotReady(evidence);
      const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "proxy:9"' };
      beside(evidence, 0, 'sidecar', { ready: false, state: { waiting } });
    },
    '1 of 2 pods at a standstill',
  ],
  [
    'a container beside it that crashes has',
    (evidence) => {
      besideNotReady(evidence);
      beside(evidence, 0, 'sidecar', {
        ...{ ready: false, restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } },
        lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(40) } },
      });
    },
    '1 of 2 pods ended',
  ],
  [
    'one of two, where the other is only not ready',
    (evidence) => {
      besideNotReady(evidence);
      beside(evidence, 0, 'sidecar', { ready: false, state: { running: { startedAt: ago(300) } } });
      crashed(evidence, 1, { exitCode: 1 }, []);
    },
    '1 of 2 pods ended',
  ],
  ['one that crashes has', (evidence) => crashed(evidence, 0, { exitCode: 1 }, []), '1 of 2 pods ended'],
])('%s', async (_, change, detail) => {
  const { topics } = await diagnosed(change, { topic: 'pods' });
  expect(topics[0]?.path.find(({ hop }) => hop === 'alive')).toMatchObject({ state: 'broken', detail });
});
