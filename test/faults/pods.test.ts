/** What is inside pods cannot be had: exec refused or mute, logs that are hostile or endless. */
import { Readable, type Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { Res } from '../evidence/kubernetes/support.js';
import { status } from '../evidence/kubernetes/support.js';
import { expectDocumented } from './support/documented.js';
import { faultyApi, type Fault } from './support/faulty-api.js';
import { report, verify, type Told } from './support/verify.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

async function under(fault: Fault, ...argv: string[]): Promise<Told> {
  const api = await faultyApi(lab, fault);
  return report('--kubeconfig', api.kubeconfig, '--url', lab.url, ...argv);
}

describe('exec', () => {
  const IN_POD = ['network/service-dns', 'network/database-egress'];

  /** Refuses the WebSocket handshake. */
  const refusing =
    (code: number, body: string, type = 'application/json') =>
    (_: unknown, socket: Duplex) => {
      socket.end(
        `HTTP/1.1 ${code} No\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return true;
    };
  /** Accepts it, sends these frames (first byte: channel) and closes. */
  const sending =
    (...frames: string[]): Fault['upgrade'] =>
    (request, socket) => {
      const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
      server.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket) => {
        for (const frame of frames) webSocket.send(Buffer.from(frame));
        webSocket.close(1000);
      });
      return true;
    };
  const forbidden = status(
    403,
    'Forbidden',
    'pods "x" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"',
  );

  test.each<[string, Fault['upgrade']]>([
    ['exec is forbidden', refusing(403, JSON.stringify(forbidden))],
    [
      'exec: HTTP 400 instead of a WebSocket',
      refusing(
        400,
        JSON.stringify(status(400, 'BadRequest', 'you must specify at least 1 of stdin, stdout, stderr')),
      ),
    ],
    [
      'exec: HTTP 500 instead of a WebSocket',
      refusing(
        500,
        JSON.stringify(
          status(
            500,
            'InternalError',
            'error dialing backend: dial tcp 10.0.0.7:10250: connect: no route to host',
          ),
        ),
      ),
    ],
    ['exec: the connection closes without an exit code', sending('\u0001half')],
    ['exec: the exit code is not in a known form', sending('\u0003oops {')],
    [
      'exec: the connection is cut',
      (_, socket) => {
        socket.destroy();
        return true;
      },
    ],
  ])('%s', async (fault, upgrade) => {
    const told = await under({ upgrade }, '--only', [...IN_POD, 'pods'].join(','));
    expectDocumented(fault, told);
    expect(told.having('unknown').sort()).toEqual([...IN_POD].sort());
    expect(told.having('fail')).toEqual([]);
    expect(told.having('pass')).toContain('pods/ready');
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  test.each([
    ['No python3 and no sh in the image', (tools: string[]) => tools.splice(0)],
    ['No python3 in the image: sh is used', (tools: string[]) => tools.splice(tools.indexOf('python3'), 1)],
  ])('%s', async (fault, remove) => {
    const bare = await startLab();
    try {
      await bare.change(({ pods }) => {
        for (const { tools } of pods) remove(tools);
      });
      const told = await report(
        '--kubeconfig',
        bare.kubeconfigPath,
        '--url',
        bare.url,
        '--only',
        IN_POD.join(','),
      );
      expectDocumented(fault, told);
    } finally {
      await bare.close();
    }
  });

  test('--no-exec', async () => {
    let upgrades = 0;
    const told = await under(
      {
        upgrade: () => {
          upgrades += 1;
          return false;
        },
      },
      '--only',
      IN_POD.join(','),
      '--no-exec',
    );
    expectDocumented('--no-exec', told);
    expect(told.having('skip').sort()).toEqual([...IN_POD].sort());
    expect(upgrades).toBe(0);
  });
});

describe('logs', () => {
  const now = () => new Date().toISOString();
  const logging = (write: (response: Res) => void): Fault => ({
    answer: (request, response) => {
      if (!(request.url ?? '').includes('/log?')) return false;
      response.writeHead(200, { 'content-type': 'text/plain' });
      write(response);
      return true;
    },
  });
  const hostile = (): Buffer =>
    Buffer.concat([
      Buffer.from(`${now()} INFO: Database connection established\n${now()} ERROR \u0000 OperationalError `),
      Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
      Buffer.from(
        '\u001b[2J\u001b]0;owned\u0007\u001b[31mFORGED\u202e\u009b31m <script>alert(1)</script>\r\n',
      ),
    ]);
  /** What may act on a terminal, or hides the direction of text; a line break is all that a report may have. */

  const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

  test('Log with NUL, invalid UTF-8 and escape sequences', async () => {
    const api = await faultyApi(
      lab,
      logging((response) => response.end(hostile())),
    );
    const argv = ['--kubeconfig', api.kubeconfig, '--url', lab.url, '--only', 'functional/database-logs'];
    const told = await report(...argv);
    expectDocumented('Log with NUL, invalid UTF-8 and escape sequences', told);
    for (const format of ['text', 'wide', 'json', 'yaml', 'junit', 'markdown', 'github']) {
      const { stdout, stderr, exitCode } = await verify(...argv, '-o', format);
      expect(exitCode).toBe(told.exitCode);
      expect(stdout).toMatch(/OperationalError/);
      expect(stdout).not.toMatch(ACTIVE);
      // Markdown renders markup, except in code; in JUnit's CDATA it is text.
      if (format === 'markdown') expect(stdout.replace(/`[^`]*`/g, '')).not.toContain('<script>');
      expect(stderr).toBe('');
    }
  });

  test.each<[string, (response: Res) => void]>([
    [
      'Log with one line of 10 MB',
      (response) => {
        const tenth = 'x'.repeat(1 << 20);
        // Piece by piece: what a Node server has not sent yet may be no more than 10 MB in a session.
        const pieces = [`${now()} `, ...Array<string>(10).fill(tenth), '\n'];
        Readable.from(pieces)
          .on('error', () => undefined)
          .pipe(response);
      },
    ],
    [
      'Log without an end',
      (response) => {
        const line = Buffer.from(`${now()} INFO: nothing new\n`.repeat(500));
        const more = () => {
          while (response.write(line));
        };
        response.on('drain', more).on('error', () => undefined);
        more();
      },
    ],
    ['Log that never comes', () => undefined],
  ])('%s', async (fault, write) => {
    const told = await under(
      logging(write),
      '--only',
      'functional/database-logs',
      '--request-timeout',
      '900ms',
    );
    expectDocumented(fault, told);
    // Large answers at the same time, on one connection, must not end one another.
    if (fault !== 'Log that never comes') expect(told.stdout).not.toContain('could not be read');
    // What a log that was read in part does not say, the health endpoint says; a log that could not be read stays open.
    expect(told.having('pass')).toEqual(fault === 'Log that never comes' ? [] : ['functional/database-logs']);
    // What a log that was read in part does not say, the health endpoint says; a log that could not be read stays open.
    expect(told.having('pass')).toEqual(fault === 'Log that never comes' ? [] : ['functional/database-logs']);
    expect(told.stdout.length).toBeLessThan(20_000);
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});
