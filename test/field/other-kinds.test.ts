/** What is near a backend that can be verified, and is none: said, with what to do; and what is one although it looks odd. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { api } from '../../src/lab/world.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';
import { render, ROWS } from './render.js';

const { file, remove } = temporaryFolder();
let lab: Lab | undefined;
afterEach(() => lab?.close());
afterAll(remove);

const ROW = ROWS.find(({ id }) => id === 'd06');
if (ROW === undefined) throw new Error('there is a row d06');

interface Manifest {
  kind: string;
  metadata: { name: string };
}
const objects = () => render(ROW) as Manifest[];
const as = (kind: string) =>
  objects().map((object) => (object.kind === 'Deployment' ? { ...object, kind } : object));

async function verify(...more: string[]) {
  return runCommand(Verify, ['--kubeconfig', lab?.kubeconfigPath ?? '', ...more]);
}

describe.each([
  ['StatefulSet', 'statefulsets.apps'],
  ['DaemonSet', 'daemonsets.apps'],
])('a backend that is a %s', (kind, resource) => {
  test('in the cluster', async () => {
    const all = as(kind);
    lab = await startLab('healthy', { objects: all.filter((object) => object.kind !== kind) });
    await lab.change((world) => {
      const set = all.filter((object) => object.kind === kind);
      world.others[resource] = set.map((object) =>
        api({ ...object, metadata: { ...object.metadata, namespace: 'default' } }),
      );
    });
    const { exitCode, stderr } = await verify();
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `runs as ${kind} todo-backend, and todo-k8s verifies backends that run as a Deployment`,
    );
    expect(stderr).toContain(`kubectl -n default get ${kind.toLowerCase()} todo-backend -o yaml`);
  });

  test('among manifests', async () => {
    const at = file(`${kind}.yaml`);
    writeFileSync(
      at,
      as(kind)
        .map((object) => stringify(object))
        .join('---\n'),
    );
    const { exitCode, stderr } = await runCommand(Verify, ['--manifests', at]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`1 ${kind}, `);
    expect(stderr).toContain(
      `A backend that runs as a ${kind} cannot be verified: the written contract demands a Deployment`,
    );
  });
});

test('a database that is a StatefulSet is no backend', async () => {
  lab = await startLab('healthy', { objects: objects() });
  await lab.change((world) => {
    const labels = { app: 'postgres' };
    world.others['statefulsets.apps'] = [
      api({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'todo-postgres', namespace: 'default', labels },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ name: 'postgres', image: 'postgres:16' }] },
          },
        },
      }),
    ];
  });
  expect((await verify('-q')).exitCode).toBe(1);
});

test('one backend with its Service, ConfigMap and Secret, all of one label and without Helm, is one', async () => {
  const { stderr, stdout } = await (async () => {
    lab = await startLab('healthy', { objects: render({ ...ROW, release: null, chart: null }) });
    return verify('-o', 'json');
  })();
  expect(stderr).not.toMatch(/Several/);
  const { target } = JSON.parse(stdout) as Report & { target: { deployment?: string } };
  expect(JSON.stringify(target)).toContain('todo-backend');
});

describe('what is skipped is not judged', () => {
  test.each([
    ['config/*', 'config'],
    ['config', 'config'],
    ['functional/*,network', 'functional'],
  ])('--skip %s', async (skip, suite) => {
    lab = await startLab('short-auth-secret');
    const { stdout } = await verify('--skip', skip, '-o', 'json');
    const { checks, summary } = JSON.parse(stdout) as Report;
    const judged = checks.filter((check) => check.suite === suite && check.status !== 'skip');
    expect(judged).toEqual([]);
    expect(summary.fail).toBe(suite === 'config' ? 0 : 1);
  });
});

describe('within what is allowed', () => {
  const scaled = (minReplicas: number, maxReplicas: number) => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'todo' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'todo-chatbot-backend' },
      minReplicas,
      maxReplicas,
    },
  });
  test.each([
    [2, 4, 'pass'],
    [5, 9, 'fail'],
  ])('an autoscaler of %d to %d, and three replicas', async (min, max, status) => {
    lab = await startLab();
    await lab.change((world) => {
      world.manifests.deployment.spec.replicas = 3;
      const { metadata, ...rest } = scaled(min, max);
      world.others['horizontalpodautoscalers.autoscaling'] = [
        api({ ...rest, metadata: { ...metadata, namespace: 'default' } }),
      ];
    });
    const { stdout } = await verify('--only', 'deployment/replicas', '-o', 'json');
    const { checks } = JSON.parse(stdout) as Report;
    expect(checks[0]?.status).toBe(status);
  });
});
