/** The image and the charts: verify as a Job under Pod Security "restricted", and as a Helm test, with the printed Role alone. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Report } from '../../../src/engine/report.js';
import { CHART as EXAMPLE, helm, kubectl, OWN, PROJECT, until } from './cluster.js';
import { buildImage, importImage, TAG } from './image.js';
import { Stage } from './stage.js';
import { notPassed, PATIENT, todo } from './verify.js';

const CHART = path.join(PROJECT, 'deploy/helm/todo-k8s');
const NAMESPACE = 'todo-k8s-chart-jobs';
const LIMIT_MS = 240_000;

interface Role {
  kind: string;
  rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

/** The image has to be put where the nodes find it, which only this folder's cluster allows. */
(OWN ? describe : describe.skip)('chart', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-chart-'));
  const stage = new Stage('todo-k8s-chart', 30199);
  const inJobs = (...args: string[]) => kubectl(['-n', NAMESPACE, ...args]);
  const expectation = [...PATIENT, '--values', stage.expected];

  /** What a Stage expects, as a contract in the chart's values. */
  const contract = {
    backend: {
      service: { nodePort: stage.nodePort },
      resources: { requests: { cpu: '10m', memory: '64Mi' } },
    },
    http: { healthLatencyWarnMs: 3500 },
    loadBalancing: { requests: 20, confidence: 0.9999 },
  };
  const values = () =>
    JSON.stringify({
      image: { tag: TAG, pullPolicy: 'Never' },
      mode: 'job',
      namespaces: [stage.namespace],
      contract,
      outputs: ['json'],
    });

  /** Runs the job that Helm made once more, under what the Role says now. */
  async function report(job: string): Promise<{ report: Report; code: number }> {
    const phase = () =>
      inJobs('get', 'pods', '-l', `job-name=${job}`, '-o', 'jsonpath={.items[0].status.phase}');
    await until(`${job} to end`, 90, async () => /^(Succeeded|Failed)$/.test(await phase()));
    const code = await inJobs(
      'get',
      'pods',
      '-l',
      `job-name=${job}`,
      '-o',
      'jsonpath={..terminated.exitCode}',
    );
    const log = await inJobs('logs', `job/${job}`);
    if (!log.startsWith('{')) throw new Error(`no report: ${log}`);
    return { report: JSON.parse(log) as Report, code: Number(code) };
  }

  beforeAll(async () => {
    const digests = [];
    for (const name of ['one.tar', 'two.tar']) digests.push(await buildImage(path.join(folder, name)));
    expect(digests[1]).toBe(digests[0]);
    await importImage(path.join(folder, 'one.tar'));
    await stage.install();
    await kubectl(['create', 'namespace', NAMESPACE]);
    await kubectl(['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
    await helm(['install', 'inside', CHART, '-n', NAMESPACE, '--values', '-'], values());
  }, LIMIT_MS);

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await helm(['uninstall', 'inside', '-n', NAMESPACE, '--ignore-not-found']).catch(() => undefined);
    await kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
    await stage.remove();
    // Those of the Helm test are in no namespace that goes.
    const name = `${stage.namespace}-todo-chatbot-verify`;
    await kubectl(['delete', 'clusterrole,clusterrolebinding', name, '--ignore-not-found']);
  }, LIMIT_MS);

  test(
    'a Job says what the laptop says, check by check, with what the chart grants',
    async () => {
      const inside = await report('inside-todo-k8s-1');
      const { stdout } = await todo(['verify', '-n', stage.namespace, ...expectation, '-o', 'json']);
      const outside = JSON.parse(stdout) as Report;
      const verdicts = ({ checks }: Report) => checks.map(({ id, status }) => [id, status]);
      expect(notPassed(inside.report)).toEqual({});
      expect(verdicts(inside.report)).toEqual(verdicts(outside));
      expect(inside.code).toBe(0);
      expect(inside.report.target.context).toBe('in-cluster');
    },
    LIMIT_MS,
  );

  test(
    'what the chart grants is what `checks role` prints',
    async () => {
      const { stdout } = await todo(['checks', 'role', '-n', stage.namespace]);
      const printed = parseAllDocuments(stdout).map((document) => document.toJS() as Role);
      const name = 'inside-todo-k8s';
      const granted = [
        ['Role', '-n', stage.namespace, 'get', 'role', name],
        ['ClusterRole', 'get', 'clusterrole', `${NAMESPACE}-${name}`],
      ];
      for (const [kind, ...args] of granted) {
        const { rules } = JSON.parse(await kubectl([...args, '-o', 'json'])) as Role;
        expect({ kind, rules }).toEqual({ kind, rules: printed.find((role) => role.kind === kind)?.rules });
      }
    },
    LIMIT_MS,
  );

  test.each([
    ['', 'secrets', 'get'],
    ['', 'pods', 'list'],
    ['apps', 'deployments', 'get'],
    ['', 'pods/exec', 'create'],
  ])(
    'a permission that is taken away is named: %s %s %s',
    async (group, resource, verb) => {
      const get = ['-n', stage.namespace, 'get', 'role', 'inside-todo-k8s', '-o', 'json'];
      const before = await kubectl(get);
      const role = JSON.parse(before) as Role;
      const rules = role.rules.flatMap((rule) =>
        rule.resources.map((each) => ({
          ...rule,
          resources: [each],
          verbs: rule.verbs.filter(
            (name) => !(rule.apiGroups.includes(group) && each === resource && name === verb),
          ),
        })),
      );
      const job = `without-${resource.replace('/', '-')}`;
      try {
        await kubectl(
          ['apply', '-f', '-'],
          JSON.stringify({ ...role, rules: rules.filter(({ verbs }) => verbs.length > 0) }),
        );
        const from = JSON.parse(await inJobs('get', 'job', 'inside-todo-k8s-1', '-o', 'json')) as {
          spec: { template: { spec: object } };
        };
        const { spec } = from.spec.template;
        const again = {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: job },
          spec: { backoffLimit: 0, template: { spec } },
        };
        await inJobs('delete', 'job', job, '--ignore-not-found');
        await kubectl(['-n', NAMESPACE, 'create', '-f', '-'], JSON.stringify(again));
        const { report: found, code } = await report(job);
        const told = found.checks.find(({ id }) => id === 'cluster/permissions');
        expect(JSON.stringify(told)).toContain(`${verb} ${resource}`);
        expect(code).toBe(3);
      } finally {
        const { rules } = role;
        await kubectl([
          '-n',
          stage.namespace,
          'patch',
          'role',
          'inside-todo-k8s',
          '--type=json',
          '-p',
          JSON.stringify([{ op: 'replace', path: '/rules', value: rules }]),
        ]);
      }
    },
    LIMIT_MS,
  );

  test(
    'helm test --logs of the example chart shows the report',
    async () => {
      const args = ['--reset-then-reuse-values', '--set', 'tests.enabled=true'];
      const image = [`tests.image.tag=${TAG}`, 'tests.image.pullPolicy=Never'];
      const expected = [
        `backend.service.nodePort=${stage.nodePort}`,
        'http.healthLatencyWarnMs=3500',
        'loadBalancing.confidence=0.9999',
      ];
      const set = [...image, `tests.args={${expected.map((value) => `--set=${value}`).join(',')}}`];
      await helm([
        'upgrade',
        'todo-chatbot',
        EXAMPLE,
        '-n',
        stage.namespace,
        ...args,
        ...set.flatMap((each) => ['--set', each]),
      ]);
      // The pods that run stay; the test's pod has to keep the strictest policy.
      await kubectl([
        'label',
        'namespace',
        stage.namespace,
        'pod-security.kubernetes.io/enforce=restricted',
        '--overwrite',
      ]);
      try {
        const output = await helm(['test', 'todo-chatbot', '-n', stage.namespace, '--logs']);
        expect(output).toContain('Phase:          Succeeded');
        expect(output).toContain('POD LOGS: todo-chatbot-verify');
        expect(output).toMatch(/[1-9]\d passed.*exit 0/);
      } finally {
        await kubectl(['label', 'namespace', stage.namespace, 'pod-security.kubernetes.io/enforce-']);
      }
    },
    LIMIT_MS,
  );
});
