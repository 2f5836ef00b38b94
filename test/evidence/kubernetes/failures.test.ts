import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { KubeconfigError, KubernetesError } from '../../../src/evidence/kubernetes/client.js';
import {
  apiServer,
  cleanUp,
  clientFor,
  failure,
  json,
  listen,
  never,
  pem,
  status,
  type Kind,
  TLS_FIXTURES,
} from './support.js';
import { ENDED_BY_ITSELF_MS } from '../../support/patience.js';

const PODS = '/api/v1/namespaces/default/pods';
/** Items as they came. */
const AS_SENT = { pick: (item: unknown) => item };
const SHORT = { requestTimeoutMs: 400 };

/** A server that does with each connection what a test wants. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<string> {
  return (await listen(createServer(onConnection), 'http')).url;
}

/** How long a promise took to settle, in milliseconds. */
async function timed<T>(promise: Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now();
  const value = await promise;
  return { value, ms: performance.now() - started };
}

describe('connections', () => {
  test('refused', async () => {
    const client = await clientFor('https://127.0.0.1:1');
    const error = await failure(client.list(PODS, never, AS_SENT));
    expect(error.why).toBe('unreachable');
    expect(error.message).toBe(
      'Cannot list pods in namespace "default": the server refuses connections; is the cluster running ' +
        '("minikube status"), and the context right? (https://127.0.0.1:1, context "test").',
    );
  });

  test('to a name that does not exist', async () => {
    const client = await clientFor('https://no-such-host.invalid:6443');
    const error = await failure(client.get('/version', never));
    expect(error.why).toBe('unreachable');
    expect(error.message).toMatch(
      /host name no-such-host\.invalid (does not exist in DNS|cannot be looked up)/,
    );
  });

  test('that nothing answers on (TLS handshake hangs) end at the bound', async () => {
    const url = (await rawServer(() => undefined)).replace('http:', 'https:');
    const client = await clientFor(url, {}, SHORT);
    const { value, ms } = await timed(failure(client.get('/version', never)));
    expect(value.why).toBe('timeout');
    expect(value.message).toContain('no connection within 400 ms');
    expect(ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  test('closed during the TLS handshake', async () => {
    const url = (await rawServer((socket) => socket.once('data', () => socket.destroy()))).replace(
      'http:',
      'https:',
    );
    const client = await clientFor(url);
    expect(await failure(client.get('/version', never))).toMatchObject({ why: 'unreachable' });
  });

  test('that speak no TLS', async () => {
    const server = await apiServer('http', (_, response) => json(response, 200, {}));
    const client = await clientFor(server.url.replace('http:', 'https:'), {});
    expect((await failure(client.get('/version', never))).message).toContain(
      'no TLS is spoken at this address',
    );
  });

  test('that speak something else than HTTP', async () => {
    const client = await clientFor(await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')));
    expect((await failure(client.get('/version', never))).message).toContain('the answer is not HTTP');
  });

  test('to a TLS port over http', async () => {
    const url = await rawServer((socket) =>
      socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'),
    );
    const client = await clientFor(url);
    expect((await failure(client.get('/version', never))).message).toContain('the server speaks https');
  });

  test('of a caller who gives up end at once', async () => {
    const server = await apiServer('h2', () => undefined);
    const client = await clientFor(server.url);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 150);
    const { value, ms } = await timed(failure(client.get('/version', controller.signal)));
    expect(value).toMatchObject({ why: 'not-collected' });
    expect(ms).toBeLessThan(ENDED_BY_ITSELF_MS);
    expect(await failure(client.get('/version', AbortSignal.timeout(50)))).toMatchObject({ why: 'timeout' });
    expect(await failure(client.get('/version', controller.signal))).toMatchObject({ why: 'not-collected' });
  });

  test('of a closed client are refused', async () => {
    const server = await apiServer('h2', (_, response) => json(response, 200, {}));
    const client = await clientFor(server.url);
    await client.close();
    expect(await failure(client.get('/version', never))).toBeInstanceOf(KubernetesError);
    expect(server.connections).toBe(0);
  });
});

describe('certificates', () => {
  test.each([
    ['expired.crt', {}, 'has expired'],
    ['self-signed.crt', {}, 'is self-signed and not trusted; check certificate-authority'],
    ['server.crt', { 'certificate-authority': join(TLS_FIXTURES, 'self-signed.crt') }, 'of an unknown CA'],
    ['other-host.crt', {}, 'is not for 127.0.0.1 but for DNS:kubernetes.example'],
    ['server.crt', { 'tls-server-name': 'kubernetes.example' }, 'is not for'],
  ])('%s, %j: %s', async (certificate, cluster, words) => {
    const server = await apiServer('h2', (_, response) => json(response, 200, {}), { certificate });
    const client = await clientFor(server.url, { cluster });
    const error = await failure(client.get('/version', never));
    expect(error.why).toBe('unreachable');
    expect(error.message).toContain(words);
    expect(server.requests).toEqual([]);
  });

  test('of another name are accepted with tls-server-name', async () => {
    const server = await apiServer('h2', (_, response) => json(response, 200, {}), {
      certificate: 'other-host.crt',
    });
    const client = await clientFor(server.url, { cluster: { 'tls-server-name': 'kubernetes.example' } });
    expect(await client.get('/version', never)).toEqual({});
  });

  test('are not looked at with insecure-skip-tls-verify, which the client tells', async () => {
    const server = await apiServer('h2', (_, response) => json(response, 200, {}), {
      certificate: 'expired.crt',
    });
    const cluster = { 'insecure-skip-tls-verify': true, 'certificate-authority': undefined };
    const client = await clientFor(server.url, { cluster });
    expect(client.insecureSkipTlsVerify).toBe(true);
    expect(await client.get('/version', never)).toEqual({});
  });

  test('that are no certificates are a fault of the kubeconfig', async () => {
    const cluster = { 'certificate-authority-data': Buffer.from('garbage').toString('base64') };
    await expect(clientFor('https://127.0.0.1:1', { cluster })).rejects.toThrow(KubeconfigError);
    const user = {
      'client-certificate-data': Buffer.from(pem('client.crt')).toString('base64'),
      'client-key-data': Buffer.from(pem('server.key')).toString('base64'),
    };
    await expect(clientFor('https://127.0.0.1:1', { user })).rejects.toThrow(/cannot be used/);
  });
});

describe.each<Kind>(['h2', 'https', 'http'])('answers over %s', (kind) => {
  test('that never begin', async () => {
    const server = await apiServer(kind, () => undefined);
    const client = await clientFor(server.url, {}, SHORT);
    const { value, ms } = await timed(failure(client.get('/version', never)));
    expect(value.why).toBe('timeout');
    expect(value.message).toContain('accepts connections, but did not answer within 400 ms');
    expect(ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  test('that drip', async () => {
    const server = await apiServer(kind, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    });
    const client = await clientFor(server.url, {}, SHORT);
    const { value, ms } = await timed(failure(client.get('/version', never)));
    expect(value.why).toBe('timeout');
    expect(value.message).toMatch(/not complete within 400 ms \(\d+ bytes came\)/);
    expect(ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  test('reset in the middle', async () => {
    const server = await apiServer(kind, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"items": [');
      setTimeout(() => server.cut(), 30);
    });
    const client = await clientFor(server.url);
    const error = await failure(client.list(PODS, never, AS_SENT));
    expect(error.why).toBe('unreachable');
    expect(error.message).toContain('reset before the answer was complete');
  });

  test('that are truncated JSON', async () => {
    const server = await apiServer(kind, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"items": [{"secret": "hunter2"');
    });
    const client = await clientFor(server.url);
    const error = await failure(client.list(PODS, never, AS_SENT));
    expect(error.why).toBe('failed');
    expect(error.message).toContain('is not JSON, or was cut off');
    expect(error.message).not.toContain('hunter2');
  });

  test.each([200, 403, 503])('that are an HTML page (HTTP %i)', async (code) => {
    const server = await apiServer(kind, (_, response) => {
      response.writeHead(code, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<html><body>Log in to ACME, hunter2</body></html>');
    });
    const client = await clientFor(server.url);
    const error = await failure(client.get('/version', never));
    expect(error.why).toBe('failed');
    expect(error.message).toContain('HTML instead of JSON');
    expect(error.message).not.toContain('hunter2');
  });
});

test('an answer without an end is cut at 64 MiB', async () => {
  const megabyte = Buffer.alloc(1 << 20, ' ');
  const server = await apiServer('http', (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      while (response.write(megabyte));
    };
    response.on('drain', more);
    more();
  });
  const client = await clientFor(server.url, {}, { requestTimeoutMs: 20_000 });
  const error = await failure(client.list(PODS, never, AS_SENT));
  expect(error.why).toBe('failed');
  expect(error.message).toContain('larger than 64 MiB');
}, 20_000);

describe('statuses', () => {
  async function answering(
    code: number,
    body: unknown,
    headers: Record<string, string> = {},
  ): ReturnType<typeof apiServer> {
    return apiServer('h2', (_, response) => json(response, code, body, headers));
  }

  test('403 names the permission that is missing', async () => {
    const message =
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"';
    const server = await answering(403, status(403, 'Forbidden', message));
    const client = await clientFor(server.url);
    const error = await failure(client.list(PODS, never, AS_SENT));
    expect(error).toMatchObject({
      why: 'forbidden',
      status: 403,
      access: { verb: 'list', group: '', resource: 'pods' },
    });
    expect(error.access?.clusterScoped).toBeUndefined();
    expect(error.message).toContain(message);
  });

  test.each([
    [
      '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods',
      { verb: 'list', group: 'metrics.k8s.io', resource: 'pods' },
    ],
    ['/api/v1/nodes', { verb: 'list', group: '', resource: 'nodes', clusterScoped: true }],
  ])('403 on %s without words still names it', async (path, access) => {
    const server = await answering(403, status(403, 'Forbidden', ''));
    const client = await clientFor(server.url);
    expect((await failure(client.list(path, never, AS_SENT))).access).toEqual(access);
  });

  test('401 says that the token expired, and when, but not the token', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url');
    const token = `eyJhbGciOiJSUzI1NiJ9.${claims}.c2lnbmF0dXJl`;
    const server = await answering(401, status(401, 'Unauthorized', 'Unauthorized'));
    const client = await clientFor(server.url, { user: { token } });
    const error = await failure(client.get('/version', never));
    expect(error).toMatchObject({ why: 'unauthorized', status: 401 });
    expect(error.message).toContain('the token expired at 2023-11-14T22:13:20.000Z');
    expect(error.message).not.toContain(claims);
  });

  test('a redirect is not followed, and only its origin is told', async () => {
    const target = await answering(200, {});
    const server = await answering(307, {}, { location: `${target.url}/login?ticket=hunter2` });
    const client = await clientFor(server.url);
    const error = await failure(client.get('/version', never));
    expect(error.message).toContain(`redirects to ${target.url} (HTTP 307), which is not followed`);
    expect(error.message).not.toContain('hunter2');
    expect(target.requests).toEqual([]);
  });

  test.each([429, 500, 503, 504])('%i is tried three times', async (code) => {
    const server = await answering(code, status(code, 'Busy', 'try later\u001b[2J\nFORGED'));
    const client = await clientFor(server.url);
    const error = await failure(client.list(PODS, never, AS_SENT));
    expect(error.status).toBe(code);
    expect(error.message).toContain('try later FORGED');
    expect(server.requests).toHaveLength(3);
  });

  test.each([400, 404, 409, 502])('%i is not repeated', async (code) => {
    const server = await answering(code, status(code, 'No', 'no'));
    const client = await clientFor(server.url);
    expect(await failure(client.list(PODS, never, AS_SENT))).toMatchObject({ status: code });
    expect(server.requests).toHaveLength(1);
  });

  test('a Retry-After beyond the bound is not waited for', async () => {
    const server = await answering(429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '30' });
    const client = await clientFor(server.url);
    const { value, ms } = await timed(failure(client.get('/version', never)));
    expect(value).toMatchObject({ status: 429 });
    expect(ms).toBeLessThan(ENDED_BY_ITSELF_MS);
    expect(server.requests).toHaveLength(1);
  });
});

test('a dead connection does not fail the calls after the one that found it', async () => {
  let frozen = false;
  const upstream = await apiServer('h2', (_, response) => json(response, 200, {}));
  const { connect } = await import('node:net');
  const relay = await listen(
    createServer((socket) => {
      const isFirst = relay.connections === 0;
      const out = connect(upstream.port, '127.0.0.1');
      cleanUp(() => void out.destroy());
      socket.on('data', (data) => (isFirst && frozen ? undefined : out.write(data)));
      out.on('data', (data) => socket.write(data));
    }),
    'https',
  );
  const client = await clientFor(relay.url, {}, SHORT);
  await client.get('/version', never);
  frozen = true;
  expect(await failure(client.get('/version', never))).toMatchObject({ why: 'timeout' });
  expect(await client.get('/version', never)).toEqual({});
  expect(relay.connections).toBe(2);
});

test.each(['../secrets/x', 'a%2fb', 'a?b', 'A', 'a b', '', 'x'.repeat(254), 'é'])(
  'the name %j goes nowhere',
  async (name) => {
    const server = await apiServer('h2', (_, response) => json(response, 200, {}));
    const client = await clientFor(server.url);
    const pod = { namespace: 'default', name, container: 'backend' };
    await failure(client.get(`${PODS}/${name}`, never));
    await failure(client.logs(pod, { limitBytes: 1 }, never));
    await failure(client.exec(pod, ['true'], { timeoutMs: 100, maxBytes: 1 }, never));
    await failure(client.portForward(pod, 80, never));
    await failure(client.proxy(`/api/v1/namespaces/default/pods/${name}:8000/proxy/`, 1, never));
    expect(server.requests).toEqual([]);
  },
);

test.each(['/../../nodes', '/a/%2e%2e/b', '/a#b', '/a\nb', '/a b'])(
  'the proxy path %j goes nowhere',
  async (path) => {
    const server = await apiServer('h2', (_, response) => json(response, 200, {}));
    const client = await clientFor(server.url);
    await failure(client.proxy(`/api/v1/namespaces/default/services/backend:8000/proxy${path}`, 1, never));
    expect(server.requests).toEqual([]);
  },
);
