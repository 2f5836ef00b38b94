/** `lab bundle.tgz`: a bundle as a read-only Kubernetes API, as a plain kubectl sees it. */
import { execFile, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import Collect from '../../src/commands/collect.js';
import { openBundle } from '../../src/evidence/bundle/bundle-reader.js';
import { startLab } from '../../src/lab/lab.js';
import { serveBundle, type RecordedLab } from '../../src/lab/recorded.js';
import { CANARIES, canaryForms } from '../scenarios/canaries.js';
import { runCommand, temporaryFolder } from './support.js';

jest.setTimeout(60_000);

const POD = 'todo-chatbot-backend-6d5f9c7b4d-2k4xp';
const usable = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!usable) console.log('skipped: there is no kubectl');

const { file, remove } = temporaryFolder();
let served: RecordedLab;

beforeAll(async () => {
  const lab = await startLab('crash-loop', { secrets: { ...CANARIES } });
  const bundle = file('served.tgz');
  try {
    await runCommand(Collect, ['--kubeconfig', lab.kubeconfigPath, '-o', bundle]);
  } finally {
    await lab.close();
  }
  served = await serveBundle(await openBundle(bundle));
});

afterAll(async () => {
  await served.close();
  remove();
});

function kubectl(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const argv = ['--kubeconfig', served.kubeconfigPath, '--cache-dir', file('cache'), ...words];
  return new Promise((resolve) => {
    execFile('kubectl', argv, { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

(usable ? describe : describe.skip)('kubectl on a bundle', () => {
  test('gets every kind that was recorded', async () => {
    const { code, stdout } = await kubectl(
      'get',
      'all,endpointslices,cm,secrets,events,nodes,ns',
      '-o',
      'wide',
    );
    expect(code).toBe(0);
    for (const name of [
      'deployment.apps/todo-chatbot-backend',
      `pod/${POD}`,
      'node/minikube',
      'namespace/default',
    ]) {
      expect(stdout).toContain(name);
    }
    expect(stdout).toMatch(/CrashLoopBackOff/);
    expect((await kubectl('version')).stdout).toMatch(/Server Version: v1\.34\.1/);
  });

  test.each(['pod', 'deployment', 'service', 'node', 'configmap', 'secret', 'endpointslice'])(
    'describes a %s',
    async (kind) => {
      const { code, stdout, stderr } = await kubectl('describe', kind);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Name:/m);
    },
  );

  test('reads logs, whole and in part, and says which are not there', async () => {
    const { stdout } = await kubectl('logs', POD);
    expect(stdout).toContain('Application startup complete.');
    expect((await kubectl('logs', POD, '--tail=1')).stdout.trimEnd().split('\n')).toHaveLength(1);
    const crashed = await kubectl('logs', 'todo-chatbot-backend-6d5f9c7b4d-m5t9z');
    expect(crashed.code).toBe(1);
    expect(crashed.stderr).toMatch(
      /is not in the bundle: container backend is not running \(CrashLoopBackOff\)/,
    );
    const before = await kubectl('logs', '-p', 'todo-chatbot-backend-6d5f9c7b4d-m5t9z');
    expect(before.stdout).toMatch(
      /PermissionError: .*\n.*\n?ERROR: +Application startup failed\. Exiting\.\n$/,
    );
    expect((await kubectl('logs', '-p', POD)).stderr).toMatch(
      /previous terminated container "backend" in pod .* not found/,
    );
    expect((await kubectl('logs', POD, '-c', 'other')).stderr).toMatch(/container other is not valid/);
  });

  test('changes nothing and runs nothing', async () => {
    expect((await kubectl('exec', POD, '--', 'ls')).stderr).toMatch(
      /\(Forbidden\): this is what was recorded at/,
    );
    expect((await kubectl('delete', 'pod', POD)).stderr).toMatch(
      /\(MethodNotAllowed\): the lab is read-only/,
    );
    expect((await kubectl('scale', 'deploy', 'todo-chatbot-backend', '--replicas=3')).stderr).toMatch(
      /read-only/,
    );
    expect((await kubectl('get', '--raw', `/api/v1/namespaces/default/pods/${POD}/proxy/`)).stderr).toMatch(
      /Forbidden/,
    );
  });

  test('sees no value of the Secret', async () => {
    const { stdout } = await kubectl('get', 'secrets,configmaps,pods,events', '-o', 'yaml');
    for (const form of canaryForms()) expect(stdout.includes(form)).toBe(false);
    const key = await kubectl(
      'get',
      'secret',
      'todo-chatbot-backend-secret',
      '-o',
      'jsonpath={.data.BETTER_AUTH_SECRET}',
    );
    expect(Buffer.from(key.stdout, 'base64').toString()).toMatch(/^\(value hidden, \d+ characters\)$/);
  });
});
