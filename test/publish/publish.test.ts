import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TEMPLATE } from '../../src/publish/message.js';
import { publish, type PublishTarget } from '../../src/publish/publish.js';
import {
  apiServer,
  json,
  kubeconfig,
  never,
  status,
  type Handler,
  type Kind,
} from '../evidence/kubernetes/support.js';
import { failWithBlocked } from '../report/samples.js';
import { parseExposition } from '../report/exposition.js';

interface Seen {
  line: string;
  type: string;
  body: string;
}

/** A server that keeps what it was sent, and answers by `answer`. */
async function receiver(kind: Kind, answer: Handler): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const { url } = await apiServer(kind, (request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      seen.push({ line: `${method} ${path}`, type: String(headers['content-type']), body });
      answer(request, response);
    });
  });
  return { url, seen };
}

const clientFiles = (url: string) => ({ kubeconfig: kubeconfig(url) });
const ok: Handler = (_, response) => {
  response.writeHead(202);
  response.end();
};
const published = [{ report: failWithBlocked(), deployment: 'todo-chatbot-backend' }];
const run = (target: PublishTarget, connection: object = {}, redact = (text: string) => text) =>
  publish([target], published, {
    connection: { requestTimeoutMs: 5000, ...connection },
    redact,
    signal: never,
  });

describe('a Pushgateway', () => {
  test('is given the metrics as one group, which the next run replaces', async () => {
    const { url, seen } = await receiver('http', ok);
    expect(await run({ kind: 'pushgateway', url: new URL(`${url}/base/`) })).toEqual([]);
    const [{ line, body } = { line: '', body: '' }] = seen;
    const [, path = ''] = line.split(' ');
    expect(line).toMatch(/^PUT \/base\/metrics\/job\/todo-k8s\//);
    const labels = [...path.matchAll(/\/(\w+)@base64\/([\w=-]+)/g)].map(([, name = '', value = '']) => [
      name,
      Buffer.from(value, 'base64url').toString(),
    ]);
    expect(Object.fromEntries(labels)).toEqual({
      command: 'verify',
      context: 'minikube',
      namespace: 'default',
      release: 'todo-chatbot',
    });
    expect(parseExposition(body).get('todo_k8s_run_exit_code')?.samples[0]?.value).toBe(1);
  });

  test('that refuses is told with its words', async () => {
    const { url } = await receiver('http', (_, response) => {
      response.writeHead(400);
      response.end('pushed metrics are invalid: x\nmore');
    });
    const [problem] = await run({ kind: 'pushgateway', url: new URL(url) });
    expect(problem).toMatch(
      /^--publish pushgateway: 127\.0\.0\.1:\d+ answered HTTP 400: pushed metrics are invalid: x$/,
    );
  });
});

describe('a webhook', () => {
  const webhook = (url: string): PublishTarget => ({
    kind: 'webhook',
    url: new URL(`${url}/services/T0/SECRET-PATH?token=SECRET-TOKEN`),
    template: DEFAULT_TEMPLATE,
  });

  test('gets JSON', async () => {
    const { url, seen } = await receiver('http', ok);
    expect(await run(webhook(url))).toEqual([]);
    expect(seen.map(({ line, type }) => [line, type])).toEqual([
      ['POST /services/T0/SECRET-PATH?token=SECRET-TOKEN', 'application/json'],
    ]);
    expect((JSON.parse(seen[0]?.body ?? '') as { text: string }).text).toContain('failed');
  });

  test.each<[string, Handler]>([
    ['an error', (_, response) => response.writeHead(500) && response.end('no')],
    [
      'a redirect, which is not followed',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/x' }) && response.end(),
    ],
    ['a connection that breaks', (request) => request.socket.destroy()],
    [
      'an answer without an end',
      (_, response) => response.writeHead(404) && response.write('x'.repeat(100_000)),
    ],
  ])('%s is told, and nothing of its secret URL', async (_, answer) => {
    const { url, seen } = await receiver('http', answer);
    const problems = await run(webhook(url));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^--publish webhook: 127\.0\.0\.1/);
    expect(problems.join()).not.toContain('SECRET');
    expect(seen).toHaveLength(1);
  });

  test('gets no value of a Secret, not even where a message has one', async () => {
    const { url, seen } = await receiver('http', ok);
    const report = failWithBlocked();
    for (const check of report.checks) check.message = 'it says hunter2-hunter2';
    const redact = (text: string) => text.replaceAll('hunter2-hunter2', '(value hidden)');
    const context = { connection: { requestTimeoutMs: 5000 }, redact, signal: never };
    await publish(
      [
        { kind: 'webhook', url: new URL(url), template: '{"t": "{{problems}}{{next}}"}' },
        { kind: 'pushgateway', url: new URL(url) },
      ],
      [{ report, deployment: 'x' }],
      context,
    );
    expect(seen).toHaveLength(2);
    expect(JSON.stringify(seen)).not.toContain('hunter2');
  });
});

describe.each<Kind>(['h2', 'https'])('a Report, over %s', (kind) => {
  test('is applied in place: one call, by its name, as JSON that YAML is', async () => {
    const { url, seen } = await receiver(kind, (_, response) => json(response, 200, { kind: 'Report' }));
    expect(await run({ kind: 'report' }, clientFiles(url))).toEqual([]);
    expect(seen.map(({ line, type }) => [line, type])).toEqual([
      [
        'PATCH /apis/openreports.io/v1alpha1/namespaces/default/reports/todo-k8s-verify-todo-chatbot?fieldManager=todo-k8s&force=true',
        'application/apply-patch+yaml',
      ],
    ]);
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ kind: 'Report', source: 'todo-k8s' });
  });

  test('is a PolicyReport where only those are known', async () => {
    const { url, seen } = await receiver(kind, (request, response) => {
      if (request.url?.includes('wgpolicyk8s.io')) {
        json(response, 201, { kind: 'PolicyReport' });
        return;
      }
      response.writeHead(404, { 'content-type': 'text/plain' });
      return response.end('404 page not found\n');
    });
    expect(await run({ kind: 'report' }, clientFiles(url))).toEqual([]);
    expect(seen.map(({ line }) => line.split('/')[2])).toEqual(['openreports.io', 'wgpolicyk8s.io']);
  });

  test('that nobody knows is told, with what to install', async () => {
    const { url } = await receiver(kind, (_, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' });
      return response.end('404 page not found\n');
    });
    expect((await run({ kind: 'report' }, clientFiles(url))).join()).toMatch(
      /neither reports\.openreports\.io nor policyreports\.wgpolicyk8s\.io: install the CRDs/,
    );
  });

  test('that is forbidden names verb and resource, and no other API is tried', async () => {
    const { url, seen } = await receiver(kind, (_, response) =>
      json(
        response,
        403,
        status(403, 'Forbidden', 'reports.openreports.io is forbidden: User "x" cannot patch'),
      ),
    );
    expect((await run({ kind: 'report' }, clientFiles(url))).join()).toMatch(
      /patch reports\.openreports\.io/,
    );
    expect(seen).toHaveLength(1);
  });

  test('for a namespace that is gone is an error, not another API', async () => {
    const { url, seen } = await receiver(kind, (_, response) =>
      json(
        response,
        404,
        status(404, 'NotFound', 'namespaces "default" not found', { name: 'default', kind: 'namespaces' }),
      ),
    );
    expect((await run({ kind: 'report' }, clientFiles(url))).join()).toMatch(
      /namespaces "default" not found/,
    );
    expect(seen).toHaveLength(1);
  });
});

describe('of many releases', () => {
  const many = (...namespaces: string[]) =>
    namespaces.map((namespace) => {
      const report = failWithBlocked();
      return { report: { ...report, target: { ...report.target, namespace } }, deployment: 'backend' };
    });
  const runMany = (target: PublishTarget, all: ReturnType<typeof many>, url: string) =>
    publish([target], all, {
      connection: { requestTimeoutMs: 5000, ...clientFiles(url) },
      redact: (text) => text,
      signal: never,
    });

  test('one that is refused is named, and does not keep the others back', async () => {
    const refusal =
      'reports.openreports.io "x" is forbidden: unable to create new content in namespace b because it is being terminated';
    const { url, seen } = await receiver('https', (request, response) =>
      request.url?.includes('/namespaces/b/')
        ? json(response, 403, status(403, 'Forbidden', refusal))
        : json(response, 200, { kind: 'Report' }),
    );
    const problems = await runMany({ kind: 'report' }, many('a', 'b', 'c'), url);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^--publish report, b\/todo-chatbot: .*because it is being terminated/);
    expect(seen.map(({ line }) => /namespaces\/(\w)/.exec(line)?.[1])).toEqual(['a', 'b', 'c']);
  });

  test('each that is refused is tried, and the first ten are told', async () => {
    const namespaces = Array.from({ length: 13 }, (_, index) => `n${index}`);
    const { url, seen } = await receiver('https', (request, response) => {
      const [, namespace = ''] = /namespaces\/(\w+)/.exec(request.url ?? '') ?? [];
      json(response, 403, status(403, 'Forbidden', `cannot patch in the namespace "${namespace}"`));
    });
    const problems = await runMany({ kind: 'report' }, many(...namespaces), url);
    expect(seen).toHaveLength(13);
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('--publish report: 3 more releases refused');
  });

  test.each<PublishTarget['kind']>(['webhook', 'pushgateway'])(
    'a %s that is out of order is not asked two hundred times',
    async (kind) => {
      const { url, seen } = await receiver(
        'http',
        (_, response) => response.writeHead(500) && response.end(),
      );
      const target = { kind, url: new URL(url), template: DEFAULT_TEMPLATE } as PublishTarget;
      const problems = await runMany(target, many(...Array.from({ length: 200 }, (_, n) => `n${n}`)), url);
      expect(seen).toHaveLength(3);
      expect(problems.at(-1)).toBe(`--publish ${kind}: 197 more releases not tried`);
    },
  );

  test('one bad answer between good ones ends nothing', async () => {
    let asked = 0;
    const { url, seen } = await receiver('http', (_, response) => {
      asked += 1;
      response.writeHead(asked % 2 === 0 ? 500 : 202);
      response.end();
    });
    const webhook: PublishTarget = { kind: 'webhook', url: new URL(url), template: DEFAULT_TEMPLATE };
    expect(await runMany(webhook, many('a', 'b', 'c', 'd', 'e', 'f', 'g'), url)).toHaveLength(3);
    expect(seen).toHaveLength(7);
  });
});

describe('an Event', () => {
  test('is applied in place, about the Deployment that is there', async () => {
    const { url, seen } = await receiver('https', ({ method }, response) =>
      method === 'GET'
        ? json(response, 200, { kind: 'Deployment', metadata: { uid: '0f1c' } })
        : json(response, 200, { kind: 'Event' }),
    );
    expect(await run({ kind: 'event' }, clientFiles(url))).toEqual([]);
    expect(seen.map(({ line }) => line)).toEqual([
      'GET /apis/apps/v1/namespaces/default/deployments/todo-chatbot-backend',
      'PATCH /api/v1/namespaces/default/events/todo-chatbot-backend.todo-k8s-verify?fieldManager=todo-k8s&force=true',
    ]);
    expect(JSON.parse(seen[1]?.body ?? '')).toMatchObject({ kind: 'Event', involvedObject: { uid: '0f1c' } });
  });

  test('is made where there is no such Deployment, too', async () => {
    const { url, seen } = await receiver('https', ({ method }, response) =>
      method === 'GET'
        ? json(response, 404, status(404, 'NotFound', 'not found', { name: 'x', kind: 'deployments' }))
        : json(response, 201, { kind: 'Event' }),
    );
    expect(await run({ kind: 'event' }, clientFiles(url))).toEqual([]);
    expect(JSON.parse(seen[1]?.body ?? '')).not.toHaveProperty('involvedObject.uid');
  });

  test('that may not be written names verb and resource', async () => {
    const { url } = await receiver('https', ({ method }, response) =>
      method === 'GET'
        ? json(response, 200, { metadata: { uid: '0f1c' } })
        : json(response, 403, status(403, 'Forbidden', 'events is forbidden: User "x" cannot patch')),
    );
    expect((await run({ kind: 'event' }, clientFiles(url))).join()).toMatch(
      /^--publish event: .*patch events/,
    );
  });
});
