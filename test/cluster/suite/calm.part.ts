/** No false alarm: what `verify` and the doctor say while all is well, or on its way there, and of what is none of its business. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Asker, CALM_VALUES } from './asker.js';
import { besideFaults } from './campaign.js';
import { kubectl, until } from './cluster.js';
import { BACKEND, Stage } from './stage.js';
import { complaints, notPassed, PATIENT, verify } from './verify.js';

const LIMIT_MS = 300_000;

describe('no false alarm', () => {
  besideFaults();
  const stage = new Stage('todo-k8s-calm', 30191, CALM_VALUES);
  const asker = new Asker(stage);

  beforeAll(async () => {
    await kubectl(['delete', 'namespace', stage.namespace, '--ignore-not-found', '--timeout=120s']);
    await kubectl(['create', 'namespace', stage.namespace]);
  }, LIMIT_MS);

  afterAll(() => stage.remove(), LIMIT_MS);

  test(
    'from the first second after an install',
    async () => {
      await stage.upgrade();
      expect(await asker.untilDone(asker.rolledOut())).toBeGreaterThan(2);
      await asker.well();
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
      const [verified, diagnosed] = [await verify([...asker.in, ...PATIENT]), await asker.doctor()];
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
      const [verified, diagnosed] = [await verify([...asker.in, ...PATIENT]), await asker.doctor()];
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
      expect(await asker.untilDone(asker.rolledOut())).toBeGreaterThan(2);
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
      await asker.untilDone(asker.rolledOut());
      await until(`${replicas} pods`, 60, async () => (await stage.pods()).length === replicas);
      await asker.well();
    },
    LIMIT_MS,
  );
});
