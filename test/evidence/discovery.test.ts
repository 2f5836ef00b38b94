import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { discover, discoverRelease, readHelmRelease } from '../../src/evidence/discovery.js';
import { fakeClient, forbidden, PATHS } from '../support/fake-client.js';

const SIGNAL = new AbortController().signal;

const identity = (name: string, labels: Record<string, string> = {}) => ({
  metadata: {
    name,
    labels,
    annotations: {
      'meta.helm.sh/release-name': 'todo-chatbot',
      'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"DATABASE_URL":"canary"}}',
    },
  },
});

const helmSecret = (release: string, version: number, status: string) =>
  identity(`sh.helm.release.v1.${release}.v${version}`, {
    owner: 'helm',
    name: release,
    version: String(version),
    status,
  });

function payload(): string {
  const release = {
    name: 'todo-chatbot',
    version: 2,
    namespace: 'default',
    info: { status: 'deployed' },
    chart: { metadata: { name: 'todo-chatbot', version: '0.1.0' }, values: { backend: { replicaCount: 2 } } },
    config: { backend: { replicaCount: 3 } },
  };
  const stored = gzipSync(JSON.stringify(release)).toString('base64');
  return Buffer.from(stored).toString('base64');
}

function api() {
  const objects: Record<string, unknown> = {
    [PATHS.deployments]: [
      {
        ...identity('todo-chatbot-backend', { 'app.kubernetes.io/component': 'backend' }),
        spec: {
          template: {
            metadata: { labels: { app: 'backend' } },
            spec: {
              containers: [
                {
                  name: 'backend',
                  env: [{ name: 'TOKEN', value: 'canary' }],
                  envFrom: [{ secretRef: { name: 'all' } }],
                },
              ],
            },
          },
        },
      },
    ],
    [PATHS.services]: [{ ...identity('todo-chatbot-backend'), spec: { selector: { app: 'backend' } } }],
    [PATHS.configMaps]: [],
    [PATHS.secrets]: [
      identity('todo-chatbot-backend-secret'),
      helmSecret('todo-chatbot', 1, 'superseded'),
      helmSecret('todo-chatbot', 3, 'failed'),
      helmSecret('todo-chatbot', 2, 'deployed'),
      helmSecret('other', 10, 'deployed'),
      helmSecret('other', 9, 'superseded'),
    ],
    [`${PATHS.secrets}/sh.helm.release.v1.todo-chatbot.v3`]: { data: { release: payload() } },
    [`${PATHS.secrets}/sh.helm.release.v1.other.v10`]: { data: { release: 'bm90IGhlbG0=' } },
  };
  return { objects };
}

describe('discover', () => {
  test('identities by four lists, without what annotations may hold', async () => {
    const client = fakeClient(api());
    const found = await discover(client, 'default', SIGNAL);
    expect(client.calls).toHaveLength(4);
    expect(found.deployments).toMatchObject({
      ok: true,
      value: [
        {
          name: 'todo-chatbot-backend',
          labels: { 'app.kubernetes.io/component': 'backend' },
          annotations: { 'meta.helm.sh/release-name': 'todo-chatbot' },
          shape: {
            podLabels: { app: 'backend' },
            containers: [
              { name: 'backend', env: [{ name: 'TOKEN' }], envFrom: [{ secretRef: { name: 'all' } }] },
            ],
          },
        },
      ],
    });
    expect(found.services).toMatchObject({ ok: true, value: [{ shape: { selector: { app: 'backend' } } }] });
    expect(found.secrets).toMatchObject({ ok: true, value: [{ name: 'todo-chatbot-backend-secret' }] });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  test('the newest revision of each Helm release', async () => {
    const { releases } = await discover(fakeClient(api()), 'default', SIGNAL);
    expect(releases).toMatchObject({
      ok: true,
      value: [
        { name: 'todo-chatbot', revision: 3, status: 'failed' },
        { name: 'other', revision: 10, status: 'deployed' },
      ],
    });
  });

  test('one list that is forbidden costs nothing but itself', async () => {
    const state = api();
    state.objects[PATHS.secrets] = forbidden('list', 'secrets');
    const found = await discover(fakeClient(state), 'default', SIGNAL);
    expect(found.secrets).toMatchObject({
      ok: false,
      why: 'forbidden',
      access: { verb: 'list', resource: 'secrets' },
    });
    expect(found.releases).toMatchObject({ ok: false, why: 'forbidden' });
    expect(found.services.ok).toBe(true);
  });
});

describe('readHelmRelease', () => {
  const read = async (
    release: string | undefined,
    change: (objects: Record<string, unknown>) => void = () => undefined,
  ) => {
    const state = api();
    change(state.objects);
    const client = fakeClient(state);
    return readHelmRelease(client, release, await discover(client, 'default', SIGNAL), SIGNAL);
  };

  test('the newest, also where it has failed, decoded', async () => {
    expect(await read('todo-chatbot')).toMatchObject({
      ok: true,
      value: { name: 'todo-chatbot', chart: { name: 'todo-chatbot' } },
    });
  });

  test('from a ConfigMap, where Helm keeps it there (HELM_DRIVER=configmap)', async () => {
    const stored = helmSecret('todo-chatbot', 4, 'deployed');
    const once = Buffer.from(payload(), 'base64').toString();
    const found = await read('todo-chatbot', (objects) => {
      objects[PATHS.configMaps] = [stored, identity('todo-chatbot-backend-config')];
      objects[`${PATHS.configMaps}/${stored.metadata.name}`] = { data: { release: once } };
    });
    expect(found).toMatchObject({ ok: true, value: { name: 'todo-chatbot', revision: 2 } });
  });

  test.each(['secrets', 'configmaps'])('in another namespace than its objects, in %s', async (driver) => {
    const stored = helmSecret('todo-app', 5, 'pending-upgrade');
    const at = `/api/v1/namespaces/releases/${driver}`;
    const { objects } = api();
    objects[at] = [helmSecret('todo-app', 4, 'deployed'), stored];
    objects[`${at}/${stored.metadata.name}`] = {
      data: { release: driver === 'secrets' ? payload() : Buffer.from(payload(), 'base64').toString() },
    };
    const client = fakeClient({ objects });
    const here = await discover(client, 'default', SIGNAL);
    const there = await discoverRelease(client, 'releases', 'todo-app', here, SIGNAL);
    expect(client.calls).toContain(`list ${at}?owner=helm,name=todo-app`);
    expect(there.releases).toMatchObject({ ok: true });
    expect(there.releases.ok && there.releases.value).toContainEqual({
      ...{ name: 'todo-app', revision: 5, status: 'pending-upgrade', previous: 4 },
    });
    expect(await readHelmRelease(client, 'todo-app', there, SIGNAL)).toMatchObject({ ok: true });
  });

  test('another namespace that may not be looked at is a reason', async () => {
    const { objects } = api();
    objects['/api/v1/namespaces/releases/secrets'] = forbidden('list', 'secrets');
    const client = fakeClient({ objects });
    const here = await discover(client, 'default', SIGNAL);
    const there = await discoverRelease(client, 'releases', 'todo-app', here, SIGNAL);
    expect(await readHelmRelease(client, 'todo-app', there, SIGNAL)).toMatchObject({
      ...{ ok: false, why: 'forbidden' },
    });
  });

  test('a Secret that holds no release is a reason, too', async () => {
    const emptied = await read('todo-chatbot', (objects) => {
      objects[`${PATHS.secrets}/sh.helm.release.v1.todo-chatbot.v3`] = { data: {} };
    });
    expect(emptied).toMatchObject({
      ok: false,
      why: 'failed',
      detail: expect.stringContaining('"release" is missing'),
    });
    const gone = await read('todo-chatbot', (objects) => {
      objects[`${PATHS.secrets}/sh.helm.release.v1.todo-chatbot.v3`] = undefined;
    });
    expect(gone).toMatchObject({ ok: false });
  });

  test('nothing stored is a value', async () => {
    expect(await read('absent')).toMatchObject({ ok: true, value: undefined });
    expect(await read(undefined)).toMatchObject({ ok: true, value: undefined });
  });

  test('where Secrets may not be listed, nobody knows whether something is stored', async () => {
    const refused = await read('todo-chatbot', (objects) => {
      objects[PATHS.secrets] = forbidden('list', 'secrets');
    });
    expect(refused).toMatchObject({ ok: false, why: 'forbidden' });
  });

  test('what is stored and cannot be read is a reason', async () => {
    expect(await read('other')).toMatchObject({ ok: false, why: 'unsupported' });
    const refused = await read('todo-chatbot', (objects) => {
      objects[`${PATHS.secrets}/sh.helm.release.v1.todo-chatbot.v3`] = forbidden('get', 'secrets');
    });
    expect(refused).toMatchObject({ ok: false, why: 'forbidden' });
  });
});
