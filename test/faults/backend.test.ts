/** The backend's node port misbehaves: each way has its own message. */
import { gzipSync } from 'node:zlib';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Node, Service } from '../../src/evidence/objects.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { buildIfStale, start } from './support/program.js';
import { closed, filtered, http, raw, tls } from './support/backends.js';
import { expectDocumented } from './support/documented.js';
import { faultyApi } from './support/faulty-api.js';
import { report, type Told } from './support/verify.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

let lab: Lab;
beforeAll(async () => {
  buildIfStale();
  lab = await startLab();
}, 120_000);
afterAll(() => lab.close());

const FORBIDDEN = {
  ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Forbidden', code: 403 },
  message: 'services "todo-chatbot-backend" is forbidden: User "lab" cannot get resource "services/proxy"',
};

/** Verify where the Service's node port is this one, and the node is this machine: not at the address of a lab. */
async function onNodePort(port: number, ...argv: string[]): Promise<Told> {
  const api = await faultyApi(lab, {
    // The server that misbehaves stands for the backend: nothing may say by the proxy that it is another program.
    answer: (request, response) => {
      if (request.url?.includes('/proxy/') !== true) return false;
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify(FORBIDDEN));
      return true;
    },
    rewrite: (path, body: Service & { items?: Node[] }) => {
      if (/\/services\/[^/]+$/.test(path)) for (const each of body.spec.ports ?? []) each.nodePort = port;
      if (path.startsWith('/api/v1/nodes'))
        for (const { status } of body.items ?? [])
          if (status) status.addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
      return body;
    },
  });
  return report(
    ...['--kubeconfig', api.kubeconfig, '--via', 'nodeport', '--request-timeout', '1s'],
    ...['--set', `backend.service.nodePort=${port}`, '--only', 'functional'],
    ...argv,
  );
}

describe('no response', () => {
  test.each<[string, () => Promise<number>]>([
    ['Node port closed', closed],
    ['Node port accepts and never answers', () => raw(() => undefined)],
    [
      'Node port resets connections',
      () => raw((socket) => socket.once('data', () => socket.resetAndDestroy())),
    ],
    ['Node port speaks TLS', tls],
    ['Node port speaks something else', () => raw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))],
    [
      'Response that comes drop by drop',
      () =>
        http((_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          const timer = setInterval(() => response.write(' '), 40);
          response.on('close', () => clearInterval(timer));
        }),
    ],
    [
      'Connection reset in the middle of the body',
      () =>
        http((request, response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
          response.write('{"status": ');
          setTimeout(() => request.socket.resetAndDestroy(), 20);
        }),
    ],
  ])('%s', async (fault, listen) => {
    const told = await onNodePort(await listen());
    expectDocumented(fault, told);
    expect(told.having('fail')).toEqual(['functional/node-port']);
    expect(told.having('pass')).toEqual(['functional/database-logs']);
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  // Only Linux drops what does not fit into the queue of a listening socket.
  (process.platform === 'linux' ? test : test.skip)('Node port filtered (packets are dropped)', async () => {
    const port = await filtered();
    const api = await faultyApi(lab, {});
    const told = await report(
      ...['--kubeconfig', api.kubeconfig, '--url', `http://127.0.0.1:${port}`],
      ...['--request-timeout', '1s', '--only', 'functional'],
    );
    expectDocumented('Node port filtered (packets are dropped)', told);
    expect(told.having('pass')).toEqual(['functional/database-logs']);
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  // The kernel goes on trying for two minutes: no attempt may keep the process alive once the report is written.
  (process.platform === 'linux' ? test : test.skip).each(['verify', 'doctor', 'loadbalance'])(
    '…and %s ends with its report',
    async (command) => {
      const port = await filtered();
      const api = await faultyApi(lab, {});
      const { ended } = start([
        ...[command, '--kubeconfig', api.kubeconfig, '--url', `http://127.0.0.1:${port}`],
        ...['--request-timeout', '1s'],
      ]);
      // Ended by its limit of 30 s it would have none.
      expect((await ended).exitCode).toBe(1);
    },
    60_000,
  );
});

const json =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };

describe('a wrong response', () => {
  test.each<[string, RequestListener]>([
    ['Health endpoint answers 5xx', json(503, '{"status":"unhealthy"}')],
    ['Health endpoint answers 404', json(404, '{"detail":"Not Found"}')],
    ['Health endpoint redirects', json(307, '', { location: 'https://login.example/?next=/api/health' })],
    [
      'Health endpoint with the wrong content type',
      json(200, '<p>healthy</p>', { 'content-type': 'text/html' }),
    ],
    ['Health endpoint answers invalid JSON', json(200, '{"status": "healthy"')],
    ['Health endpoint answers an empty body', json(200, '')],
    ['Health endpoint answers what is not gzip', json(200, 'not gzip', { 'content-encoding': 'gzip' })],
  ])('%s', async (fault, listener) => {
    const told = await onNodePort(await http(listener));
    expectDocumented(fault, told);
    expect(told.having('fail')).toContain('functional/health');
    // It answers there, but no pod’s log and no answer through the API server’s proxy says that it is this backend.
    expect(told.having('unknown')).toContain('functional/node-port');
    expect(told.said('functional/health')).not.toContain('<p>');
  });

  test('Body of 1 GB', async () => {
    let sent = 0;
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(1 << 30) });
      const chunk = Buffer.alloc(1 << 16, ' ');
      const more = () => {
        while (response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    const before = process.memoryUsage().rss;
    const told = await onNodePort(port);
    expectDocumented('Body of 1 GB', told);
    // Cut at 1 MiB; what the kernel's buffers take on top of it, for a handful of requests, is all that leaves.
    expect(sent).toBeLessThan(256 << 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });

  test('gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(256 << 20));
    const before = process.memoryUsage().rss;
    const told = await onNodePort(
      await http(json(200, bomb as unknown as string, { 'content-encoding': 'gzip' })),
    );
    expectDocumented('gzip bomb', told);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });
});
