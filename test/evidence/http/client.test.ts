import { pbkdf2 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { probe, type ProbeOptions } from '../../../src/evidence/http/client.js';
import { ENDED_BY_ITSELF_MS } from '../../support/patience.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: net.Server, address = '127.0.0.1'): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return (server.address() as net.AddressInfo).port;
}

const serve = (respond: http.RequestListener) => listen(http.createServer(respond));
const raw = (respond: (socket: net.Socket) => void) => listen(net.createServer(respond));
const OPTIONS: ProbeOptions = {
  timeoutMs: 1000,
  connectTimeoutMs: 500,
  maxBytes: 1024 * 1024,
  signal: new AbortController().signal,
  clean: (text) => text,
};

const get = (port: number, options: Partial<ProbeOptions> = {}, path = '/api/health') =>
  probe(`http://127.0.0.1:${port}${path}`, { ...OPTIONS, ...options });

describe('a response', () => {
  test('JSON is parsed, sanitised and cleaned', async () => {
    const port = await serve((_request, response) => {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify({ status: 'healthy', note: 'a\u001b[31mred\u202e secret' }));
    });
    const exchange = await get(port, { clean: (text) => text.replaceAll('secret', '(hidden)') });
    expect(exchange).toMatchObject({ outcome: 'response', detail: '', status: 200, truncated: false });
    expect(exchange.json).toEqual({ status: 'healthy', note: 'ared (hidden)' });
    expect(exchange.body).not.toContain('secret');
    expect(exchange.ms).toBeGreaterThan(0);
  });

  test('time in which this process was busy is not the server’s', async () => {
    const port = await serve((_request, response) => response.end('ok'));
    // Name, connection, request and response: each is seen one turn of the event loop after the other.
    const answer = probe(`http://localhost:${port}/`, { ...OPTIONS, connectTimeoutMs: 60, timeoutMs: 150 });
    const busy = setInterval(() => {
      const until = performance.now() + 200;
      while (performance.now() < until);
    }, 0);
    expect((await answer.finally(() => clearInterval(busy))).outcome).toBe('response');
  });

  test('each request has a connection of its own', async () => {
    let connections = 0;
    const server = http.createServer((_request, response) => response.end('ok'));
    server.on('connection', () => connections++);
    const port = await listen(server);
    await Promise.all(Array.from({ length: 5 }, () => get(port)));
    for (let i = 0; i < 5; i++) await get(port);
    expect(connections).toBe(10);
  });

  const LOOPBACK = Object.values(networkInterfaces()).flatMap((list = []) =>
    list.flatMap(({ internal, address }) =>
      internal && /^(127\.0\.0\.1|::1)$/.test(address) ? [address] : [],
    ),
  );
  test.each(LOOPBACK)('localhost is this machine, here at %s', async (address) => {
    const hosts: unknown[] = [];
    const server = http.createServer(({ headers }, response) => {
      hosts.push(headers.host);
      response.end('ok');
    });
    const port = await listen(server, address);
    const answered: string[] = [];
    const onAnswer = (at: string) => answered.push(at);
    const exchange = await probe(`http://localhost:${port}/`, { ...OPTIONS, onAnswer });
    expect(exchange).toMatchObject({ outcome: 'response', status: 200 });
    expect(answered).toEqual([address]);
    expect(hosts).toEqual([`localhost:${port}`]);
  });

  test('localhost does not wait for names that are being looked up', async () => {
    const port = await serve((_request, response) => response.end('ok'));
    // Lookups and key derivation wait in the same queue.
    const threads = 4;
    let ended = 0;
    const derived = Array.from({ length: 3 * threads }, async () => {
      await promisify(pbkdf2)('word', 'salt', 200_000, 32, 'sha256');
      ended += 1;
    });
    const exchange = await probe(`http://localhost:${port}/`, {
      ...OPTIONS,
      connectTimeoutMs: 10_000,
      timeoutMs: 10_000,
    });
    const endedBefore = ended;
    await Promise.all(derived);
    expect(exchange.outcome).toBe('response');
    expect(endedBefore).toBeLessThan(2 * threads);
  });

  test('a redirect is not followed', async () => {
    let requests = 0;
    const port = await serve((_request, response) => {
      requests++;
      response.writeHead(307, { location: '/api/tasks/' }).end();
    });
    expect(await get(port)).toMatchObject({ outcome: 'response', status: 307, location: '/api/tasks/' });
    expect(requests).toBe(1);
  });

  test.each([
    ['{"status":', 'the body is not valid JSON'],
    ['<html>login</html>', 'the body is markup, not JSON'],
    ['', 'the body is empty'],
  ])('invalid JSON is told without quoting it: %j', async (body, jsonError) => {
    const port = await serve((_request, response) =>
      response.setHeader('content-type', 'application/json').end(body),
    );
    expect(await get(port)).toMatchObject({ outcome: 'response', json: undefined, jsonError });
  });

  test('JSON under another content type is not taken for JSON', async () => {
    const port = await serve((_request, response) =>
      response.setHeader('content-type', 'text/html').end('{}'),
    );
    expect(await get(port)).toMatchObject({
      json: undefined,
      jsonError: undefined,
      contentType: 'text/html',
    });
  });

  test('JSON nested a hundred thousand levels deep does no harm', async () => {
    const port = await serve((_request, response) =>
      response.setHeader('content-type', 'application/json').end('['.repeat(100_000) + ']'.repeat(100_000)),
    );
    expect(JSON.stringify((await get(port)).json)).toContain('(nested too deeply)');
  });

  test('an informational response before the real one is passed over', async () => {
    const port = await raw((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
      ),
    );
    expect(await get(port)).toMatchObject({ outcome: 'response', status: 200, body: 'ok' });
  });
});

describe('a body that is too much', () => {
  test('an endless body is cut at 1 MiB', async () => {
    let sent = 0;
    const port = await serve((_request, response) => {
      const chunk = Buffer.alloc(65536, 'x');
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    const exchange = await get(port);
    expect(exchange).toMatchObject({ outcome: 'response', status: 200, truncated: true });
    expect(exchange.body).toHaveLength(65536);
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  test('a gzip bomb is cut while it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const port = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    );
    const exchange = await get(port, { timeoutMs: 5000 });
    expect(exchange).toMatchObject({ outcome: 'response', truncated: true, json: undefined });
    expect(exchange.jsonError).toContain('too large');
  });

  test('gzip is unpacked, and said to be broken when it is', async () => {
    const good = await serve((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync('{"status":"ok"}')),
    );
    const broken = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    );
    expect((await get(good)).json).toEqual({ status: 'ok' });
    expect((await get(broken)).detail).toBe('the body is not valid gzip');
  });

  test('a slow drip ends at the bound of the whole exchange', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const begin = Date.now();
    expect(await get(port, { timeoutMs: 300 })).toMatchObject({
      outcome: 'body-timeout',
      detail: `127.0.0.1:${port} had not sent the whole body after 300 ms`,
    });
    expect(Date.now() - begin).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  test('a drip of headers is a time-out as well', async () => {
    const port = await raw((socket) => {
      const head = Array.from(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1000)}`);
      const timer = setInterval(() => socket.write(head.shift() ?? 'y'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    const exchange = await get(port, { timeoutMs: 200 });
    expect(exchange.outcome).toBe('timeout');
    expect(exchange.detail).toBe(
      `127.0.0.1:${port} accepted the connection but did not answer within 200 ms`,
    );
  });
});

describe('no response', () => {
  test('refused', async () => {
    const port = await raw(() => undefined);
    for (const close of closers.splice(0)) close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await get(port)).toMatchObject({
      outcome: 'refused',
      detail: `connection refused at 127.0.0.1:${port}`,
      status: undefined,
    });
  });

  test('accepted but never answered', async () => {
    const port = await raw(() => undefined);
    const exchange = await get(port, { timeoutMs: 200 });
    expect(exchange.outcome).toBe('timeout');
    expect(exchange.detail).toContain('did not answer within 200 ms');
  });

  test('reset before the answer', async () => {
    const port = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await get(port)).toMatchObject({
      outcome: 'reset',
      detail: `127.0.0.1:${port} closed the connection before it answered`,
    });
  });

  test('reset in the middle of the body', async () => {
    const port = await raw((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
        setTimeout(() => socket.resetAndDestroy(), 30);
      }),
    );
    expect(await get(port)).toMatchObject({
      outcome: 'reset',
      detail: `127.0.0.1:${port} closed the connection in the middle of the body`,
    });
  });

  test('closed in the middle of the body', async () => {
    const port = await raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
    );
    expect((await get(port)).outcome).toBe('reset');
  });

  test('another protocol', async () => {
    const port = await raw((socket) => socket.write('220 smtp.example.org ESMTP\r\n'));
    expect(await get(port)).toMatchObject({ outcome: 'not-http' });
  });

  test('a TLS alert to a plain request', async () => {
    const port = await raw((socket) =>
      socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 0x46]))),
    );
    const exchange = await get(port);
    expect(exchange.outcome).toBe('tls');
    expect(exchange.detail).toContain('speaks TLS');
  });

  test('a server that says that it expects TLS', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n'),
    );
    expect(await get(port)).toMatchObject({ outcome: 'tls', status: 400 });
  });

  test('a name that does not resolve', async () => {
    const exchange = await probe('http://no-such-host.invalid:30081/', {
      timeoutMs: 3000,
      connectTimeoutMs: 3000,
      maxBytes: 1024,
      signal: new AbortController().signal,
      clean: (text) => text,
    });
    expect(exchange.outcome).toBe('dns');
    expect(exchange.detail).toContain('no-such-host.invalid');
  });

  describe('TLS', () => {
    const fixture = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url));
    const serveTls = (certificate: string) => {
      const options = { key: fixture('server.key'), cert: fixture(certificate) };
      const server = https.createServer(options, (_request, response) => response.end('ok'));
      server.on('tlsClientError', () => undefined);
      return listen(server);
    };

    test('a server that hangs up on a plain request, because it speaks TLS', async () => {
      const port = await serveTls('server.crt');
      expect(await get(port)).toMatchObject({ outcome: 'tls', status: undefined });
    });

    test.each([
      ['self-signed.crt', 'the server’s certificate is self-signed'],
      ['server.crt', 'the server’s certificate is signed by an authority that is not trusted here'],
    ])('https with a certificate that is not trusted: %s', async (certificate, detail) => {
      const port = await serveTls(certificate);
      const exchange = await probe(`https://localhost:${port}/`, {
        timeoutMs: 2000,
        connectTimeoutMs: 2000,
        maxBytes: 1024,
        signal: new AbortController().signal,
        clean: (text) => text,
      });
      expect(exchange).toMatchObject({ outcome: 'tls', detail });
    });
  });

  test('https against a plain port', async () => {
    const port = await serve((_request, response) => response.end('ok'));
    const exchange = await probe(`https://127.0.0.1:${port}/`, {
      timeoutMs: 1000,
      connectTimeoutMs: 1000,
      maxBytes: 1024,
      signal: new AbortController().signal,
      clean: (text) => text,
    });
    expect(exchange.outcome).toBe('tls');
  });

  test('an aborted run rejects at once', async () => {
    const port = await raw(() => undefined);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('interrupted')), 50);
    const begin = Date.now();
    await expect(get(port, { signal: controller.signal })).rejects.toThrow('interrupted');
    expect(Date.now() - begin).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});
