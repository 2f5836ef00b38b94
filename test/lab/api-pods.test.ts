/** Logs, permissions, proxies and metrics of the API server, over real TLS; and all of it over HTTP/2. */
import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { call, credentials, getJson, names, parsed, query, stream } from './support.js';

const PODS = '/api/v1/namespaces/default/pods';
const POD = `${PODS}/todo-chatbot-backend-6d5f9c7b4d-2k4xp`;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

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
    expect(parsed(await log({ sinceTime: 'yesterday' }))).toMatchObject({ code: 400 });
  });

  test('following', async () => {
    const follow = stream(lab, query(`${POD}/log`, { follow: 'true', tailLines: '1' }));
    await follow.next();
    await lab.change(({ pods }) => pods[0]?.log.append('INFO:     something new'));
    expect(await follow.next()).toBe('INFO:     something new');
    follow.close();
  });

  test('of a container that there is not, and of a run before', async () => {
    expect(parsed(await log({ container: 'nope' })).message).toBe(
      'container nope is not valid for pod todo-chatbot-backend-6d5f9c7b4d-2k4xp',
    );
    expect(parsed(await log({ previous: 'true' })).message).toBe(
      'previous terminated container "backend" in pod "todo-chatbot-backend-6d5f9c7b4d-2k4xp" not found',
    );
  });

  test('of a container that waits, and of one that crashed', async () => {
    const stuck = await startLab('image-pull');
    const [pod] = (await getJson(stuck, query(PODS, { fieldSelector: 'status.phase=Pending' }))).items;
    expect((await getJson(stuck, `${PODS}/${pod.metadata.name}/log`)).message).toMatch(
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
    parsed((await call(target, path, { method: 'POST', body: JSON.stringify(body) })).text);
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
    expect(parsed((await call(lab, PODS, { token: 'wrong' })).text)).toMatchObject({
      code: 401,
      message: 'Unauthorized',
    });
    const impersonated = await call(lab, PODS, { headers: { 'impersonate-user': 'jane' } });
    expect(parsed(impersonated.text).message).toContain('User "lab" cannot impersonate resource "users"');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await call(lab, POD, { method, body: '{}' });
      expect(parsed(answer.text)).toMatchObject({ code: 405, reason: 'MethodNotAllowed' });
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
    expect(parsed((await proxied('/pods/todo-chatbot-backend-6d5f9c7b4d-2k4xp:9/proxy/')).text).message).toBe(
      'error trying to reach service: dial tcp 10.244.0.5:9: connect: connection refused',
    );
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
    expect((await getJson(bare, '/apis')).groups.map(({ name }) => name)).not.toContain('metrics.k8s.io');
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
