/** What is installed is not one release: nothing, or several. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../src/evidence/objects.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { Api } from '../../src/lab/world.js';
import { expectDocumented } from './support/documented.js';
import { report, verify } from './support/verify.js';

let lab: Lab;
let two: Lab;
let none: Lab;
beforeAll(async () => {
  [lab, two, none] = await Promise.all([startLab(), startLab(), startLab('deployment-missing')]);
  await two.change((world) => {
    const second = structuredClone<Api<Deployment>>(world.manifests.deployment);
    const labels = { ...second.metadata.labels, 'app.kubernetes.io/instance': 'staging' };
    Object.assign(second.metadata, {
      name: 'staging-todo-chatbot-backend',
      uid: 'second',
      labels,
      annotations: { 'meta.helm.sh/release-name': 'staging', 'meta.helm.sh/release-namespace': 'default' },
    });
    second.spec.selector.matchLabels = labels;
    world.others['deployments.apps'] = [second];
  });
});
afterAll(() => Promise.all([lab.close(), two.close(), none.close()]));

test('Nothing installed in the namespace', async () => {
  const told = await report('--kubeconfig', none.kubeconfigPath, '-n', 'kube-node-lease', '--no-exec');
  expectDocumented('Nothing installed in the namespace', told);
  expect(told.having('fail')).toEqual(expect.arrayContaining(['deployment/exists', 'service/exists']));
  expect(told.having('pass').filter((id) => !id.startsWith('cluster/'))).toEqual([]);
});

test('The backend is in another namespace', async () => {
  const outcome = await verify('--kubeconfig', lab.kubeconfigPath, '-n', 'kube-node-lease');
  expectDocumented('The backend is in another namespace', outcome);
  expect(outcome.stdout).toBe('');
});

test('--deployment names the backend, or one that is not there', async () => {
  const only = ['--only', 'deployment/name,service/exists'];
  const told = await report(
    '--kubeconfig',
    two.kubeconfigPath,
    '--deployment',
    'staging-todo-chatbot-backend',
    ...only,
  );
  expect(told.report.target.release).toBe('staging');
  const outcome = await verify('--kubeconfig', two.kubeconfigPath, '--deployment', 'shop');
  expect(outcome.exitCode).toBe(2);
  expect(outcome.stderr).toContain('There is no Deployment "shop" in namespace "default"');
});

test('--release names one that is not there', async () => {
  const outcome = await verify('--kubeconfig', lab.kubeconfigPath, '--release', 'prod');
  expectDocumented('--release names one that is not there', outcome);
});

test('Several releases, and none is chosen', async () => {
  const outcome = await verify('--kubeconfig', two.kubeconfigPath);
  expectDocumented('Several releases, and none is chosen', outcome);
  expect(outcome.stdout).toBe('');
});

test('--release chooses one of several', async () => {
  const told = await report(
    '--kubeconfig',
    two.kubeconfigPath,
    '--release',
    'todo-chatbot',
    '--only',
    'deployment/name,service,pods',
  );
  expect(told.exitCode).toBe(0);
  expect(told.report.target.release).toBe('todo-chatbot');
});

describe('--all-releases', () => {
  const all = (...argv: string[]) =>
    verify(
      ...['--kubeconfig', two.kubeconfigPath, '--only', 'deployment/name,pods/running,service/exists'],
      ...argv,
    );

  test('a table, the worst first, and the worst decides', async () => {
    const { stdout, exitCode } = await all('--all-releases');
    const [head, first, second, gap, verdict, next] = stdout.split('\n');
    expect(head).toMatch(/^NAMESPACE +RELEASE +STATUS +PASSED +FAILED +FIRST PROBLEM$/);
    expect(first).toMatch(/^default +staging +fail +\d\/3 +\d +[a-z-]+\/[a-z-]+: ./);
    expect(second).toMatch(/^default +todo-chatbot +pass +3\/3 +0$/);
    expect(gap).toBe('');
    expect(verdict).toMatch(/^✖ 1 of 2 releases does not pass/);
    expect(next).toMatch(/^Next: .*todo-k8s doctor .*--release=staging$/);
    expect(exitCode).toBe(1);
  });

  test('-A: the same over all namespaces, and the next command leads there', async () => {
    const { stdout, exitCode } = await all('-A');
    expect(stdout).toMatch(/^default +staging +fail /m);
    expect(stdout).toMatch(/^Next: .*--namespace=default .*--release=staging$/m);
    expect(exitCode).toBe(1);
  });

  test('-A leaves the cluster’s own servers alone', async () => {
    await two.change((world) => {
      const server = structuredClone<Api<Deployment>>(world.manifests.deployment);
      const labels = { 'k8s-app': 'metrics-server' };
      Object.assign(server.metadata, {
        ...{ name: 'metrics-server', namespace: 'kube-system', uid: 'third', labels, annotations: {} },
      });
      server.spec.selector.matchLabels = labels;
      server.spec.template = {
        metadata: { labels },
        spec: { containers: [{ name: 'metrics-server', image: 'todo-k8s.test/metrics-server:0.9.0' }] },
      };
      world.others['deployments.apps']?.push(server);
    });
    const { stdout } = await all('-A');
    expect(stdout).toMatch(/^default +staging /m);
    expect(stdout).not.toContain('kube-system');
  });

  test('-o wide: one report for each', async () => {
    const { stdout } = await all('--all-releases', '-o', 'wide');
    expect(stdout).toMatch(/todo-k8s verify .*release staging/);
    expect(stdout).toMatch(/todo-k8s verify .*release todo-chatbot/);
    expect(stdout).not.toContain('FIRST PROBLEM');
  });

  test('-o name: what does not pass, with the release that it is about', async () => {
    const { stdout } = await all('--all-releases', '-o', 'name');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines)
      expect(line).toMatch(/^(fail|warn|unknown|blocked) [\w-]+\/[\w-]+ default\/staging$/);
  });

  test('-q: the verdict alone', async () => {
    const { stdout } = await all('--all-releases', '-q');
    expect(stdout).toMatch(/^✖ 1 of 2 releases does not pass · \d+ ms\n$/);
  });

  test('-A where nobody may list all namespaces, or there is nothing', async () => {
    const nothing = await verify('--kubeconfig', none.kubeconfigPath, '-A');
    expect(nothing).toMatchObject({ exitCode: 2, stdout: '' });
    expect(nothing.stderr).toContain('There is no such backend in any namespace');
    const refused = await verify('--kubeconfig', two.kubeconfigPath, '-A', '--as', 'nobody');
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain(
      '--all-namespaces: the Deployments of all namespaces could not be listed',
    );
  });
});

test('Several releases would write the same file', async () => {
  const outcome = await verify('--kubeconfig', two.kubeconfigPath, '--all-releases', '-o', 'json=one.json');
  expectDocumented('Several releases would write the same file', outcome);
});
