import { describe, expect, test } from '@jest/globals';
import type { Container, Deployment, Pod } from '../../src/evidence/objects.js';
import { KubernetesError } from '../../src/evidence/kubernetes/client.js';
import { apiSecret, AUTH_SECRET, DATABASE_URL, forbidden, PATHS } from '../support/fake-client.js';
import { POD_NAMES } from '../support/healthy.js';
import { healthyApi, live } from '../support/live.js';

const CANARIES = [DATABASE_URL, AUTH_SECRET, 'Pg-Canary-77-xyzzy', 'todo_app:Pg-Canary'];

describe('reading', () => {
  test('each object is fetched once, however many facts rest on it', async () => {
    const { client, read } = live(healthyApi());
    await Promise.all([
      read('deployment'),
      read('pods'),
      read('replicaSets'),
      read('pods'),
      read('events'),
      read('secret'),
    ]);
    await read('deployment');
    expect(client.calls.filter((call) => call === `get ${PATHS.deployment}`)).toHaveLength(1);
    expect(client.calls.filter((call) => call.startsWith(`list ${PATHS.pods}`))).toHaveLength(1);
    expect(client.calls.filter((call) => call === `get ${PATHS.secret}`)).toHaveLength(1);
  });

  test('pods and ReplicaSets are listed by the Deployment’s selector', async () => {
    const { client, read } = live(healthyApi());
    await read('pods');
    const selector =
      'app.kubernetes.io/name=todo-chatbot,app.kubernetes.io/instance=todo-chatbot,app.kubernetes.io/component=backend';
    expect(client.calls).toContain(`list ${PATHS.pods}?${selector}`);
    expect(client.calls).toContain(`list ${PATHS.replicaSets}?${selector}`);
  });

  test('absence of the Deployment is a value, and so is that of its pods', async () => {
    const api = healthyApi();
    api.objects[PATHS.deployment] = undefined;
    const { read } = live(api);
    expect(await read('deployment')).toBeUndefined();
    expect(await read('pods')).toEqual([]);
    expect(await read('replicaSets')).toEqual([]);
  });

  test('403 is a reason, with the permission, also for facts that rest on it', async () => {
    const api = healthyApi();
    api.objects[PATHS.deployment] = forbidden('get', 'deployments', 'apps');
    const { observe } = live(api);
    const expected = {
      ok: false,
      why: 'forbidden',
      access: { verb: 'get', group: 'apps', resource: 'deployments' },
    };
    expect(await observe('deployment')).toMatchObject(expected);
    expect(await observe('pods')).toMatchObject(expected);
    expect(await observe('logs')).toMatchObject(expected);
  });

  test('a defect of the reader is a reason too, and quotes nothing', async () => {
    const api = healthyApi();
    api.objects[PATHS.service] = new TypeError(`Invalid URL: ${DATABASE_URL}`);
    const observed = await live(api).observe('service');
    expect(observed).toMatchObject({ ok: false, why: 'failed' });
    expect(JSON.stringify(observed)).toContain('unexpected TypeError');
    expect(JSON.stringify(observed)).not.toContain('Canary');
  });

  test('the words of a failed call are sanitised and without secrets', async () => {
    const api = healthyApi();
    api.objects[PATHS.networkPolicies] = new KubernetesError('failed', `oops \u001b[31m${AUTH_SECRET}\u202e`);
    const { observe, read } = live(api);
    await read('secret');
    const observed = await observe('networkPolicies');
    expect(observed).toMatchObject({ ok: false, detail: 'oops (value hidden)' });
  });

  test('an aborted run ends a read at once', async () => {
    const { reader } = live(healthyApi());
    const controller = new AbortController();
    controller.abort();
    expect(await reader.read('pods', controller.signal)).toMatchObject({ ok: false, why: 'not-collected' });
    const late = AbortSignal.timeout(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await reader.read('server', late)).toMatchObject({ ok: false, why: 'timeout' });
  });

  test('control characters from the cluster do not come through', async () => {
    const api = healthyApi();
    const [pod] = api.objects[PATHS.pods] as Pod[];
    if (pod?.status) pod.status.message = 'bad\u001b[2J\u0007 news';
    const [first] = await live(api).read('pods');
    expect(first?.status?.message).toBe('bad news');
  });
});

describe('server', () => {
  test('version and latency', async () => {
    expect(await live(healthyApi()).read('server')).toMatchObject({
      url: 'https://127.0.0.1:6443',
      gitVersion: 'v1.34.1',
      major: 1,
      minor: 34,
    });
  });

  test('versions of distributions', async () => {
    const api = healthyApi();
    api.objects[PATHS.version] = { major: '1', minor: '33+', gitVersion: 'v1.33.4-gke.1036000' };
    expect(await live(api).read('server')).toMatchObject({ major: 1, minor: 33 });
  });

  test('a server that is none', async () => {
    const api = healthyApi();
    api.objects[PATHS.version] = { hello: 'world' };
    expect(await live(api).observe('server')).toMatchObject({ ok: false, why: 'unsupported' });
  });
});

describe('objects', () => {
  test('ReplicaSets: the newest revision first, others’ left out', async () => {
    const api = healthyApi();
    const [current] = api.objects[PATHS.replicaSets] as [Pod];
    const older = structuredClone(current);
    older.metadata.name = 'older';
    older.metadata.annotations = { 'deployment.kubernetes.io/revision': '9' };
    const newer = structuredClone(current);
    newer.metadata.name = 'newer';
    newer.metadata.annotations = { 'deployment.kubernetes.io/revision': '10' };
    const foreign = structuredClone(current);
    foreign.metadata.ownerReferences = [{ kind: 'Deployment', name: 'other', uid: 'd-2' }];
    api.objects[PATHS.replicaSets] = [current, older, newer, foreign];
    const names = (await live(api).read('replicaSets')).map(({ metadata }) => metadata.name);
    expect(names).toEqual(['newer', 'older', 'todo-chatbot-backend-6d5f9c7b4d']);
  });

  test('pods of another owner that carry the labels are left out; terminating ones stay', async () => {
    const api = healthyApi();
    const [first, second] = api.objects[PATHS.pods] as [Pod, Pod];
    first.metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    second.metadata.ownerReferences = [{ kind: 'Job', name: 'x', uid: 'job-1' }];
    const pods = await live(api).read('pods');
    expect(pods.map(({ metadata }) => metadata.name)).toEqual([POD_NAMES[0]]);
  });

  test('every pod of the namespace, by its identity', async () => {
    expect((await live(healthyApi()).read('namespacePods'))[0]).toMatchObject({
      name: POD_NAMES[0],
      ownerName: 'todo-chatbot-backend-6d5f9c7b4d',
      labels: { 'app.kubernetes.io/component': 'backend' },
    });
  });

  test('events: those of the backend’s objects by UID, of its vanished pods by name, newest last', async () => {
    const api = healthyApi();
    const event = (name: string, involvedObject: object, lastTimestamp: string) => ({
      metadata: { name },
      reason: name,
      message: `connect to ${DATABASE_URL} failed`,
      involvedObject,
      lastTimestamp,
    });
    api.objects[PATHS.events] = [
      event('late', { kind: 'Pod', name: POD_NAMES[0], uid: 'pod-0' }, '2026-02-09T14:04:00Z'),
      event(
        'gone',
        { kind: 'Pod', name: 'todo-chatbot-backend-6d5f9c7b4d-zzzzz', uid: 'x' },
        '2026-02-09T14:03:00Z',
      ),
      event(
        'early',
        { kind: 'Deployment', name: 'todo-chatbot-backend', uid: 'd-1' },
        '2026-02-09T13:58:00Z',
      ),
      event(
        'former',
        { kind: 'Deployment', name: 'todo-chatbot-backend', uid: 'd-0' },
        '2026-02-09T13:00:00Z',
      ),
      event('other', { kind: 'Pod', name: 'todo-chatbot-frontend-1', uid: 'y' }, '2026-02-09T14:04:00Z'),
    ];
    const events = await live(api).read('events');
    expect(events.map(({ reason }) => reason)).toEqual(['early', 'gone', 'late']);
    expect(JSON.stringify(events)).not.toContain('Canary');
  });

  test('events: those of the claims that its pods name, too', async () => {
    const api = healthyApi();
    const claims = (api.objects[PATHS.pods] as { spec: { volumes?: unknown[] } }[])[0];
    if (claims) claims.spec.volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
    api.objects[PATHS.events] = ['data', 'other'].map((name) => ({
      metadata: { name },
      reason: name,
      message: 'storageclass.storage.k8s.io "fast" not found',
      involvedObject: { kind: 'PersistentVolumeClaim', name, uid: name },
      lastTimestamp: '2026-02-09T14:04:00Z',
    }));
    expect((await live(api).read('events')).map(({ reason }) => reason)).toEqual(['data']);
  });
});

describe('secrets', () => {
  test('facts only: keys, lengths, and what the URL says', async () => {
    const { read, redactor } = live(healthyApi());
    expect(await read('secret')).toEqual({
      name: 'todo-chatbot-backend-secret',
      labels: {},
      type: 'Opaque',
      keys: [
        { key: 'DATABASE_URL', length: DATABASE_URL.length, blank: false },
        { key: 'BETTER_AUTH_SECRET', length: AUTH_SECRET.length, blank: false },
      ],
      databaseUrl: expect.objectContaining({
        problems: [],
        hosts: [{ host: 'ep-cool-1.neon.tech', port: 5432 }],
      }) as object,
      dataChangedAt: '2026-02-09T13:57:00Z',
    });
    for (const canary of [DATABASE_URL, AUTH_SECRET, 'Pg-Canary-77-xyzzy']) {
      expect(redactor.redact(`x ${canary} y`)).toBe('x (value hidden) y');
    }
  });

  test('a key that is absent', async () => {
    const api = healthyApi();
    api.objects[PATHS.secret] = apiSecret('todo-chatbot-backend-secret', { BETTER_AUTH_SECRET: ' ' });
    const facts = await live(api).read('secret');
    expect(facts?.databaseUrl?.problems).toEqual(['url-missing']);
    expect(facts?.keys).toEqual([{ key: 'BETTER_AUTH_SECRET', length: 1, blank: true }]);
  });

  test('credentials in a pod spec are hidden, wherever they stand', async () => {
    const api = healthyApi();
    const plant = (container: Container) => {
      container.env = [
        { name: 'DATABASE_URL', value: 'postgresql://inline:Inline-Canary-1@h/db' },
        { name: 'CACHE', value: 'redis://:Inline-Canary-2@cache:6379' },
        { name: 'COPY', value: `prefix-${AUTH_SECRET}` },
        { name: 'SMTP_PASSWORD', value: 'Inline-Canary-3' },
        { name: 'TOKEN_EXPIRY', value: '3600' },
        { name: 'LOG_LEVEL', value: 'INFO' },
        { name: 'WEB_SECRET', value: '$(BETTER_AUTH_SECRET)' },
      ];
      container.command = ['sh', '-c', 'BETTER_AUTH_SECRET=Inline-Canary-4 exec uvicorn main:app'];
      container.args = [
        '--password',
        'Inline-Canary-5',
        '--api-key=Inline-Canary-6',
        '--db',
        'postgres://a:Inline-Canary-7@h',
      ];
    };
    const deployment = api.objects[PATHS.deployment] as Deployment;
    deployment.metadata.annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"env":"Inline-Canary-8"}',
      note: `see ${DATABASE_URL}`,
    };
    for (const container of deployment.spec.template.spec.containers) plant(container);
    for (const pod of api.objects[PATHS.pods] as Pod[]) pod.spec.containers.forEach(plant);
    const { read, redactor } = live(api);
    const facts = { deployment: await read('deployment'), pods: await read('pods') };
    const shown = JSON.stringify(facts);
    expect(shown).not.toMatch(/Inline-Canary/);
    for (const canary of CANARIES) expect(shown).not.toContain(canary);
    const env = facts.deployment?.spec.template.spec.containers[0]?.env ?? [];
    expect(env.map(({ name, hidden }) => [name, hidden])).toEqual([
      ['DATABASE_URL', 'secret-key'],
      ['CACHE', 'url-with-password'],
      ['COPY', 'known-secret-value'],
      ['SMTP_PASSWORD', 'secret-key'],
      ['TOKEN_EXPIRY', undefined],
      ['LOG_LEVEL', undefined],
      ['WEB_SECRET', undefined],
    ]);
    expect(env[3]?.value).toBe('(value hidden, 15 characters)');
    expect(redactor.redact('x Inline-Canary-3 y')).toBe('x (value hidden) y');
  });

  test('ConfigMap: credentials are hidden and named', async () => {
    const api = healthyApi();
    api.objects[PATHS.configMap] = {
      metadata: { name: 'todo-chatbot-backend-config' },
      data: { ENVIRONMENT: 'production', DB: DATABASE_URL, API_TOKEN: 'Config-Canary-1', NOTE: 'plain' },
    };
    const facts = await live(api).read('configMap');
    expect(facts?.hiddenKeys).toEqual(['DB', 'API_TOKEN']);
    expect(facts?.data.ENVIRONMENT).toBe('production');
    expect(JSON.stringify(facts)).not.toMatch(/Canary/);
  });

  test('a public word that a Secret holds too stays readable', async () => {
    const api = healthyApi();
    api.objects[PATHS.secret] = apiSecret('s', { DATABASE_URL, ENVIRONMENT: 'development' });
    const facts = await live(api).read('configMap');
    expect(facts).toMatchObject({ data: { ENVIRONMENT: 'development' }, hiddenKeys: [] });
  });
});

describe('frontend', () => {
  const FRONTEND = '/api/v1/namespaces/default/secrets/todo-chatbot-frontend-secret';
  const deployment = (container: object, name = 'todo-chatbot-frontend') => ({
    metadata: { name, labels: { 'app.kubernetes.io/instance': 'todo-chatbot' } },
    spec: { selector: {}, template: { spec: { containers: [{ name: 'frontend', ...container }] } } },
  });

  test('none installed', async () => {
    expect(await live(healthyApi()).read('frontend')).toEqual({ installed: false });
  });

  test.each([
    ['matches', AUTH_SECRET, true],
    ['differs', `${AUTH_SECRET}x`, false],
    ['is absent', undefined, undefined],
  ])('its value %s', async (_name, value, authSecretMatches) => {
    const api = healthyApi();
    api.objects[PATHS.deployments] = [
      deployment({ envFrom: [{ secretRef: { name: 'todo-chatbot-frontend-secret' } }] }),
    ];
    api.objects[FRONTEND] = apiSecret('todo-chatbot-frontend-secret', {
      OTHER: 'x',
      ...(value !== undefined && { BETTER_AUTH_SECRET: value }),
    });
    const facts = await live(api).read('frontend');
    expect(facts).toMatchObject({ installed: true, authSecretMatches });
    expect(facts.secretName).toBe(value === undefined ? undefined : 'todo-chatbot-frontend-secret');
    expect(facts.signs).toBe(value === undefined ? false : undefined);
  });

  test('by reference to a key of another name', async () => {
    const api = healthyApi();
    const env = [
      { name: 'BETTER_AUTH_SECRET', valueFrom: { secretKeyRef: { name: 'shared', key: 'auth' } } },
    ];
    api.objects[PATHS.deployments] = [deployment({ env })];
    api.objects['/api/v1/namespaces/default/secrets/shared'] = apiSecret('shared', { auth: AUTH_SECRET });
    expect(await live(api).read('frontend')).toMatchObject({
      installed: true,
      secretName: 'shared',
      authSecretMatches: true,
    });
  });

  test('as a literal, which is compared and does not come through', async () => {
    const api = healthyApi();
    api.objects[PATHS.deployments] = [
      deployment({ env: [{ name: 'BETTER_AUTH_SECRET', value: 'Literal-Canary-1' }] }),
    ];
    const { read, redactor } = live(api);
    expect(await read('frontend')).toMatchObject({
      installed: true,
      secretName: undefined,
      authSecretMatches: false,
    });
    expect(redactor.redact('Literal-Canary-1')).toBe('(value hidden)');
  });

  test('of another release it is not ours', async () => {
    const api = healthyApi();
    const other = deployment({});
    other.metadata.labels['app.kubernetes.io/instance'] = 'other';
    api.objects[PATHS.deployments] = [other];
    expect((await live(api).read('frontend')).installed).toBe(false);
  });

  test('403 on its Secret is a reason, not a mismatch', async () => {
    const api = healthyApi();
    api.objects[FRONTEND] = forbidden('get', 'secrets');
    expect(await live(api).observe('frontend')).toMatchObject({ ok: false, why: 'forbidden' });
  });
});
