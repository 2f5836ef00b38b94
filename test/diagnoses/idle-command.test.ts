/** Commands that only wait, and those that look like it and start a server. */
import { expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { containerOf, crashed, notReady } from '../support/pod-states.js';

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

test.each<[what: string, change: (evidence: HealthyEvidence) => void, detail: string]>([
  [
    'a container that waits for ever has not ended',
    (evidence) => {
      notReady(evidence, 0);
      Object.assign(containerOf(evidence), { command: ['sleep', 'infinity'] });
    },
    '1 of 2 pods at a standstill',
  ],
  ['one that crashes has', (evidence) => crashed(evidence, 0, { exitCode: 1 }, []), '1 of 2 pods ended'],
])('%s', async (_, change, detail) => {
  const { topics } = await diagnosed(change, { topic: 'pods' });
  expect(topics[0]?.path.find(({ hop }) => hop === 'alive')).toMatchObject({ state: 'broken', detail });
});
