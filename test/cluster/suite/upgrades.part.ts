/** One `helm upgrade` after another, and `verify` and `doctor` asked all the time: nothing is wrong, so nobody says so. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inWholeRuns } from './asker.js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { besideFaults } from './campaign.js';
import { kubectl } from './cluster.js';
import { BACKEND, Stage } from './stage.js';
import { complaints, inContext, PATIENT, todo } from './verify.js';
import type { Report } from '../../../src/engine/report.js';

/** Twenty are what is promised; a whole run of the suite has time for a few. */
const MINUTES = Number(process.env.TODO_K8S_TEST_MINUTES ?? 5);
/** Milliseconds from one upgrade to the next. */
const EVERY_MS = 120_000;
const LIMIT_MS = (MINUTES + 6) * 60_000;

const VALUES = { resources: { requests: { cpu: '10m', memory: '64Mi' } } };

inWholeRuns('upgrades, one after the other', () => {
  besideFaults();
  const stage = new Stage('todo-k8s-upgrades', 30192, VALUES);
  /** Now and in the midst of it, and once with the patience that a rollout needs. */
  const COMMANDS = [
    ['verify'],
    ['doctor'],
    ['verify'],
    ['doctor'],
    ['verify', '--wait', '--timeout', '100s'],
  ];
  const args = ['-n', stage.namespace, ...stage.portMeant, ...PATIENT, '--set', 'loadBalancing.requests=40'];

  beforeAll(() => stage.install(), LIMIT_MS);
  afterAll(() => stage.remove(), LIMIT_MS);

  test(
    'neither verify, at once or with --wait, nor doctor ends with exit code 1',
    async () => {
      await kubectl(['-n', stage.namespace, 'rollout', 'status', `deployment/${BACKEND}`, '--timeout=180s']);
      const ends = Date.now() + MINUTES * 60_000;
      let next = Date.now();
      const seen = { upgrades: 0, asked: 0 };
      const alarms: string[] = [];
      while (Date.now() < ends) {
        if (Date.now() >= next) {
          next += EVERY_MS;
          seen.upgrades += 1;
          // Each has something to roll out.
          await stage.upgrade(['--set-string', `backend.podAnnotations.upgrade=${seen.upgrades}`]);
        }
        for (const command of COMMANDS) {
          const { code, stdout, stderr } = await todo(
            [...command, ...inContext(args), '-o', 'json'],
            undefined,
            undefined,
            120_000,
          );
          seen.asked += 1;
          if (code !== 0 && code !== 3)
            alarms.push(`${command.join(' ')}: exit ${code}\n${said(stdout, stderr)}`);
        }
        await sleep(1000);
      }
      process.stderr.write(
        `  upgrades: ${seen.upgrades}, asked ${seen.asked} times, ${alarms.length} alarms\n`,
      );
      expect(alarms).toEqual([]);
      expect(seen.asked).toBeGreaterThan(MINUTES);
    },
    LIMIT_MS,
  );
});

function said(stdout: string, stderr: string): string {
  if (!stdout.startsWith('{')) return stderr;
  const report = JSON.parse(stdout) as Report;
  const causes = (report.diagnoses ?? []).map(
    ({ cause, verdict, summary }) => `${verdict} ${cause}: ${summary}`,
  );
  return [...causes, complaints(report)].join('\n');
}
