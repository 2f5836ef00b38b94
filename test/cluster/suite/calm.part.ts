/** No false alarm: what `verify` and the doctor say while all is well, or on its way there, and of what is none of its business. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { besideFaults } from './campaign.js';
import { kubectl, until } from './cluster.js';
import { BACKEND, Stage } from './stage.js';
import { complaints, inContext, notPassed, PATIENT, todo, verify, type Verified } from './verify.js';
import { mayPass } from '../../../src/computed/change.js';
import type { Report } from '../../../src/engine/report.js';

const LIMIT_MS = 300_000;
/** Milliseconds between two questions. */
const PAUSE_MS = 1500;
/** The contract's own probes and delays, so that a start takes as long as it does for everybody. */
const VALUES = { resources: { requests: { cpu: '10m', memory: '64Mi' } } };

/** Of four pods twenty requests miss one by chance once in eighty runs, which is exit 3; forty decide. */
const ENOUGH = ['--set', 'loadBalancing.requests=40'];

describe('no false alarm', () => {
  besideFaults();
  const stage = new Stage('todo-k8s-calm', 30191, VALUES);
  const IN = ['-n', stage.namespace, ...stage.portMeant];

  /** But for the port, without the values that were meant: whoever scales with helm has meant that. */
  async function ask(command: 'verify' | 'doctor'): Promise<Verified> {
    const outcome = await todo([command, ...inContext(IN), ...PATIENT, ...ENOUGH, '-o', 'json']);
    if (!outcome.stdout.startsWith('{'))
      throw new Error(`${command} ended with ${outcome.code}: ${outcome.stderr}`);
    return { ...outcome, report: JSON.parse(outcome.stdout) as Report };
  }
  const doctor = () => ask('doctor');

  /** Asks again and again until the change is through, and once more then: healthy. @returns how often it was asked before */
  async function askedUntilDone(change: Promise<unknown>): Promise<number> {
    const state = { done: false };
    const finished = change.finally(() => (state.done = true));
    const alarms: string[] = [];
    let asked = 0;
    const mind = (answer: Verified) => {
      if (!isCalm(answer)) alarms.push(alarm(answer));
    };
    while (!state.done) {
      mind(await ask('verify'));
      mind(await doctor());
      asked += 1;
      await sleep(PAUSE_MS);
    }
    await finished;
    // Old pods are still on their way out when a rollout is complete.
    await sleep(PAUSE_MS);
    mind(await ask('verify'));
    mind(await doctor());
    expect(alarms).toEqual([]);
    return asked;
  }

  /**
   * Called well within a minute, and no alarm before: connections that were open to a pod when it ended leave traces in the
   * node, by which it sends a few more there.
   */
  async function well(): Promise<void> {
    const alarms: string[] = [];
    await until('the doctor to call all well', 60, async () => {
      const answer = await doctor();
      if (!isCalm(answer)) alarms.push(alarm(answer));
      return alarms.length > 0 || (answer.code === 0 && answer.report.diagnoses?.length === 0);
    });
    expect(alarms).toEqual([]);
  }

  const rolledOut = () => stage.kubectl(['rollout', 'status', `deployment/${BACKEND}`, '--timeout=180s']);

  beforeAll(async () => {
    await kubectl(['delete', 'namespace', stage.namespace, '--ignore-not-found', '--timeout=120s']);
    await kubectl(['create', 'namespace', stage.namespace]);
  }, LIMIT_MS);

  afterAll(() => stage.remove(), LIMIT_MS);

  test(
    'from the first second after an install',
    async () => {
      await stage.upgrade();
      expect(await askedUntilDone(rolledOut())).toBeGreaterThan(2);
      await well();
    },
    LIMIT_MS,
  );

  test(
    'the frontend beside it',
    async () => {
      // The backend's image serves as one: what it serves is nobody's business here.
      const serve = ['python3', '-m', 'http.server', '3000'].map(
        (word, index) => `frontend.command[${index}]=${word}`,
      );
      const sets = [
        'frontend.enabled=true',
        'frontend.image.repository=todo-chatbot-backend',
        'frontend.service.type=ClusterIP',
        'frontend.resources.requests.cpu=10m',
        ...serve,
      ];
      await stage.upgrade(sets.flatMap((set) => ['--set-string', set]));
      await stage.kubectl(['rollout', 'status', `deployment/todo-chatbot-frontend`, '--timeout=120s']);
      const [verified, diagnosed] = [await verify([...IN, ...PATIENT]), await doctor()];
      expect(complaints(verified.report)).toBe('');
      // Its signing secret is compared, and its URL followed. Its server asks the backend, so that browsers need no permission.
      const skipped = verified.report.checks.filter(({ status }) => status === 'skip').map(({ id }) => id);
      expect(skipped).toEqual(['functional/cors']);
      expect(diagnosed).toMatchObject({ code: 0, report: { diagnoses: [], unexplained: [] } });
    },
    LIMIT_MS,
  );

  test(
    'another application in the namespace, which crashes',
    async () => {
      const labels = { app: 'other' };
      const container = {
        name: 'other',
        image: 'todo-chatbot-backend:latest',
        imagePullPolicy: 'Never',
        command: ['false'],
      };
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'other', labels },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      };
      await stage.kubectl(['apply', '-f', '-'], JSON.stringify(deployment));
      await stage.kubectl(['expose', 'deployment', 'other', '--port=8000']);
      await until('the other application to crash again', 90, async () => {
        const restarts = ['get', 'pods', '-l', 'app=other', '-o', 'jsonpath={..restartCount}'];
        return Number(await stage.kubectl(restarts)) > 0;
      });
      const [verified, diagnosed] = [await verify([...IN, ...PATIENT]), await doctor()];
      expect(notPassed(verified.report)).toEqual({});
      expect(diagnosed).toMatchObject({ code: 0, report: { diagnoses: [], unexplained: [] } });
      await stage.kubectl(['delete', 'deployment,service', 'other', '--wait=false']);
    },
    LIMIT_MS,
  );

  test(
    'a rolling update',
    async () => {
      await stage.kubectl(['rollout', 'restart', `deployment/${BACKEND}`]);
      expect(await askedUntilDone(rolledOut())).toBeGreaterThan(2);
    },
    LIMIT_MS,
  );

  test.each([
    ['up', 4],
    ['down', 2],
  ])(
    'scaling %s to %d replicas with helm',
    async (_, replicas) => {
      await stage.upgrade(['--set', `backend.replicaCount=${replicas}`]);
      await askedUntilDone(rolledOut());
      await until(`${replicas} pods`, 60, async () => (await stage.pods()).length === replicas);
      await well();
    },
    LIMIT_MS,
  );
});

/** Healthy, or a rollout under way and nothing else. */
function isCalm({ code, report: { checks, diagnoses } }: Verified): boolean {
  if (code === 0) return true;
  const isOpen = diagnoses
    ? diagnoses.every(({ cause }) => cause === 'rollout/under-way')
    : checks.some((check) => mayPass(check));
  return code === 3 && isOpen;
}

function alarm({ code, report }: Verified): string {
  const causes = (report.diagnoses ?? []).map(
    ({ cause, verdict, summary }) => `${verdict} ${cause}: ${summary}`,
  );
  return [
    `exit ${code}`,
    ...causes,
    `unexplained: ${report.unexplained?.join(', ')}`,
    complaints(report),
  ].join('\n');
}
