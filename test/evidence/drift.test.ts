/** Who changed the backend's objects, and what Minikube says of its machine. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { KubernetesError } from '../../src/evidence/kubernetes/client.js';
import type { Pod } from '../../src/evidence/objects.js';
import { PATHS } from '../support/fake-client.js';
import { withLab } from '../support/lab-reader.js';
import { healthyApi, live } from '../support/live.js';

describe('drift', () => {
  test('Helm wrote everything, and the pods are as their template', async () => {
    await withLab('healthy', async ({ read }) => {
      const { objects, unread, pods } = await read('drift');
      expect(objects.map(({ kind, writers }) => [kind, writers.map(({ manager }) => manager)])).toEqual([
        ['Deployment', ['helm']],
        ['Service', ['helm']],
        ['ConfigMap', ['helm']],
        ['Secret', ['helm']],
      ]);
      expect(unread).toEqual([]);
      expect(pods.map(({ template, newerSources }) => [template, newerSources])).toEqual([
        [[], []],
        [[], []],
      ]);
    });
  });

  test('a Secret that was edited after the pods had started, key by key', async () => {
    const api = healthyApi();
    const secret = api.objects[PATHS.secret] as { metadata: { managedFields: object[] } };
    secret.metadata.managedFields.push(
      {
        manager: 'kubectl-edit',
        operation: 'Update',
        time: '2026-02-09T14:00:03Z',
        fieldsV1: { 'f:data': { 'f:DATABASE_URL': {} } },
      },
      {
        manager: 'controller',
        operation: 'Update',
        time: '2026-02-09T14:01:00Z',
        subresource: 'status',
        fieldsV1: { 'f:data': {} },
      },
    );
    const { pods, objects } = await live(api).read('drift');
    expect(pods[0]).toMatchObject({
      startedAt: '2026-02-09T13:58:03Z',
      newerSources: [
        {
          kind: 'Secret',
          name: 'todo-chatbot-backend-secret',
          at: '2026-02-09T14:00:03Z',
          manager: 'kubectl-edit',
          keys: ['DATABASE_URL'],
        },
      ],
    });
    const writers = objects.find(({ kind }) => kind === 'Secret')?.writers ?? [];
    expect(writers.find(({ manager }) => manager === 'kubectl-edit')?.fields).toEqual(['.data.DATABASE_URL']);
    expect(writers.map(({ manager }) => manager)).not.toContain('controller');
  });

  test('a pod of an older template, and an object that may not be read', async () => {
    const api = healthyApi();
    const [pod] = api.objects[PATHS.pods] as [Pod];
    const [container] = pod.spec.containers;
    if (container) container.image = 'todo-chatbot-backend:old';
    api.objects[PATHS.configMap] = new KubernetesError('forbidden', 'no', 403);
    const { pods, unread } = await live(api).read('drift');
    expect(pods.map(({ template }) => template)).toEqual([['image'], []]);
    expect(unread).toMatchObject([{ kind: 'ConfigMap', why: 'forbidden' }]);
  });
});

(process.platform === 'win32' ? describe.skip : describe)('minikube', () => {
  const before = process.env.PATH;
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'todo-k8s-minikube-'));
    process.env.PATH = folder;
  });
  afterEach(() => {
    process.env.PATH = before;
    rmSync(folder, { recursive: true });
  });
  const install = (script: string) => {
    writeFileSync(join(folder, 'minikube'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'minikube'), 0o755);
  };

  test('a machine that is stopped: the exit code is not 0, and what is printed counts', async () => {
    install(
      'case $1 in status) echo \'{"Name":"minikube","Host":"Stopped","Kubelet":"Stopped","APIServer":"Stopped","Kubeconfig":"Stopped"}\'; exit 7;;' +
        ' profile) echo \'{"invalid":[],"valid":[{"Name":"minikube","Config":{"Driver":"docker"}}]}\';; esac',
    );
    expect(await live(healthyApi()).read('minikube')).toEqual({
      profile: 'minikube',
      program: 'found',
      driver: 'docker',
      status: {
        ok: true,
        at: expect.any(String) as unknown,
        value: { host: 'Stopped', kubelet: 'Stopped', apiServer: 'Stopped', kubeconfig: 'Stopped' },
      },
    });
  });

  test('the API server need not answer for it', async () => {
    install('echo \'{"Host":"Stopped"}\'');
    const { client, read } = live(healthyApi());
    await read('minikube');
    expect(client.calls).toEqual([]);
  });

  test('several nodes: the first is the control plane', async () => {
    install('echo \'[{"Host":"Running","APIServer":"Running"},{"Host":"Stopped"}]\'');
    expect(await live(healthyApi()).read('minikube')).toMatchObject({
      status: { value: { host: 'Running', apiServer: 'Running' } },
    });
  });

  test.each([
    ['says something else', 'echo "Profile not found"; exit 85'],
    ['hangs', 'exec /bin/sleep 60'],
  ])('a program that %s is bounded, and unknown', async (_name, script) => {
    install(script);
    expect(await live(healthyApi()).read('minikube')).toMatchObject({
      status: { ok: false, why: 'failed' },
      driver: undefined,
    });
  });

  test('not installed', async () => {
    expect(await live(healthyApi()).read('minikube')).toMatchObject({ program: 'absent', status: undefined });
  });

  test('another cluster: the program is not asked', async () => {
    install('echo asked >>"$0.log"');
    await withLab('healthy', async ({ read }) => {
      // The lab's context has another name, its node is called minikube.
      expect((await read('minikube')).program).toBe('found');
    });
  });
});
