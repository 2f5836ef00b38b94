/** The lanes over real sockets: every way in which a request can end, within its bound. */
import http from 'node:http';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Lane } from '../../src/evidence/http/lane.js';
import { SocketLane } from '../../src/evidence/http/socket-lane.js';
import { UndiciLane } from '../../src/evidence/http/undici-lane.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A TCP server that does this with each connection. @returns its port */
async function tcp(behave: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const OPTIONS = { timeoutMs: 300, headers: [['x-who', 'me']] as const };
type Make = (port: number) => Lane;
const makers: [string, Make][] = [
  [
    'SocketLane',
    (port) => new SocketLane({ host: '127.0.0.1', port, authority: `localhost:${port}` }, OPTIONS),
  ],
  ['UndiciLane', (port) => new UndiciLane(new URL(`http://127.0.0.1:${port}`), OPTIONS, false)],
];

/** Answers as soon as the request is there. */
const answering = (text: string, after: (socket: Socket) => void) => (socket: Socket) =>
  socket.once('data', () => {
    socket.write(text, 'latin1');
    after(socket);
  });
const nothing = () => undefined;

describe.each(makers)('%s', (_name, make) => {
  test('a response, with its times in order', async () => {
    const port = await tcp(
      answering('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-pod: a\r\n\r\n{}', (socket) => socket.end()),
    );
    const reply = await make(port).exchange('/api/health?x=1', true);
    expect(reply).toMatchObject({ outcome: 'response', status: 200, body: '{}' });
    expect(reply.head.toLowerCase()).toContain('\r\nx-pod: a\r\n');
    expect(reply.connectMs).toBeGreaterThan(0);
    expect(reply.firstByteMs).toBeGreaterThanOrEqual(reply.connectMs);
    expect(reply.totalMs).toBeGreaterThanOrEqual(reply.firstByteMs);
  });

  test('sends the path and the headers, and asks for the connection to be closed', async () => {
    let seen = '';
    const port = await tcp((socket) =>
      socket.once('data', (data) => {
        seen = data.toString();
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      }),
    );
    await make(port).exchange('/a?b=c', false);
    expect(seen).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\n/);
    expect(seen).toMatch(/^x-who: me\r$/m);
    expect(seen).toMatch(/^connection: close\r$/im);
  });

  test('each request has a connection of its own', async () => {
    let connections = 0;
    const server = http.createServer((_request, response) => response.end('ok'));
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const lane = make((server.address() as AddressInfo).port);
    for (let index = 0; index < 20; index += 1) {
      expect((await lane.exchange(`/${index}`, false)).outcome).toBe('response');
    }
    lane.close();
    expect(connections).toBe(20);
  });

  test.each([
    ['no answer at all', nothing, 'timeout'],
    [
      'a head and no end',
      answering('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab', nothing),
      'body-timeout',
    ],
    [
      'a body that drips forever',
      answering('HTTP/1.1 200 OK\r\n\r\n', (socket) => {
        const timer = setInterval(() => socket.write('x'), 20);
        socket.once('close', () => clearInterval(timer));
      }),
      'body-timeout',
    ],
    ['a reset', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()), 'reset'],
    ['a close before the answer', (socket: Socket) => socket.once('data', () => socket.end()), 'reset'],
    [
      'a close within the body',
      answering('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab', (socket) => socket.end()),
      'reset',
    ],
    ['something else than HTTP', answering('SSH-2.0-x\r\n', nothing), 'not-http'],
  ] as const)('%s', async (_what, behave, outcome) => {
    const port = await tcp(behave);
    expect(await make(port).exchange('/', false)).toMatchObject({ outcome, status: 0 });
  });

  test('a refused connection', async () => {
    const port = await tcp(nothing);
    await closers.pop()?.();
    expect(await make(port).exchange('/', false)).toMatchObject({ outcome: 'refused', status: 0 });
  });

  test('what is under way when the lane is closed is cut', async () => {
    const lane = make(await tcp(nothing));
    const reply = lane.exchange('/', false);
    setTimeout(() => lane.close(), 30);
    expect(await reply).toMatchObject({ outcome: 'cut' });
  });

  test('a mebibyte of an endless body is enough', async () => {
    const port = await tcp(
      answering('HTTP/1.1 200 OK\r\n\r\n', (socket) => {
        const block = 'x'.repeat(64 * 1024);
        const pump = () => {
          while (!socket.destroyed && socket.write(block));
        };
        socket.on('drain', pump);
        pump();
      }),
    );
    expect(await make(port).exchange('/', false)).toMatchObject({ outcome: 'response', status: 200 });
  });
});

test('one kept-open connection carries all requests', async () => {
  let connections = 0;
  const server = http.createServer((_request, response) => response.end('ok'));
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const lane = new UndiciLane(new URL(`http://127.0.0.1:${port}`), OPTIONS, true);
  const first = await lane.exchange('/', false);
  const second = await lane.exchange('/', false);
  for (let index = 0; index < 10; index += 1) await lane.exchange('/', false);
  lane.close();
  expect(connections).toBe(1);
  expect(first.connectMs).toBeGreaterThan(0);
  expect(second.connectMs).toBeNaN();
});

test('a certificate that is not trusted is an error of TLS', async () => {
  const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, '../fixtures/tls', name));
  const server = https.createServer(
    { cert: fixture('server.crt'), key: fixture('server.key') },
    (_q, response) => response.end('ok'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const lane = new UndiciLane(new URL(`https://127.0.0.1:${port}`), OPTIONS, false);
  expect(await lane.exchange('/', false)).toMatchObject({ outcome: 'tls' });
});
