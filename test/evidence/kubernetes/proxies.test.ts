import { connect, createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cleanUp, clientFor, failure, frame, listen, never, streamServer } from './support.js';
import { ENDED_BY_ITSELF_MS } from '../../support/patience.js';

const POD = { namespace: 'default', name: 'backend-1', container: 'backend' };
const OPTIONS = { timeoutMs: 3000, maxBytes: 1000 };
const SUCCESS = JSON.stringify({ metadata: {}, status: 'Success' });

// Loading the client library from its sources takes seconds on a busy machine, and counts against a call's bound.
beforeAll(() => import('../../../src/evidence/kubernetes/client-node.js'));

describe('through a proxy', () => {
  /** An HTTP proxy that knows CONNECT, and a SOCKS5 proxy that knows names and addresses. */
  async function proxies(refuse = 0): Promise<{
    http: string;
    socks: string;
    tunnels: string[];
    /** That the SOCKS proxy was asked to resolve. */
    names: string[];
  }> {
    const tunnels: string[] = [];
    const names: string[] = [];
    const join = (socket: Socket, host: string, port: number, hello: Buffer | string): void => {
      tunnels.push(`${host}:${port}`);
      const out = connect(port, host, () => {
        socket.write(hello);
        socket.pipe(out).pipe(socket);
      });
      out.on('error', () => socket.destroy());
      socket.on('error', () => out.destroy());
      cleanUp(() => void out.destroy());
    };
    const http = await listen(
      createServer((socket) =>
        socket.once('data', (data) => {
          const [, host = '', port = ''] = /^CONNECT ([^:]+):(\d+) /.exec(data.toString('latin1')) ?? [];
          if (refuse > 0) socket.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`);
          else join(socket, host, Number(port), 'HTTP/1.1 200 OK\r\n\r\n');
        }),
      ),
      'http',
    );
    const socks = await listen(
      createServer((socket) =>
        socket.once('data', () => {
          socket.write(Buffer.of(5, 0));
          socket.once('data', (request) => {
            const port = request.readUInt16BE(request.length - 2);
            // 1: an IPv4 address, 3: a name, for the proxy to resolve.
            if (request[3] === 3) names.push(request.subarray(5, request.length - 2).toString());
            join(socket, '127.0.0.1', port, Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          });
        }),
      ),
      'socks5',
    );
    return { http: http.url, socks: socks.url, tunnels, names };
  }

  test.each(['http', 'socks'] as const)(
    '%s: calls and exec pass, TLS is checked end to end',
    async (kind) => {
      const server = await streamServer((socket) => {
        socket.send(frame(1, 'hi'));
        socket.send(frame(3, SUCCESS));
      });
      const { tunnels, http, socks } = await proxies();
      const urls = { http, socks };
      const client = await clientFor(server.url, { cluster: { 'proxy-url': urls[kind] } });
      await client.get('/version', never);
      await client.get('/version', never);
      expect(tunnels).toEqual([`127.0.0.1:${server.port}`]);
      expect(server.requests).toEqual(['GET /version 2.0', 'GET /version 2.0']);
      expect((await client.exec(POD, ['x'], OPTIONS, never)).stdout).toBe('hi');
      expect(tunnels).toHaveLength(2);
    },
  );

  test.each(['socks5', 'socks5h'])(
    '%s: the proxy resolves the name, which nobody here knows',
    async (scheme) => {
      const server = await streamServer(() => undefined);
      const { socks, names } = await proxies();
      const client = await clientFor(`https://kubernetes.invalid:${server.port}`, {
        cluster: { 'proxy-url': socks.replace('socks5', scheme), 'tls-server-name': '127.0.0.1' },
      });
      expect(await client.get('/version', never)).toEqual({});
      expect(names).toEqual(['kubernetes.invalid']);
    },
  );

  test('that refuses is named, without its password', async () => {
    const { http } = await proxies(407);
    const proxy = http.replace('//', '//user:hunter2@');
    const client = await clientFor('https://127.0.0.1:1', { cluster: { 'proxy-url': proxy } });
    const error = await failure(client.get('/version', never));
    expect(error.why).toBe('unreachable');
    expect(error.message).toContain(`the proxy ${http} did not connect to it (HTTP 407)`);
    expect(error.message).not.toContain('hunter2');
  });

  test('that is not there is named', async () => {
    const client = await clientFor('https://127.0.0.1:1', { cluster: { 'proxy-url': 'http://127.0.0.1:2' } });
    const error = await failure(client.get('/version', never));
    expect(error.message).toContain('the proxy http://127.0.0.1:2 did not connect to it (ECONNREFUSED)');
  });

  test.each(['http', 'socks5'])('that hangs (%s) does not hold up beyond the bound', async (scheme) => {
    const { port } = await listen(
      createServer(() => undefined),
      'http',
    );
    const cluster = { 'proxy-url': `${scheme}://127.0.0.1:${port}` };
    const client = await clientFor('https://127.0.0.1:1', { cluster }, { requestTimeoutMs: 500 });
    await failure(client.get('/version', never));
    const started = performance.now();
    expect((await failure(client.get('/version', never))).why).toMatch(/timeout|unreachable/);
    expect(performance.now() - started).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});
