import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { KubernetesClient } from '../../../src/evidence/kubernetes/client.js';
import { apiServer, clientFor, failure, json, never, status, type Kind, type Req } from './support.js';

const PODS = '/api/v1/namespaces/default/pods';
/** Items as they came. */
const AS_SENT = { pick: (item: unknown) => item };
const header = (request: Req, name: string): unknown => request.headers[name];

describe.each<Kind>(['h2', 'https', 'http'])('over %s', (kind) => {
  test('gets an object as plain JSON, with token and accept header', async () => {
    const seen: unknown[] = [];
    const server = await apiServer(kind, (request, response) => {
      seen.push(header(request, 'authorization'), header(request, 'accept'));
      json(response, 200, {
        kind: 'Pod',
        metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
      });
    });
    const client = await clientFor(server.url);
    const pod = await client.get(`${PODS}/a`, never);
    expect(pod).toEqual({ kind: 'Pod', metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } });
    // Without TLS nobody on the way may have it.
    const token = kind === 'http' ? undefined : 'Bearer secret-token';
    expect(seen).toEqual([token, 'application/json']);
    expect(server.requests).toEqual([`GET ${PODS}/a ${kind === 'h2' ? '2.0' : '1.1'}`]);
  });

  test('tells how far the server’s clock is ahead, and not a backend’s behind its proxy', async () => {
    const server = await apiServer(kind, ({ url = '' }, response) => {
      const aheadMs = url.includes('/proxy/') ? 86_400_000 : 300_000;
      response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
      json(response, 200, { kind: 'Pod', metadata: { name: 'a' } });
    });
    const client = await clientFor(server.url);
    expect(client.aheadMs).toBe(0);
    await client.proxy(`${PODS}/a:8000/proxy/api/health`, 1000, never);
    expect(client.aheadMs).toBe(0);
    await client.get(`${PODS}/a`, never);
    expect(Math.abs((client.aheadMs ?? 0) - 300_000)).toBeLessThan(5000);
  });

  test('an object that is not there is undefined', async () => {
    const server = await apiServer(kind, (_, response) =>
      json(response, 404, status(404, 'NotFound', 'pods "a" not found', { name: 'a', kind: 'pods' })),
    );
    const client = await clientFor(server.url);
    expect(await client.get(`${PODS}/a`, never)).toBeUndefined();
  });

  test.each([
    ['an unknown path', 'text/plain', '404 page not found'],
    [
      'an unknown resource',
      'application/json',
      JSON.stringify(status(404, 'NotFound', 'the server could not find the requested resource')),
    ],
  ])('%s is an inability to look, not an absence', async (_, type, body) => {
    const server = await apiServer(kind, (_request, response) => {
      response.writeHead(404, { 'content-type': type });
      response.end(body);
    });
    const client = await clientFor(server.url);
    const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
    expect(await failure(client.get(`${path}/x`, never))).toMatchObject({ why: 'not-found', status: 404 });
    expect(await failure(client.list(path, never, AS_SENT))).toMatchObject({ why: 'not-found', status: 404 });
  });

  test('posts a review', async () => {
    const server = await apiServer(kind, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () =>
        json(response, 201, {
          sent: JSON.parse(Buffer.concat(chunks).toString()) as unknown,
          method: request.method,
        }),
      );
    });
    const client = await clientFor(server.url);
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const answer = await client.review(path, { spec: { ö: 1 } }, never);
    expect(answer).toEqual({ sent: { spec: { ö: 1 } }, method: 'POST' });
  });

  test('calls one after the other share one connection', async () => {
    const server = await apiServer(kind, (_, response) => json(response, 200, {}));
    const client = await clientFor(server.url);
    for (let i = 0; i < 10; i += 1) await client.get('/version', never);
    expect(server.connections).toBe(1);
  });

  test('a read that is retried by its server’s wish waits as long as that says', async () => {
    let calls = 0;
    const server = await apiServer(kind, (_, response) => {
      calls += 1;
      if (calls === 1)
        json(response, 429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '1' });
      else json(response, 200, { ok: true });
    });
    const client = await clientFor(server.url);
    const started = performance.now();
    expect(await client.get('/version', never)).toEqual({ ok: true });
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  test('a connection that ended between two calls is replaced unseen', async () => {
    const server = await apiServer(kind, (request, response) => {
      json(response, 200, {});
      if (request.url === '/version') setTimeout(() => server.cut(), 20);
    });
    const client = await clientFor(server.url);
    await client.get('/version', never);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await client.get('/api', never);
    expect(server.connections).toBe(2);
  });
});

test('overlapping calls share one HTTP/2 connection', async () => {
  const server = await apiServer('h2', (_, response) => setTimeout(() => json(response, 200, {}), 30));
  const client = await clientFor(server.url);
  await Promise.all(Array.from({ length: 20 }, () => client.get('/version', never)));
  expect(server.connections).toBe(1);
});

test('on HTTP/1.1 a slow answer does not hold up other calls, and connections stay few', async () => {
  const server = await apiServer('https', (request, response) => {
    if (request.url !== '/livez') json(response, 200, {});
  });
  const client = await clientFor(server.url, {}, { requestTimeoutMs: 20_000 });
  const patience = new AbortController();
  const slow = expect(client.get('/livez', patience.signal)).rejects.toThrow('it was stopped before');
  await Promise.all(Array.from({ length: 20 }, () => client.get('/version', never)));
  patience.abort();
  await slow;
  expect(server.connections).toBeLessThanOrEqual(4);
});

test('a server URL with a path keeps it', async () => {
  const server = await apiServer('h2', (_, response) => json(response, 200, {}));
  const client = await clientFor(`${server.url}/k8s/clusters/c-1/`);
  expect(client.server).toBe(`${server.url}/k8s/clusters/c-1`);
  await client.get('/version', never);
  expect(server.requests).toEqual(['GET /k8s/clusters/c-1/version 2.0']);
});

describe('lists', () => {
  const url = (request: Req): URL => new URL(request.url ?? '', 'http://x');
  async function paged(
    pages: Record<string, object>,
  ): Promise<{ client: KubernetesClient; queries: string[] }> {
    const queries: string[] = [];
    const server = await apiServer('h2', (request, response) => {
      queries.push(url(request).search);
      const page = pages[url(request).searchParams.get('continue') ?? ''];
      if (page === undefined)
        json(response, 410, status(410, 'Expired', 'The provided continue parameter is too old'));
      else json(response, 200, page);
    });
    return { client: await clientFor(server.url), queries };
  }

  test('come in pages of 500, picked while they stream in', async () => {
    const { client, queries } = await paged({
      '': { metadata: { continue: 'a b' }, items: [{ n: 1, big: 'x' }] },
      'a b': { metadata: {}, items: [{ n: 2, big: 'x' }] },
    });
    const items = await client.list<{ n: number; big?: string }>(PODS, never, {
      labelSelector: 'app in (a,b),x=y',
      fieldSelector: 'status.phase=Running',
      pick: (item) => ({ n: (item as { n: number }).n }),
    });
    expect(items).toEqual([{ n: 1 }, { n: 2 }]);
    const selectors =
      'labelSelector=app%20in%20(a%2Cb)%2Cx%3Dy&fieldSelector=status.phase%3DRunning&limit=500';
    expect(queries).toEqual([`?${selectors}`, `?${selectors}&continue=a%20b`]);
  });

  test('without items are empty, whether Go wrote [] or null', async () => {
    const { client } = await paged({ '': { metadata: {}, items: null } });
    expect(await client.list(PODS, never, AS_SENT)).toEqual([]);
  });

  test('that expire while they are read start again once, without duplicates', async () => {
    let expired = false;
    const server = await apiServer('h2', (request, response) => {
      const token = url(request).searchParams.get('continue');
      if (token === null) json(response, 200, { metadata: { continue: 't' }, items: [1] });
      else if (!expired) {
        expired = true;
        json(response, 410, status(410, 'Expired', 'too old'));
      } else json(response, 200, { metadata: {}, items: [2] });
    });
    const client = await clientFor(server.url);
    expect(await client.list(PODS, never, AS_SENT)).toEqual([1, 2]);
  });

  test('that expire again are an error', async () => {
    const { client, queries } = await paged({ '': { metadata: { continue: 'gone' }, items: [1] } });
    expect(await failure(client.list(PODS, never, AS_SENT))).toMatchObject({ why: 'failed', status: 410 });
    expect(queries).toHaveLength(4);
  });

  test('that never end are an error', async () => {
    const { client } = await paged({
      '': { metadata: { continue: 'x' }, items: [1] },
      x: { metadata: { continue: 'x' }, items: [1] },
    });
    expect((await failure(client.list(PODS, never, AS_SENT))).message).toContain(
      'pages of this list do not end',
    );
  });

  test.each([[{ kind: 'Pod', metadata: {} }], [{ items: 'no' }], [[1]]])(
    'that are none are an error: %j',
    async (body) => {
      const { client } = await paged({ '': body });
      expect((await failure(client.list(PODS, never, AS_SENT))).message).toContain('not a list');
    },
  );

  test('of metadata only say so to the server', async () => {
    const accepts: unknown[] = [];
    const server = await apiServer('h2', (request, response) => {
      accepts.push(header(request, 'accept'));
      json(response, 200, { metadata: {}, items: [] });
    });
    const client = await clientFor(server.url);
    await client.list(PODS, never, { ...AS_SENT, metadataOnly: true });
    expect(accepts).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=1,application/json',
    ]);
  });
});

describe('logs', () => {
  const POD = { namespace: 'default', name: 'a', container: 'backend' };

  test('always carry timestamps and a limit', async () => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('2026-01-01T00:00:00Z hello\n');
    });
    const client = await clientFor(server.url);
    const options = { tailLines: 5, limitBytes: 1000, sinceTime: '2026-01-01T00:00:00Z', previous: true };
    expect(await client.logs(POD, options, never)).toEqual({
      text: '2026-01-01T00:00:00Z hello\n',
      truncated: false,
    });
    const [request = ''] = server.requests;
    const { pathname, searchParams } = new URL(request.split(' ')[1] ?? '', 'http://x');
    expect(pathname).toBe(`${PODS}/a/log`);
    expect(Object.fromEntries(searchParams)).toEqual({
      container: 'backend',
      timestamps: 'true',
      tailLines: '5',
      limitBytes: '1000',
      sinceTime: '2026-01-01T00:00:00Z',
      previous: 'true',
    });
  });

  test('without an end are cut at the limit', async () => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const timer = setInterval(() => response.write('x'.repeat(1000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const client = await clientFor(server.url);
    const log = await client.logs(POD, { limitBytes: 5000 }, never);
    expect(log).toEqual({ text: 'x'.repeat(5000), truncated: true });
  });

  test('with bytes that are not UTF-8 are text all the same', async () => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(200);
      response.end(Buffer.from([0x61, 0xff, 0xfe, 0x0a]));
    });
    const client = await clientFor(server.url);
    expect((await client.logs(POD, { limitBytes: 100 }, never)).text).toBe('a\ufffd\ufffd\n');
  });

  test('of a container that waits are an error with the server’s words', async () => {
    const message = 'container "backend" in pod "a" is waiting to start: ContainerCreating';
    const server = await apiServer('h2', (_, response) =>
      json(response, 400, status(400, 'BadRequest', message)),
    );
    const client = await clientFor(server.url);
    const error = await failure(client.logs(POD, { limitBytes: 100 }, never));
    expect(error).toMatchObject({ why: 'failed', status: 400 });
    expect(error.message).toContain(message);
  });

  test('that the node has removed are not taken for a log', async () => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('unable to retrieve container logs for containerd://0123');
    });
    const client = await clientFor(server.url);
    expect(await failure(client.logs(POD, { limitBytes: 100, previous: true }, never))).toMatchObject({
      why: 'failed',
    });
  });
});

describe('the API server’s proxy', () => {
  const PATH = '/api/v1/namespaces/default/services/backend:8000/proxy/api/tasks?x=1';

  test.each([
    [200, 'application/json', '{"status":"healthy"}'],
    [401, 'application/json', '{"detail":"Not authenticated"}'],
    [500, 'text/html', '<html>oops</html>'],
    [307, 'text/plain', ''],
  ])('gives the backend’s %i as a result, and asks once', async (code, type, body) => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(code, { 'content-type': type, location: 'https://example.com/' });
      response.end(body);
    });
    const client = await clientFor(server.url);
    const result = await client.proxy(PATH, 1000, never);
    expect(result).toMatchObject({ status: code, truncated: false });
    expect(result.headers['content-type']).toBe(type);
    expect(result.body.toString()).toBe(body);
    expect(server.requests).toEqual([`GET ${PATH} 2.0`]);
  });

  test.each<[string, string, Buffer, object]>([
    ['gzip', 'gzip', gzipSync('{"status":"healthy"}'), { body: '{"status":"healthy"}', truncated: false }],
    ['br', 'br', brotliCompressSync('{"status":"ok"}'), { body: '{"status":"ok"}', truncated: false }],
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(100_000, 'y')), { body: 'y'.repeat(1000), truncated: true }],
  ])('unpacks what a backend compresses unasked: %s', async (_name, encoding, sent, expected) => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
      response.end(sent);
    });
    const client = await clientFor(server.url);
    const { body, truncated } = await client.proxy(PATH, 1000, never);
    expect({ body: body.toString(), truncated }).toEqual(expected);
  });

  test.each([
    ['not gzip', 'gzip', 'the body is not valid gzip'],
    ['x', 'zstd', 'the body has a content encoding that is not known here'],
  ])('says that it cannot read %s as %s', async (sent, encoding, detail) => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      response.end(sent);
    });
    const client = await clientFor(server.url);
    const told = await failure(client.proxy(PATH, 1000, never));
    expect(told).toMatchObject({ why: 'unsupported' });
    expect(JSON.stringify(told) + (told as Error).message).toContain(detail);
  });

  test('caps the body', async () => {
    const server = await apiServer('h2', (_, response) => {
      response.writeHead(200);
      response.end('y'.repeat(100_000));
    });
    const client = await clientFor(server.url);
    const result = await client.proxy(PATH, 1000, never);
    expect(result).toMatchObject({ truncated: true });
    expect(result.body).toHaveLength(1000);
  });

  test.each([
    [
      403,
      status(403, 'Forbidden', 'services "backend" is forbidden'),
      { why: 'forbidden', access: { resource: 'services/proxy' } },
    ],
    [
      503,
      status(503, 'ServiceUnavailable', 'no endpoints available for service "backend"'),
      { why: 'failed', status: 503 },
    ],
  ])('tells the API server’s own %i from the backend’s', async (code, body, expected) => {
    const server = await apiServer('h2', (_, response) => json(response, code, body));
    const client = await clientFor(server.url);
    expect(await failure(client.proxy(PATH, 1000, never))).toMatchObject(expected);
  });
});
