/** What is installed is not one release: nothing, or several. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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

test('--all-releases: one report for each, and the worst decides', async () => {
  const outcome = await verify(
    '--kubeconfig',
    two.kubeconfigPath,
    '--all-releases',
    '--only',
    'deployment/name,pods/running,service/exists',
  );
  expect(outcome.stdout).toMatch(/todo-k8s verify .*release staging/);
  expect(outcome.stdout).toMatch(/todo-k8s verify .*release todo-chatbot/);
  expect(outcome.stdout).toContain('staging-todo-chatbot-backend');
  expect(outcome.stdout).toMatch(/^Next: .*todo-k8s doctor .*--release=staging$/m);
  expect(outcome.exitCode).toBe(1);
});

test('Several releases would write the same file', async () => {
  const outcome = await verify('--kubeconfig', two.kubeconfigPath, '--all-releases', '-o', 'json=one.json');
  expectDocumented('Several releases would write the same file', outcome);
});
