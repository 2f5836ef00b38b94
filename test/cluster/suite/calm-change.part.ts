/** No false alarm, by name: what clusters do to an application that is well, and what else lives beside it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Asker, CALM_VALUES, inWholeRuns } from './asker.js';
import { besideFaults } from './campaign.js';
import { CHART, helm, until } from './cluster.js';
import { BACKEND, RELEASE, Stage } from './stage.js';

const LIMIT_MS = 420_000;
/** As istioctl puts it beside an application, served by the only image there is: it takes longer than the application does. */
const PROXY = {
  name: 'istio-proxy',
  image: 'todo-chatbot-backend:latest',
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', 'sleep 40; exec python3 -m http.server 15021'],
  ports: [{ name: 'http-envoy-prom', containerPort: 15090 }],
  securityContext: { runAsUser: 1337, runAsNonRoot: true },
};
const ASKED = { httpGet: { path: '/', port: 15021 }, periodSeconds: 2, failureThreshold: 60 };

inWholeRuns('no false alarm, whatever a cluster does', () => {
  besideFaults();
  const stage = new Stage('todo-k8s-calm-change', 30193, CALM_VALUES);
  const asker = new Asker(stage);
  const patch = (spec: object) =>
    stage.kubectl(['patch', `deployment/${BACKEND}`, '-p', JSON.stringify({ spec: { template: { spec } } })]);
  const apply = (object: object) => stage.kubectl(['apply', '-f', '-'], JSON.stringify(object));
  const podsAre = async (count: number) =>
    (await stage.isRolledOut()) && (await stage.pods()).length === count;

  const rolledOut = () => until('the rollout to be complete', 240, () => stage.isRolledOut());

  beforeAll(() => stage.install(), LIMIT_MS);
  afterAll(() => stage.remove(), LIMIT_MS);

  test(
    'node drain: the pods are evicted, each as soon as the PodDisruptionBudget lets it',
    async () => {
      const selector = { matchLabels: { 'app.kubernetes.io/component': 'backend' } };
      const spec = { minAvailable: 1, selector };
      await apply({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'todo' }, spec });
      // A cordon beside it would leave the successors without a node where there is only this one.
      expect(await asker.untilDone(drained())).toBeGreaterThan(2);
      await stage.kubectl(['delete', 'pdb', 'todo']);
      await asker.well();
    },
    LIMIT_MS,
  );

  async function drained(): Promise<void> {
    for (const { metadata } of await stage.pods())
      await until(`the eviction of ${metadata.name}`, 120, () => isEvicted(metadata.name));
    await until('two new pods', 120, () => podsAre(2));
  }

  /** @returns false where the budget does not let it yet */
  async function isEvicted(name: string): Promise<boolean> {
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
    const path = `/api/v1/namespaces/${stage.namespace}/pods/${name}/eviction`;
    await stage.kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
    return true;
  }

  test(
    'HPA: it scales up, and down to its new range',
    async () => {
      const scaler = (maxReplicas: number) => ({
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'todo' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: BACKEND },
          minReplicas: 2,
          maxReplicas,
          // A pod that only answers its probes uses more.
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Mi' } },
            },
          ],
        },
      });
      await apply(scaler(4));
      await asker.untilDone(until('four pods', 200, () => podsAre(4)));
      await asker.well();
      await apply(scaler(3));
      await asker.untilDone(until('three pods', 120, () => podsAre(3)));
      await asker.well();
      await stage.kubectl(['delete', 'hpa', 'todo']);
      await stage.kubectl(['scale', `deployment/${BACKEND}`, '--replicas=2']);
      await asker.untilDone(until('two pods', 120, () => podsAre(2)));
    },
    LIMIT_MS,
  );

  test(
    'a second application of the same labels: another part of the release, and another release',
    async () => {
      const labels = {
        'app.kubernetes.io/name': 'todo-chatbot',
        'app.kubernetes.io/instance': RELEASE,
        'app.kubernetes.io/component': 'worker',
      };
      const container = { ...PROXY, name: 'backend', command: ['sh', '-c', 'sleep 5; exit 1'], ports: [] };
      const template = { metadata: { labels }, spec: { containers: [container] } };
      const spec = { replicas: 2, selector: { matchLabels: labels }, template };
      await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'worker', labels }, spec });
      await until('the worker to crash', 90, async () => {
        const path = [
          'get',
          'pods',
          '-l',
          'app.kubernetes.io/component=worker',
          '-o',
          'jsonpath={..restartCount}',
        ];
        return /[1-9]/.test(await stage.kubectl(path));
      });
      const beside = new Asker(stage, ['--deployment', BACKEND]);
      await beside.well();

      const values = await helm(['get', 'values', RELEASE, '-n', stage.namespace, '-o', 'json']);
      const port = ['--set', `backend.service.nodePort=${stage.nodePort + 1}`];
      const other = ['install', 'blue', CHART, '-n', stage.namespace, '-f', '-', ...port, '--wait'];
      const chosen = new Asker(stage, ['--release', RELEASE]);
      await chosen.untilDone(helm(other, values));
      await chosen.untilDone(helm(['uninstall', 'blue', '-n', stage.namespace, '--wait']));
      await chosen.well();
      await stage.kubectl(['delete', 'deployment', 'worker', '--wait=false']);
    },
    LIMIT_MS,
  );

  test.each([
    ['beside the application', { containers: [{ ...PROXY, name: 'linkerd-proxy', readinessProbe: ASKED }] }],
    [
      'as an init container that stays',
      { initContainers: [{ ...PROXY, restartPolicy: 'Always', startupProbe: ASKED }] },
    ],
  ])(
    'mesh sidecar %s, slower than it',
    async (_, spec) => {
      await patch(spec);
      expect(await asker.untilDone(rolledOut())).toBeGreaterThan(2);
      await asker.well();
      // Helm leaves what it has not made.
      const [list = ''] = Object.keys(spec);
      const names = ['linkerd-proxy', PROXY.name];
      await patch({ [list]: names.map((name) => ({ name, $patch: 'delete' })) });
      await asker.untilDone(rolledOut());
    },
    LIMIT_MS,
  );

  test(
    'rotated logs: what the pods said at their start is no longer there',
    async () => {
      const noise = 'yes "INFO:     nothing to see" | head -c 24000000 > /proc/1/fd/1';
      for (const { metadata } of await stage.pods())
        await stage.kubectl(['exec', metadata.name, '--', 'sh', '-c', noise]);
      const [first] = await stage.pods();
      await until('the log to be rotated', 60, async () => {
        const read = await stage.kubectl(['logs', first?.metadata.name ?? '', '--limit-bytes=20000']);
        return !read.includes('Database connection established');
      });
      await asker.well();
      expect(await asker.ask('verify')).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );

  test(
    'LOG_LEVEL=ERROR: the application does not say that it is connected',
    async () => {
      await stage.upgrade(['--set', 'backend.env.LOG_LEVEL=ERROR']);
      expect(await asker.untilDone(rolledOut())).toBeGreaterThan(2);
      await asker.well();
    },
    LIMIT_MS,
  );

  test(
    'an old restart',
    async () => {
      const [first] = await stage.pods();
      await stage.kubectl(['exec', first?.metadata.name ?? '', '--', 'sh', '-c', 'kill 1']);
      await until('a restart', 60, async () =>
        (await stage.pods()).some(({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0),
      );
      await until('two ready pods', 90, () => podsAre(2));
      // A minute of good health is what makes it past.
      await sleep(75_000);
      for (const command of ['verify', 'doctor'] as const)
        expect(await asker.ask(command)).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );
});
