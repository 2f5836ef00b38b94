import { connect, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { InputRefused, type KubernetesClient } from '../../../src/evidence/kubernetes/client.js';
import {
  apiServer,
  cleanUp,
  clientFor,
  failure,
  frame,
  never,
  status,
  streamServer,
  type Kind,
  type TestServer,
  type Upgrade,
} from './support.js';
import { ENDED_BY_ITSELF_MS } from '../../support/patience.js';

const POD = { namespace: 'default', name: 'backend-1', container: 'backend' };
const OPTIONS = { timeoutMs: 3000, maxBytes: 1000 };
const SUCCESS = JSON.stringify({ metadata: {}, status: 'Success' });

/** An API server that refuses to upgrade with this answer. */
async function refusingServer(code: number, body: string, type = 'application/json'): Promise<TestServer> {
  const server = await apiServer('h2', () => undefined);
  server.server.on('upgrade', (_request, socket: Socket) => {
    socket.end(
      `HTTP/1.1 ${code} No\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
  return server;
}

const nonZero = (code: unknown): string =>
  JSON.stringify({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'command terminated',
    details: { causes: [{ reason: 'ExitCode', message: code }] },
  });

describe('exec', () => {
  /** Runs `true` against a server that sends these frames and then closes. */
  async function execFrames(...frames: (Buffer | string)[]): ReturnType<KubernetesClient['exec']> {
    const server = await streamServer((socket) => {
      for (const one of frames) socket.send(one);
      socket.close();
    });
    const client = await clientFor(server.url);
    return client.exec(POD, ['true'], OPTIONS, never);
  }

  test.each<[string, Kind]>([
    ['v5.channel.k8s.io', 'h2'],
    ['v4.channel.k8s.io', 'https'],
    ['v4.channel.k8s.io', 'http'],
  ])('over %s (%s) tells outputs and exit code apart', async (protocol, kind) => {
    const upgrades: Upgrade[] = [];
    const server = await streamServer(
      (socket, upgrade) => {
        upgrades.push(upgrade);
        socket.send(frame(1, ''));
        socket.send(frame(2, ''));
        socket.send(frame(1, 'out: \u00e9'.slice(0, 5)));
        socket.send(frame(2, 'err'));
        socket.send(frame(1, 'more'));
        socket.send(frame(3, nonZero('42')));
        socket.close(1000);
      },
      [protocol],
      kind,
    );
    const client = await clientFor(server.url, {}, { as: 'bob', asGroup: ['g1', 'g2'] });
    const argv = ['sh', '-c', 'echo "$1" & exit', 'a b&c=d', '../x'];
    expect(await client.exec(POD, argv, OPTIONS, never)).toEqual({
      stdout: 'out: more',
      stderr: 'err',
      exitCode: 42,
    });
    const [upgrade] = upgrades;
    expect(upgrade?.protocol).toBe(protocol);
    expect(upgrade?.url.pathname).toBe('/api/v1/namespaces/default/pods/backend-1/exec');
    expect(upgrade?.url.searchParams.getAll('command')).toEqual(argv);
    expect(upgrade?.url.searchParams.get('container')).toBe('backend');
    expect(upgrade?.url.searchParams.get('stdin')).toBe('false');
    expect(upgrade?.headers).toMatchObject({
      'impersonate-group': 'g1, g2',
    });
    expect(upgrade?.headers.authorization).toBe(kind === 'http' ? undefined : 'Bearer secret-token');
  });

  test.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])(
    'over %s sends standard input as soon as it is open, and leaves it open',
    async (protocol) => {
      const upgrades: Upgrade[] = [];
      const received: Buffer[] = [];
      const server = await streamServer(
        (socket, upgrade) => {
          upgrades.push(upgrade);
          socket.on('message', (data: Buffer) => {
            received.push(data);
            socket.send(frame(1, `got ${data.length - 1}`));
            // What may still come has come by then.
            setTimeout(() => socket.send(frame(3, SUCCESS)), 50);
          });
        },
        [protocol],
      );
      const client = await clientFor(server.url);
      const stdin = 'program\n'.repeat(2000);
      const { stdout } = await client.exec(POD, ['python3'], { ...OPTIONS, stdin }, never);
      expect(stdout).toBe('got 16000');
      expect(received.map(String)).toEqual([`\0${stdin}`]);
      expect(upgrades[0]?.url.searchParams.get('stdin')).toBe('true');
    },
  );

  const withInput = { ...OPTIONS, stdin: 'x' };
  const denied = status(403, 'Forbidden', 'admission webhook "no-stdin.example.com" denied the request');
  test.each<[string, number, object]>([
    ['a bad request', 400, status(400, 'BadRequest', 'stdin is not allowed')],
    ['a method that is not allowed', 405, {}],
    ['content that is not understood', 422, {}],
    ['not implemented', 501, {}],
    ['denied by admission', 403, denied],
  ])('a server that refuses standard input is told from other failures: %s', async (_, code, body) => {
    const client = await clientFor((await refusingServer(code, JSON.stringify(body))).url);
    expect(await failure(client.exec(POD, ['x'], withInput, never))).toBeInstanceOf(InputRefused);
    expect(await failure(client.exec(POD, ['x'], OPTIONS, never))).not.toBeInstanceOf(InputRefused);
  });

  test('so is a connection that closes before the end of a command with input', async () => {
    const server = await streamServer((socket) => socket.on('message', () => socket.close(1003)));
    const client = await clientFor(server.url);
    const error = await failure(client.exec(POD, ['x'], withInput, never));
    expect(error).toBeInstanceOf(InputRefused);
    expect(error.message).toContain('closed (code 1003)');
  });

  const rbac =
    'pods "backend-1" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"';
  test.each<[number, object]>([
    [401, status(401, 'Unauthorized', 'Unauthorized')],
    [403, status(403, 'Forbidden', rbac)],
    [404, status(404, 'NotFound', 'pods "backend-1" not found')],
    [429, status(429, 'TooManyRequests', 'slow down')],
    [500, status(500, 'InternalError', 'container not found ("backend")')],
  ])('HTTP %i has nothing to do with it', async (code, body) => {
    const client = await clientFor((await refusingServer(code, JSON.stringify(body))).url);
    expect(await failure(client.exec(POD, ['x'], withInput, never))).not.toBeInstanceOf(InputRefused);
  });

  test('success is exit code 0', async () => {
    expect(await execFrames(frame(1, 'hi'), frame(3, SUCCESS))).toEqual({
      stdout: 'hi',
      stderr: '',
      exitCode: 0,
    });
  });

  test('a character split over two frames stays whole', async () => {
    const [first, second] = [Buffer.from([1, 0xc3]), Buffer.from([1, 0xa9])];
    expect((await execFrames(first, second, frame(3, SUCCESS))).stdout).toBe('\u00e9');
  });

  test.each([
    ['without a status', [frame(1, 'half')], 'closed (code 1005) before the command’s exit code came'],
    ['with a status that is not JSON', [frame(3, 'oops {')], 'in a form that is not known'],
    ['with a status that is no Status', [frame(3, '[]')], 'in a form that is not known'],
    ['without an exit code', [frame(3, nonZero('many'))], 'did not report its exit code'],
    [
      'after too much output',
      [frame(1, 'x'.repeat(600)), frame(2, 'y'.repeat(600))],
      'printed more than 1000 bytes',
    ],
  ])('%s is an error', async (_, frames, words) => {
    const error = await failure(execFrames(...frames));
    expect(error.why).toBe('failed');
    expect(error.message).toContain(
      'Cannot exec in container "backend" of pod "backend-1" in namespace "default": ',
    );
    expect(error.message).toContain(words);
  });

  test.each([
    [
      'containerd',
      [
        frame(
          3,
          JSON.stringify(
            status(
              500,
              'InternalError',
              'error executing command in container: exec: "sh": executable file not found in $PATH',
            ),
          ),
        ),
      ],
    ],
    [
      'docker',
      [
        frame(1, 'OCI runtime exec failed: exec failed: unable to start: "sh": executable file not found'),
        frame(3, nonZero('126')),
      ],
    ],
  ])('a program that is not in the image is `unsupported` (%s)', async (_, frames) => {
    const error = await failure(execFrames(...frames));
    expect(error.why).toBe('unsupported');
    expect(error.message).toContain('the command could not be started');
  });

  test('that hangs ends at its bound and leaves no connection', async () => {
    const server = await streamServer(() => undefined);
    const client = await clientFor(server.url);
    const started = performance.now();
    const error = await failure(client.exec(POD, ['sleep', '99'], { timeoutMs: 400, maxBytes: 10 }, never));
    expect(performance.now() - started).toBeLessThan(ENDED_BY_ITSELF_MS);
    expect(error).toMatchObject({ why: 'timeout' });
    expect(error.message).toContain('within 400 ms');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.open()).toBe(0);
  });

  test('whose upgrade is never answered ends at its bound', async () => {
    const server = await apiServer('h2', () => undefined);
    server.server.on('upgrade', () => undefined);
    const client = await clientFor(server.url);
    const error = await failure(client.exec(POD, ['x'], { timeoutMs: 300, maxBytes: 10 }, never));
    expect(error.message).toContain('accepts connections, but did not answer within 300 ms');
  });

  test('is ended by its caller', async () => {
    const server = await streamServer(() => undefined);
    const client = await clientFor(server.url);
    expect(await failure(client.exec(POD, ['x'], OPTIONS, AbortSignal.timeout(100)))).toMatchObject({
      why: 'timeout',
    });
  });

  test('whose connection is cut is an error', async () => {
    const server = await streamServer((socket) => socket.terminate());
    const client = await clientFor(server.url);
    expect((await failure(client.exec(POD, ['x'], OPTIONS, never))).message).toContain('closed (code 1006)');
  });

  test('that is forbidden names the permission that the server names', async () => {
    const message =
      'pods "backend-1" is forbidden: User "jane" cannot get resource "pods/exec" in API group "" in the namespace "default"';
    const server = await refusingServer(403, JSON.stringify(status(403, 'Forbidden', message)));
    const client = await clientFor(server.url);
    const error = await failure(client.exec(POD, ['x'], OPTIONS, never));
    expect(error).toMatchObject({
      why: 'forbidden',
      status: 403,
      access: { verb: 'get', group: '', resource: 'pods/exec' },
    });
  });

  test('that is forbidden without a word about the permission names it all the same', async () => {
    const body = JSON.stringify(status(403, 'Forbidden', 'pods "backend-1" is forbidden: '));
    const client = await clientFor((await refusingServer(403, body)).url);
    const { message } = await failure(client.exec(POD, ['x'], OPTIONS, never));
    expect(message).toContain(
      'it is forbidden: pods "backend-1" is forbidden; it takes permission to create pods/exec (',
    );
  });

  test.each([
    [
      400,
      JSON.stringify(status(400, 'BadRequest', 'container backend is not running')),
      'failed',
      'is not running',
    ],
    [
      404,
      JSON.stringify(status(404, 'NotFound', 'pods "backend-1" not found')),
      'not-found',
      'pods "backend-1" not found',
    ],
    [500, 'stack trace with hunter2', 'failed', 'HTTP 500 (internal error of the server)'],
  ])('refused with %i', async (code, body, why, words) => {
    const server = await refusingServer(code, body, body.startsWith('{') ? 'application/json' : 'text/plain');
    const client = await clientFor(server.url);
    const error = await failure(client.exec(POD, ['x'], OPTIONS, never));
    expect(error).toMatchObject({ why, status: code });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('hunter2');
  });

  test('of a server that speaks another protocol is `unsupported`', async () => {
    const server = await streamServer(() => undefined, []);
    const client = await clientFor(server.url);
    expect(await failure(client.exec(POD, ['x'], OPTIONS, never))).toMatchObject({ why: 'unsupported' });
  });

  test('to a server that refuses connections', async () => {
    const client = await clientFor('https://127.0.0.1:1');
    expect(await failure(client.exec(POD, ['x'], OPTIONS, never))).toMatchObject({ why: 'unreachable' });
  });
});

describe('port-forward', () => {
  const PORT = Buffer.from([0x40, 0x1f]);

  /** A pod that answers with what `answer` makes of each chunk; `undefined` is a kubelet error. */
  async function pod(
    answer: (chunk: Buffer) => Buffer | undefined,
  ): Promise<Awaited<ReturnType<typeof streamServer>>> {
    return streamServer(
      (socket) => {
        socket.send(Buffer.concat([Buffer.of(0), PORT]));
        socket.send(Buffer.concat([Buffer.of(1), PORT]));
        socket.on('message', (data: Buffer) => {
          const content = answer(data.subarray(1));
          socket.send(
            Buffer.concat([Buffer.of(content === undefined ? 1 : 0), content ?? Buffer.from('refused')]),
          );
        });
      },
      ['v4.channel.k8s.io'],
    );
  }

  /** Sends bytes to a local port and gives what came back until `length` bytes or the end. */
  async function roundTrip(port: number, data: Buffer, length: number): Promise<Buffer> {
    const socket = connect(port, '127.0.0.1');
    cleanUp(() => void socket.destroy());
    const chunks: Buffer[] = [];
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => resolve());
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        received += chunk.length;
        if (received >= length) resolve();
      });
      socket.write(data);
    });
    socket.destroy();
    return Buffer.concat(chunks);
  }

  test('carries connections side by side, megabytes included, each on its own', async () => {
    const server = await pod((chunk) => chunk);
    const client = await clientFor(server.url);
    const forward = await client.portForward(POD, 8000, never);
    const big = Buffer.alloc(5_000_000, 'abcdefghij');
    const [one, two] = await Promise.all([
      roundTrip(forward.localPort, big, big.length),
      roundTrip(forward.localPort, Buffer.from('hello'), 5),
    ]);
    expect(one.equals(big)).toBe(true);
    expect(two.toString()).toBe('hello');
    await forward.close();
    await expect(roundTrip(forward.localPort, Buffer.from('x'), 1)).rejects.toThrow('ECONNREFUSED');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.open()).toBe(0);
  });

  test('resets a connection that the pod does not accept', async () => {
    const server = await pod(() => undefined);
    const client = await clientFor(server.url);
    const forward = await client.portForward(POD, 8000, never);
    await expect(roundTrip(forward.localPort, Buffer.from('x'), 1)).rejects.toThrow('ECONNRESET');
    await forward.close();
  });

  test('that is forbidden fails before it listens', async () => {
    const server = await refusingServer(403, JSON.stringify(status(403, 'Forbidden', 'no')));
    const client = await clientFor(server.url);
    const error = await failure(client.portForward(POD, 8000, never));
    expect(error).toMatchObject({
      why: 'forbidden',
      access: { verb: 'create', group: '', resource: 'pods/portforward' },
    });
  });

  test('ends with its caller’s signal', async () => {
    const server = await pod((chunk) => chunk);
    const client = await clientFor(server.url);
    const controller = new AbortController();
    const forward = await client.portForward(POD, 8000, controller.signal);
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(roundTrip(forward.localPort, Buffer.from('x'), 1)).rejects.toThrow('ECONNREFUSED');
  });
});
