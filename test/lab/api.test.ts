/** The API server over real TLS: what client libraries ask of it, and the words in which it refuses. */
import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { call, credentials, getJson, stream, type Json } from './support.js';

const PODS = '/api/v1/namespaces/default/pods';
const POD = `${PODS}/todo-chatbot-backend-6d5f9c7b4d-2k4xp`;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

function names(list: Json): string[] {
  return list.items.map((item: Json) => item.metadata.name as string);
}

/** A list request with one more query parameter. */
function query(path: string, parameters: Record<string, string>): string {
  return `${path}?${new URLSearchParams(parameters).toString()}`;
}

describe('discovery', () => {
  test('version and health are told to anybody, the rest is not', async () => {
    const version = await call(lab, '/version', { token: undefined });
    expect(JSON.parse(version.text)).toMatchObject({ gitVersion: 'v1.34.1', major: '1', minor: '34' });
    expect(await call(lab, '/readyz', { token: undefined })).toMatchObject({ status: 200, text: 'ok' });
    expect((await call(lab, '/api', { token: undefined })).status).toBe(401);
    expect((await call(lab, PODS, { token: undefined })).status).toBe(401);
  });

  test('aggregated, as kubectl asks', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const answer = await call(lab, '/apis', { headers: { accept } });
    expect(answer.contentType).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    const groups = JSON.parse(answer.text).items.map((item: Json) => item.metadata.name);
    expect(groups).toContain('apps');
    expect(groups).toContain('metrics.k8s.io');
  });

  test('in the old form, group by group', async () => {
    expect((await getJson(lab, '/api')).versions).toEqual(['v1']);
    const groups = (await getJson(lab, '/apis')).groups as Json[];
    expect(groups.find(({ name }) => name === 'discovery.k8s.io').preferredVersion.version).toBe('v1');
    expect((await getJson(lab, '/apis/apps')).name).toBe('apps');
    const resources = (await getJson(lab, '/api/v1')).resources as Json[];
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['pods', 'pods/log', 'pods/exec', 'services/proxy']),
    );
    expect((await getJson(lab, '/apis/apps/v1')).resources.map(({ name }: Json) => name)).toContain(
      'deployments',
    );
  });

  test('a path that no type has is 404 in plain text, as of the real server', async () => {
    for (const path of ['/apis/no.such', '/apis/apps/v2', '/api/v1/nothings', '/nothing', `${POD}/attach`]) {
      expect(await call(lab, path)).toEqual({
        status: 404,
        contentType: 'text/plain',
        text: '404 page not found\n',
      });
    }
  });
});

describe('get and list', () => {
  test('an object, and the words for one that is not there', async () => {
    expect(await getJson(lab, POD)).toMatchObject({
      apiVersion: 'v1',
      kind: 'Pod',
      status: { phase: 'Running' },
    });
    const answer = await call(lab, `${PODS}/nope`);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'pods "nope" not found',
      reason: 'NotFound',
      details: { name: 'nope', kind: 'pods' },
      code: 404,
    });
    const deployment = await getJson(lab, '/apis/apps/v1/namespaces/default/deployments/nope');
    expect(deployment.message).toBe('deployments.apps "nope" not found');
  });

  test('items of a list carry no kind, and have resource versions', async () => {
    const list = await getJson(lab, PODS);
    expect(list.kind).toBe('PodList');
    expect(list.items).toHaveLength(2);
    expect(list.items[0].kind).toBeUndefined();
    expect(Number(list.items[0].metadata.resourceVersion)).toBeGreaterThan(0);
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThanOrEqual(
      Number(list.items[0].metadata.resourceVersion),
    );
  });

  test('namespaces are told apart, and all of them at once', async () => {
    expect(names(await getJson(lab, '/api/v1/namespaces/kube-system/pods'))).toEqual([]);
    expect(names(await getJson(lab, '/api/v1/pods'))).toHaveLength(2);
    expect(names(await getJson(lab, '/api/v1/namespaces'))).toContain('kube-system');
    expect((await getJson(lab, '/api/v1/namespaces/default')).kind).toBe('Namespace');
  });

  test.each([
    ['app.kubernetes.io/component=backend', 2],
    ['app.kubernetes.io/component==backend', 2],
    ['app.kubernetes.io/component!=backend', 0],
    ['app.kubernetes.io/component in (frontend, backend)', 2],
    ['app.kubernetes.io/component notin (backend)', 0],
    ['app.kubernetes.io/component,!nothing', 2],
    ['!app.kubernetes.io/component', 0],
    ['app.kubernetes.io/component=backend,app.kubernetes.io/name=other', 0],
  ])('labelSelector %s', async (labelSelector, count) => {
    expect(names(await getJson(lab, query(PODS, { labelSelector })))).toHaveLength(count);
  });

  test.each([
    ['metadata.name=todo-chatbot-backend-6d5f9c7b4d-2k4xp', 1],
    ['status.phase=Running', 2],
    ['status.phase!=Running', 0],
    ['spec.nodeName=minikube,status.phase==Running', 2],
  ])('fieldSelector %s', async (fieldSelector, count) => {
    expect(names(await getJson(lab, query(PODS, { fieldSelector })))).toHaveLength(count);
  });

  test('selectors that cannot be are refused', async () => {
    expect(await getJson(lab, query(PODS, { fieldSelector: 'spec.image=x' }))).toMatchObject({
      code: 400,
      message: 'field label not supported: spec.image',
    });
    expect(await getJson(lab, query(PODS, { labelSelector: '=x' }))).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    });
    expect(await getJson(lab, query(PODS, { limit: '-1' }))).toMatchObject({ code: 400 });
  });

  test('pages', async () => {
    const secrets = '/api/v1/namespaces/default/secrets';
    const first = await getJson(lab, query(secrets, { limit: '1' }));
    expect(first.metadata.remainingItemCount).toBe(1);
    const second = await getJson(lab, query(secrets, { limit: '1', continue: first.metadata.continue }));
    expect(second.metadata.continue).toBeUndefined();
    expect([...names(first), ...names(second)]).toEqual(names(await getJson(lab, secrets)));
  });

  test('a continue token that is too old is 410, one that is none is 400', async () => {
    const old = Buffer.from(
      JSON.stringify({ v: 'meta.k8s.io/v1', rv: 7, start: 'default/a\u0000' }),
    ).toString('base64url');
    expect(await getJson(lab, query(PODS, { limit: '1', continue: old }))).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    expect(await getJson(lab, query(PODS, { limit: '1', continue: 'x' }))).toMatchObject({ code: 400 });
  });

  test('metadata alone', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=1';
    const list = await getJson(lab, PODS, accept);
    expect(list.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(list.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  test('Table: columns, cells and what is wide', async () => {
    const pods = await getJson(lab, PODS, TABLE);
    expect(pods.kind).toBe('Table');
    expect(
      pods.columnDefinitions.map(
        ({ name, priority }: Json) => `${name as string}${priority === 0 ? '' : '*'}`,
      ),
    ).toEqual([
      ...['Name', 'Ready', 'Status', 'Restarts', 'Age'],
      ...['IP*', 'Node*', 'Nominated Node*', 'Readiness Gates*'],
    ]);
    expect(pods.rows[0].cells.slice(0, 5)).toEqual([
      'todo-chatbot-backend-6d5f9c7b4d-2k4xp',
      '1/1',
      'Running',
      '0',
      '30m',
    ]);
    expect(pods.rows[0].object.kind).toBe('PartialObjectMetadata');
    const whole = await getJson(lab, query(PODS, { includeObject: 'Object' }), TABLE);
    expect(whole.rows[0].object.spec).toBeDefined();
    const one = await getJson(lab, POD, TABLE);
    expect(one.rows).toHaveLength(1);
  });
});

describe('watch', () => {
  test('begins with what is there, and goes on with changes', async () => {
    const own = await startLab();
    const { next, close } = stream(
      own,
      query(PODS, { watch: 'true', labelSelector: 'app.kubernetes.io/component=backend' }),
    );
    const event = async () => JSON.parse(await next()) as Json;
    expect([(await event()).type, (await event()).type]).toEqual(['ADDED', 'ADDED']);
    await own.change(({ pods }) => {
      const status = pods[0]?.object.status;
      if (status) status.phase = 'Failed';
    });
    const modified = await event();
    expect(modified).toMatchObject({
      type: 'MODIFIED',
      object: { kind: 'Pod', status: { phase: 'Failed' } },
    });
    await own.change(({ pods }) => {
      const labels = pods[0]?.object.metadata.labels;
      if (labels) delete labels['app.kubernetes.io/component'];
    });
    expect((await event()).type).toBe('DELETED');
    await own.change(({ pods }) => void pods.splice(1, 1));
    const deleted = await event();
    expect(deleted.type).toBe('DELETED');
    expect(Number(deleted.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(modified.object.metadata.resourceVersion),
    );
    close();
    await own.close();
  });

  test('from a resource version: only what is newer, and the end is a bookmark', async () => {
    const own = await startLab();
    const { metadata } = await getJson(own, PODS);
    await own.change(({ pods }) => {
      const pod = pods[1]?.object;
      if (pod) pod.metadata.labels = { ...pod.metadata.labels, changed: 'yes' };
    });
    const watch = stream(
      own,
      query(PODS, {
        watch: '1',
        resourceVersion: metadata.resourceVersion,
        timeoutSeconds: '1',
        allowWatchBookmarks: 'true',
      }),
    );
    expect(JSON.parse(await watch.next())).toMatchObject({
      type: 'MODIFIED',
      object: { metadata: { labels: { changed: 'yes' } } },
    });
    expect(JSON.parse(await watch.next())).toMatchObject({ type: 'BOOKMARK', object: { kind: 'Pod' } });
    await watch.ended;
    await own.close();
  });

  test('a streamed list ends its first part with a bookmark', async () => {
    const watch = stream(
      lab,
      query('/api/v1/nodes', {
        watch: 'true',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
      }),
    );
    expect(JSON.parse(await watch.next()).type).toBe('ADDED');
    expect(JSON.parse(await watch.next()).object.metadata.annotations).toEqual({
      'k8s.io/initial-events-end': 'true',
    });
    watch.close();
  });

  test('too old a resource version is an ERROR event with 410', async () => {
    const watch = stream(lab, query(PODS, { watch: 'true', resourceVersion: '1' }));
    expect(JSON.parse(await watch.next())).toMatchObject({
      type: 'ERROR',
      object: { code: 410, reason: 'Expired' },
    });
    await watch.ended;
  });
});

describe('logs', () => {
  const log = async (parameters: Record<string, string> = {}) =>
    (await call(lab, query(`${POD}/log`, parameters))).text;

  test('whole, with times, and in parts', async () => {
    const lines = (await log()).split('\n');
    expect(lines[0]).toBe('INFO:     Started server process [1]');
    expect(lines.length).toBeGreaterThan(300);
    const stamped = (await log({ timestamps: 'true', tailLines: '2' })).trimEnd().split('\n');
    expect(stamped).toHaveLength(2);
    expect(stamped[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z INFO: {5}10\.244\.0\.1:\d+ - "GET \/api\/health HTTP\/1\.1" 200 OK$/,
    );
    expect(await log({ limitBytes: '20' })).toBe('INFO:     Started se');
    expect(await log({ tailLines: '0' })).toBe('');
  });

  test('since', async () => {
    const recent = (await log({ sinceSeconds: '65' })).trimEnd().split('\n').length;
    expect(recent).toBeGreaterThanOrEqual(10);
    expect(recent).toBeLessThanOrEqual(14);
    expect(await log({ sinceTime: new Date(Date.now() + 60_000).toISOString() })).toBe('');
    expect(JSON.parse(await log({ sinceTime: 'yesterday' }))).toMatchObject({ code: 400 });
  });

  test('following', async () => {
    const follow = stream(lab, query(`${POD}/log`, { follow: 'true', tailLines: '1' }));
    await follow.next();
    await lab.change(({ pods }) => pods[0]?.log.append('INFO:     something new'));
    expect(await follow.next()).toBe('INFO:     something new');
    follow.close();
  });

  test('of a container that there is not, and of a run before', async () => {
    expect(JSON.parse(await log({ container: 'nope' })).message).toBe(
      'container nope is not valid for pod todo-chatbot-backend-6d5f9c7b4d-2k4xp',
    );
    expect(JSON.parse(await log({ previous: 'true' })).message).toBe(
      'previous terminated container "backend" in pod "todo-chatbot-backend-6d5f9c7b4d-2k4xp" not found',
    );
  });

  test('of a container that waits, and of one that crashed', async () => {
    const stuck = await startLab('image-pull');
    const [pod] = (await getJson(stuck, query(PODS, { fieldSelector: 'status.phase=Pending' }))).items;
    expect((await getJson(stuck, `${PODS}/${pod.metadata.name as string}/log`)).message).toMatch(
      /^container "backend" in pod ".*" is waiting to start: trying and failing to pull image$/,
    );
    await stuck.close();
    const crashing = await startLab('crash-loop');
    const crashed = names(await getJson(crashing, PODS)).at(-1) ?? '';
    const previous = await call(crashing, query(`${PODS}/${crashed}/log`, { previous: 'true' }));
    expect(previous.text).toContain('PermissionError');
    expect(previous.text).toMatch(/Application startup failed\. Exiting\.\n$/);
    await crashing.close();
  });
});

describe('reviews and RBAC', () => {
  const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const post = async (target: Lab, path: string, body: object) =>
    JSON.parse((await call(target, path, { method: 'POST', body: JSON.stringify(body) })).text) as Json;
  const ask = (target: Lab, resourceAttributes: object) =>
    post(target, ACCESS, {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes },
    });

  test('rules and single questions agree with what is allowed', async () => {
    expect((await ask(lab, { verb: 'list', resource: 'secrets', namespace: 'default' })).status.allowed).toBe(
      true,
    );
    expect((await ask(lab, { verb: 'create', resource: 'pods', subresource: 'exec' })).status.allowed).toBe(
      true,
    );
    expect((await ask(lab, { verb: 'delete', resource: 'pods' })).status.allowed).toBe(false);
    expect((await ask(lab, { verb: 'list', resource: 'deployments' })).status.allowed).toBe(false);
    expect((await ask(lab, { verb: 'list', group: 'apps', resource: 'deployments' })).status.allowed).toBe(
      true,
    );
    const rules = await post(lab, '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: 'default' },
    });
    expect(rules.status.incomplete).toBe(false);
    expect(rules.status.resourceRules[0].resources).toContain('secrets');
  });

  test('what is no such review is refused', async () => {
    expect((await post(lab, ACCESS, { kind: 'Pod' })).code).toBe(400);
    expect((await post(lab, ACCESS, { kind: 'SelfSubjectAccessReview', spec: {} })).code).toBe(400);
    expect((await call(lab, ACCESS, { method: 'POST', body: '<html>' })).status).toBe(415);
    expect((await call(lab, ACCESS, { method: 'POST', body: 'x'.repeat(70_000) })).status).toBe(413);
  });

  test('a missing permission is refused in RBAC’s own words, wherever it is used', async () => {
    const narrow = await startLab('forbidden-secrets');
    const secrets = '/api/v1/namespaces/default/secrets';
    expect(await getJson(narrow, secrets)).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'secrets is forbidden: User "lab" cannot list resource "secrets" in API group "" in the namespace "default"',
    });
    expect((await getJson(narrow, `${secrets}/x`)).message).toBe(
      'secrets "x" is forbidden: User "lab" cannot get resource "secrets" in API group "" in the namespace "default"',
    );
    expect((await getJson(narrow, '/api/v1/secrets')).message).toBe(
      'secrets is forbidden: User "lab" cannot list resource "secrets" in API group "" at the cluster scope',
    );
    expect((await getJson(narrow, query(secrets, { watch: 'true' }))).message).toContain(
      'cannot watch resource',
    );
    expect((await ask(narrow, { verb: 'list', resource: 'secrets' })).status.allowed).toBe(false);
    expect((await getJson(narrow, PODS)).kind).toBe('PodList');
    await narrow.close();
  });

  test('a wrong token is 401, impersonation 403, a write 405', async () => {
    expect(JSON.parse((await call(lab, PODS, { token: 'wrong' })).text)).toMatchObject({
      code: 401,
      message: 'Unauthorized',
    });
    const impersonated = await call(lab, PODS, { headers: { 'impersonate-user': 'jane' } });
    expect(JSON.parse(impersonated.text).message).toContain('User "lab" cannot impersonate resource "users"');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await call(lab, POD, { method, body: '{}' });
      expect(JSON.parse(answer.text)).toMatchObject({ code: 405, reason: 'MethodNotAllowed' });
    }
    expect((await getJson(lab, POD)).kind).toBe('Pod');
  });
});

describe('proxies and metrics', () => {
  const proxied = (path: string) => call(lab, `/api/v1/namespaces/default${path}`);

  test('to a Service by port number, name, or neither, and to a pod', async () => {
    for (const target of [
      '/services/todo-chatbot-backend:8000/proxy',
      '/services/todo-chatbot-backend:http/proxy',
      '/services/http:todo-chatbot-backend:8000/proxy',
      '/services/todo-chatbot-backend/proxy',
      '/pods/todo-chatbot-backend-6d5f9c7b4d-2k4xp/proxy',
      '/pods/todo-chatbot-backend-6d5f9c7b4d-2k4xp:8000/proxy',
    ]) {
      const answer = await proxied(`${target}/api/health?x=1`);
      expect({ target, status: answer.status, healthy: answer.text.includes('"healthy"') }).toEqual({
        target,
        status: 200,
        healthy: true,
      });
    }
    expect(await proxied('/services/todo-chatbot-backend:8000/proxy/api/tasks')).toMatchObject({
      status: 401,
      text: '{"detail":"Not authenticated"}',
    });
  });

  test('what cannot be reached is 503, or 404', async () => {
    expect(
      JSON.parse((await proxied('/pods/todo-chatbot-backend-6d5f9c7b4d-2k4xp:9/proxy/')).text).message,
    ).toBe('error trying to reach service: dial tcp 10.244.0.5:9: connect: connection refused');
    expect((await proxied('/services/todo-chatbot-backend:99/proxy/')).status).toBe(503);
    expect((await proxied('/services/nope/proxy/')).status).toBe(404);
    const empty = await startLab('selector-mismatch');
    const answer = await getJson(
      empty,
      '/api/v1/namespaces/default/services/todo-chatbot-backend:8000/proxy/api/health',
    );
    expect(answer).toMatchObject({
      code: 503,
      message: 'no endpoints available for service "todo-chatbot-backend"',
    });
    await empty.close();
  });

  test('metrics of pods and nodes', async () => {
    const base = '/apis/metrics.k8s.io/v1beta1';
    const pods = await getJson(lab, `${base}/namespaces/default/pods`);
    expect(pods.kind).toBe('PodMetricsList');
    expect(pods.items[0].containers[0].usage).toEqual({ cpu: '3214567n', memory: '63488Ki' });
    expect((await getJson(lab, `${base}/nodes`)).items[0].metadata.name).toBe('minikube');
    expect((await getJson(lab, `${base}/nodes/nope`)).code).toBe(404);
  });

  test('without metrics-server there is no such group', async () => {
    const bare = await startLab();
    await bare.change((world) => {
      world.metrics = 'absent';
    });
    expect((await call(bare, '/apis/metrics.k8s.io/v1beta1/nodes')).status).toBe(404);
    expect((await getJson(bare, '/apis')).groups.map(({ name }: Json) => name)).not.toContain(
      'metrics.k8s.io',
    );
    await bare.close();
  });
});

test('HTTP/2: many requests on one connection', async () => {
  const { server, ca, token } = credentials(lab);
  const session = connect(server, { ca });
  const paths = [
    PODS,
    '/version',
    `${POD}/log?tailLines=1`,
    '/api/v1/namespaces/default/services/todo-chatbot-backend:8000/proxy/docs',
  ];
  const answers = await Promise.all(
    paths.map(
      (path) =>
        new Promise<{ status: number; text: string }>((resolve, reject) => {
          const request = session.request({ ':path': path, authorization: `Bearer ${token}` });
          let status = 0;
          let text = '';
          request.on('response', (headers) => (status = Number(headers[':status'])));
          request.on('data', (part: Buffer) => (text += part.toString()));
          request.on('end', () => resolve({ status, text }));
          request.on('error', reject);
        }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(answers[3]?.text).toContain('Swagger UI');
  session.destroy();
});
