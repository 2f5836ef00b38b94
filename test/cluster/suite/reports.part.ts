/** Reports: accepted by the real CRDs, updated in place, and read back as the table that one run over all releases prints. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../../src/engine/report.js';
import { REPORT_APIS, reportObject } from '../../../src/publish/report-object.js';
import { Account, ACCOUNT } from './account.js';
import {
  AUTH_SECRET,
  CHART as EXAMPLE,
  DATABASE_URL,
  helm,
  kubectl,
  OWN,
  PROJECT,
  until,
} from './cluster.js';
import { loadImage, TAG } from './image.js';
import { notPassed, PATIENT, todo } from './verify.js';

const CHART = path.join(PROJECT, 'deploy/helm/todo-k8s');
const CRDS = process.env.TODO_K8S_TEST_CRDS ?? '';
const JOBS = 'todo-k8s-fleet-jobs';
const NAMESPACES = ['todo-k8s-fleet-1', 'todo-k8s-fleet-2', 'todo-k8s-fleet-3'];
const [FIRST = ''] = NAMESPACES;
/** Two in each namespace. */
const RELEASES = NAMESPACES.flatMap((namespace) =>
  ['todo-chatbot', 'blue'].map((release) => ({ namespace, release })),
);
const FIRST_NODE_PORT = 30210;
const SHARDS = 4;
/** The contract demands one node port, which only one Service of a cluster can have. */
const EXPECTED = ['--set', 'backend.service.nodePort=any', ...PATIENT];
const NAME = 'todo-k8s-verify-todo-chatbot';
const LIMIT_MS = 400_000;

interface StoredReport {
  metadata: { name: string; uid: string; resourceVersion: string };
  summary: Record<'pass' | 'fail' | 'warn' | 'error' | 'skip', number>;
}
/** Cells of a table's rows, of these namespaces alone: others may be in the cluster, too. */
function rows({ stdout, stderr }: { stdout: string; stderr: string }): string[][] {
  const all = stdout
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .filter(([namespace = '']) => NAMESPACES.includes(namespace));
  if (all.length === 0) throw new Error(`${stdout}${stderr}`);
  return all;
}

/** The CRDs are the cluster's, and this folder's cluster alone is the suite's to change. */
(OWN ? describe : describe.skip)('reports', () => {
  const account = new Account(FIRST);

  /** One replica, small: six of them beside everything else. */
  const install = async ({ namespace, release }: (typeof RELEASES)[number], index: number) => {
    const values = {
      backend: {
        replicaCount: 1,
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '1000m', memory: '1Gi' } },
        service: { nodePort: FIRST_NODE_PORT + index },
        secrets: { DATABASE_URL, BETTER_AUTH_SECRET: AUTH_SECRET },
      },
    };
    await helm(
      ['upgrade', '--install', release, EXAMPLE, '-n', namespace, '--create-namespace', '-f', '-', '--wait'],
      JSON.stringify(values),
    );
  };
  const remove = (wait: boolean) =>
    kubectl(['delete', 'namespace', JOBS, ...NAMESPACES, '--ignore-not-found', `--wait=${wait}`]);

  beforeAll(async () => {
    await remove(true);
    const crds = path.join(CRDS, 'openreports.io_reports.yaml');
    await kubectl(['apply', '--server-side', '-f', crds]);
    await kubectl(['wait', '--for=condition=Established', 'crd/reports.openreports.io', '--timeout=60s']);
    await Promise.all([...RELEASES.map(install), loadImage()]);
    await account.create(['--publish']);
  }, LIMIT_MS);

  afterAll(async () => {
    await helm(['uninstall', 'shards', '-n', JOBS, '--ignore-not-found']).catch(() => undefined);
    await account.remove();
    await remove(false);
    await kubectl(['delete', 'crd', 'reports.openreports.io', '--ignore-not-found', '--wait=false']);
  }, LIMIT_MS);

  /** With the printed Role and nothing more. */
  const publish = (...more: string[]) => {
    const where = ['-n', FIRST, '--release', 'todo-chatbot', '--kubeconfig', account.kubeconfig];
    return todo(['verify', ...where, ...EXPECTED, '--publish', 'report', '-o', 'json', ...more]);
  };
  const stored = async () =>
    JSON.parse(await kubectl(['-n', FIRST, 'get', 'report', NAME, '-o', 'json'])) as StoredReport;

  test(
    'the CRDs take every field of it, with the printed Role alone, and kubectl shows it',
    async () => {
      const { code, stdout, stderr } = await publish();
      const report = JSON.parse(stdout) as Report;
      expect({ stderr, notPassed: notPassed(report), code }).toEqual({ stderr: '', notPassed: {}, code: 0 });
      const api = REPORT_APIS.find(({ group }) => group === 'openreports.io');
      if (api === undefined) throw new Error('there is no such API');
      // What the API server does not know, it leaves out without a word.
      expect(await stored()).toMatchObject(reportObject(report, 'todo-chatbot-backend', api));
      const table = await kubectl(['-n', FIRST, 'get', 'reports']);
      expect(table).toMatch(/^NAME +PASS +FAIL +WARN +ERROR +SKIP +AGE/);
      expect(table).toMatch(new RegExp(`^${NAME} +${report.summary.pass} +0 +0 +0 +`, 'm'));
    },
    LIMIT_MS,
  );

  test(
    'the next run updates it in place, and the one after that takes its failure back',
    async () => {
      const before = await stored();
      // Nothing was changed but what is expected.
      const failed = await publish('--set', 'backend.replicaCount=2');
      expect(failed.code).toBe(1);
      const worse = await stored();
      expect(worse.metadata.uid).toBe(before.metadata.uid);
      expect(worse.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
      expect(worse.summary.fail).toBeGreaterThan(0);
      expect((await publish()).code).toBe(0);
      const again = await stored();
      expect(again.metadata.uid).toBe(before.metadata.uid);
      expect(again.metadata.resourceVersion).not.toBe(worse.metadata.resourceVersion);
      expect(again.summary).toEqual(before.summary);
    },
    LIMIT_MS,
  );

  test(
    'without the permission the report is made all the same, and what is missing is named',
    async () => {
      const patch = { verb: 'patch', group: 'openreports.io', resource: 'reports' };
      await account.without([patch], async () => {
        const { code, stdout, stderr } = await publish();
        expect(notPassed(JSON.parse(stdout) as Report)).toEqual({});
        expect(stderr).toContain('patch');
        expect(stderr).toContain('reports');
        expect(code).toBe(4);
      });
    },
    LIMIT_MS,
  );

  test(
    'fleet reads the namespaces of a list with a Role in one of them, and says which it may not read',
    async () => {
      const [, second = ''] = NAMESPACES;
      const rule = ['--verb=list', '--resource=reports.openreports.io'];
      await kubectl(['-n', FIRST, 'create', 'role', 'fleet', ...rule]);
      const who = `--serviceaccount=${FIRST}:${ACCOUNT}`;
      await kubectl(['-n', FIRST, 'create', 'rolebinding', 'fleet', '--role=fleet', who]);
      const list = path.join(path.dirname(account.kubeconfig), 'releases.txt');
      writeFileSync(list, `${FIRST}/todo-chatbot\n${second}/blue\n`);
      const table = await todo(['fleet', '--kubeconfig', account.kubeconfig, '--releases-from', list]);
      expect(rows(table).map((cells) => cells.slice(0, 3))).toEqual([
        [second, 'blue', 'unknown'],
        [FIRST, 'todo-chatbot', 'pass'],
      ]);
      expect(table.stdout).toContain(`in namespace "${second}"`);
      expect(table.code).toBe(3);
    },
    LIMIT_MS,
  );

  test(
    `${SHARDS} shards in the cluster: fleet prints the table of one run over all releases`,
    async () => {
      // One that fails, so that there is more to be told than that all is well.
      const [sick] = RELEASES.slice(-1);
      if (sick === undefined) throw new Error('there is no release');
      const scale = (replicas: number) =>
        kubectl([
          '-n',
          sick.namespace,
          'scale',
          'deployment/blue-todo-chatbot-backend',
          `--replicas=${replicas}`,
        ]);
      await scale(2);
      await until('two pods', 60, async () => {
        const path = ['deployment/blue-todo-chatbot-backend', '-o', 'jsonpath={.status.readyReplicas}'];
        return (await kubectl(['-n', sick.namespace, 'get', ...path])) === '2';
      });
      await kubectl(['create', 'namespace', JOBS]);
      await kubectl(['label', 'namespace', JOBS, 'pod-security.kubernetes.io/enforce=restricted']);
      const values = {
        image: { tag: TAG, pullPolicy: 'Never' },
        mode: 'job',
        allNamespaces: true,
        shards: SHARDS,
        publish: ['report'],
        args: EXPECTED,
      };
      await helm(['install', 'shards', CHART, '-n', JOBS, '--values', '-'], JSON.stringify(values));
      const job = async () =>
        JSON.parse(await kubectl(['-n', JOBS, 'get', 'job', 'shards-todo-k8s-1', '-o', 'json'])) as {
          spec: { completions: number; completionMode: string };
          status: { succeeded?: number; failed?: number };
        };
      await until('all shards to end', 150, async () => {
        const { succeeded = 0, failed = 0 } = (await job()).status;
        return succeeded + failed === SHARDS;
      });
      expect((await job()).spec).toMatchObject({ completions: SHARDS, completionMode: 'Indexed' });
      const fleet = rows(await todo(['fleet', '-A']));
      const one = rows(await todo(['verify', '-A', ...EXPECTED], undefined, undefined, 150_000));
      expect(one.map((cells) => cells.slice(0, 3))).toEqual([
        [sick.namespace, sick.release, 'fail'],
        ...RELEASES.filter((each) => each !== sick)
          .map(({ namespace, release }) => [namespace, release, 'pass'])
          .sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1)),
      ]);
      // Beside the other columns it has one for the age.
      expect(fleet.map((cells) => cells.filter((_, column) => column !== 3))).toEqual(one);
    },
    LIMIT_MS,
  );
});
