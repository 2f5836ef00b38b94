import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseInPodOutput } from '../../../src/evidence/in-pod/output.js';
import { podProgram, type InPodTool } from '../../../src/evidence/in-pod/program.js';
import { parseTargets, targetsProgram, type InPodTargets } from '../../../src/evidence/in-pod/targets.js';
import { ENDED_BY_ITSELF_MS } from '../../support/patience.js';
import { runProgram } from '../../support/run-program.js';
import { slowResolver } from '../../support/slow-resolver.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(onSocket: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

/** A PostgreSQL that answers SSLRequest, and nothing else, with one byte. */
const postgres = (answer: string) =>
  listen((socket) =>
    socket.once('data', (data) => {
      if (data.toString('hex') === '0000000804d2162f') socket.end(answer);
      else socket.destroy();
    }),
  );

async function closedPort(): Promise<number> {
  const port = await listen(() => undefined);
  closers.pop()?.();
  return port;
}

async function run(tool: InPodTool, targets: InPodTargets, seconds?: number, env = process.env) {
  const { stdout, stderr, ms } = await runProgram(targetsProgram(tool, targets, seconds), env);
  return { stdout, stderr, seconds: ms / 1000, value: parseInPodOutput(stdout, tool, targets) };
}

const has = (program: string) => spawnSync(program, ['-c', ':'], { stdio: 'ignore' }).error === undefined;
const tools: InPodTool[] = (['python3', 'sh'] as const).filter((tool) => {
  const found = tool === 'python3' ? spawnSync('python3', ['--version']).error === undefined : has('sh');
  if (!found) console.log(`skipped: the in-pod program for ${tool}, because ${tool} is not installed`);
  return found;
});

/** Of the machine that the tests run on; undefined where its file system of processes says nothing. */
const FIRST_PROCESS_UID = existsSync('/proc/1/status')
  ? Number(/^Uid:\t\d+\t(\d+)/m.exec(readFileSync('/proc/1/status', 'utf8'))?.[1])
  : undefined;

describe.each(tools)('the program for %s', (tool) => {
  test('measures DNS, TCP, SSLRequest and the user', async () => {
    const [yes, no, odd, silent, closed] = await Promise.all([
      postgres('S'),
      postgres('N'),
      postgres('E'),
      listen((socket) => socket.once('data', () => socket.end())),
      closedPort(),
    ]);
    const at = (port: number) => ({ host: '127.0.0.1', port });
    const { value, stderr } = await run(tool, {
      names: ['localhost', 'no-such-host.invalid'],
      endpoints: [yes, no, odd, silent, closed].map(at),
    });
    expect(stderr).toBe('');
    expect(value?.uid).toBe(process.getuid?.());
    expect(value?.processUid).toBe(FIRST_PROCESS_UID);
    expect(value?.dns[0]?.addresses).toContain('127.0.0.1');
    expect(value?.dns[0]?.error).toBeUndefined();
    expect(value?.dns[1]).toMatchObject({ addresses: [], error: expect.stringMatching(/^dns: /) as unknown });
    expect(value?.tcp.map(({ connected }) => connected)).toEqual([true, true, true, true, false]);
    expect(value?.tcp[4]?.error).toBe('refused: Connection refused');
    expect(value?.tls.map(({ answer }) => answer)).toEqual(['S', 'N', 'other', 'none', 'not-tried']);
    expect(value?.unmeasured).toBeUndefined();
  });

  test('a host whose name does not resolve', async () => {
    const endpoints = [{ host: 'no-such-host.invalid', port: 5432 }];
    const { value } = await run(tool, { names: [], endpoints });
    expect(value?.tcp[0]).toMatchObject({
      connected: false,
      error: expect.stringMatching(/^dns: /) as unknown,
    });
    expect(value?.tls[0]?.answer).toBe('not-tried');
  });

  test('a server that never answers costs no more than the bound', async () => {
    const mute = await listen(() => undefined);
    const { value, seconds } = await run(
      tool,
      { names: [], endpoints: [{ host: '127.0.0.1', port: mute }] },
      4,
    );
    expect(value?.tcp[0]?.connected).toBe(true);
    expect(value?.tls[0]?.answer).toBe('none');
    expect(seconds * 1000).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  test('what varies is data, never program', async () => {
    const mark = join(tmpdir(), `todo-k8s-injected-${process.pid}`);
    const hostile = `$(touch ${mark})\`id\`;"; import os #`;
    const { stdout } = await run(tool, { names: [hostile], endpoints: [] });
    expect(stdout).not.toMatch(/uid=\d/);
    expect(existsSync(mark)).toBe(false);
  });
});

describe('a resolver that never answers', () => {
  const targets = { names: [], endpoints: [{ host: 'db.example.net', port: 5432 }] };
  const late = [
    { connected: false, error: expect.stringMatching(/^dns: no answer within \d s$/) as unknown },
  ];

  (tools.includes('sh') ? test : test.skip)('sh: the lookup is late, not the database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'todo-k8s-resolver-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'getent'), '#!/bin/sh\nexec sleep 20\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    expect((await run('sh', targets, 4, env)).value?.tcp).toMatchObject(late);
  });

  const python = tools.includes('python3') ? test : test.skip;
  python('python3: it is not waited for, where no DNS server answers anything', async () => {
    const { env, close } = await slowResolver(20, false);
    closers.push(close);
    const { value, seconds } = await run('python3', targets, 20, { ...process.env, ...env });
    expect(value?.tcp).toMatchObject(late);
    expect(seconds * 1000).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  python('python3: a lookup that is late has its time, where a DNS server answers', async () => {
    const { env, close } = await slowResolver(4, true);
    closers.push(close);
    const endpoints = [{ host: '127.0.0.1', port: await postgres('S') }];
    const { value } = await run('python3', { names: ['localhost'], endpoints }, 20, {
      ...process.env,
      ...env,
    });
    expect(value?.dns).toMatchObject([{ name: 'localhost', error: undefined }]);
    expect(value?.tls).toMatchObject([{ answer: 'S' }]);
  });
});

describe('an image that lacks tools', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'todo-k8s-tools-'));
    for (const name of ['sh', 'id', 'date']) {
      const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      symlinkSync(found, join(folder, name));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('without getent and bash it says what it could not measure', async () => {
    const targets = { names: ['localhost'], endpoints: [{ host: '127.0.0.1', port: 1 }] };
    const { value } = await run('sh', targets, undefined, { PATH: folder });
    expect(value).toMatchObject({
      uid: process.getuid?.(),
      processUid: FIRST_PROCESS_UID,
      dns: [],
      tcp: [],
      tls: [],
      unmeasured: [
        { what: 'dns', reason: 'no getent in the image' },
        { what: 'tcp', reason: 'no python3 and no bash in the image' },
      ],
    });
  });
});

describe('what is asked for', () => {
  const targets: InPodTargets = {
    names: ['backend', 'backend.default.svc.cluster.local'],
    endpoints: [{ host: 'db.example.net', port: 5432 }],
  };

  test.each(['python3', 'sh'] as const)('%s: can be read back', (tool) => {
    expect(parseTargets(targetsProgram(tool, targets))).toEqual(targets);
  });

  test('of another program it cannot', () => {
    expect(parseTargets(podProgram('sh', ['cgroup.sh'], []))).toBeUndefined();
    expect(parseTargets({ tool: 'python3', text: 'print(1)', args: ['8', 'dns', 'x'] })).toBeUndefined();
  });

  test('the program itself is the same whatever is measured', () => {
    const other = targetsProgram('sh', { names: [], endpoints: [] });
    expect(targetsProgram('sh', targets).text).toBe(other.text);
  });
});

describe('output', () => {
  const targets: InPodTargets = { names: ['a'], endpoints: [{ host: 'h', port: 1 }] };

  test('what was printed before the program was cut short counts', () => {
    const stdout =
      '{"kind":"uid","uid":0}\n{"kind":"dns","name":"a","addresses":["10.0.0.1"],"error":null,"ms":1}\n{"kind":"tc';
    expect(parseInPodOutput(stdout, 'sh', targets)).toEqual({
      tool: 'sh',
      uid: 0,
      dns: [{ name: 'a', addresses: ['10.0.0.1'], error: undefined, ms: 1 }],
      tcp: [],
      tls: [],
    });
  });

  test.each([
    ['nothing', ''],
    ['other words', 'Python 2.7\nTraceback'],
    ['a line of another form', '{"kind":"dns","name":1}'],
    ['JSON that is not an object', 'null\n3\n[]'],
  ])('%s is no output', (_name, stdout) => {
    expect(parseInPodOutput(stdout, 'sh', targets)).toBeUndefined();
  });

  test('an address that is none, and a target that was not asked for, are not believed', () => {
    const stdout = [
      '{"kind":"dns","name":"a","addresses":["<script>"],"error":null,"ms":1}',
      '{"kind":"dns","name":"evil","addresses":["10.0.0.1"],"error":null,"ms":1}',
      '{"kind":"end"}',
    ].join('\n');
    expect(parseInPodOutput(stdout, 'sh', targets)?.dns).toEqual([]);
  });
});
