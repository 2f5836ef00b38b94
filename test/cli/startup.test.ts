import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { buildIfStale, ROOT, start } from '../faults/support/program.js';

/** Words that stand in the code of what starting must not load, and nowhere else in dist/. */
const MARKS = {
  '@kubernetes/client-node': 'loadFromClusterAndUser',
  zod: 'ZodError',
  listr2: 'ListrTask',
  undici: 'UND_ERR_CONNECT_TIMEOUT',
  yaml: 'YAMLParseError',
  'the lab': 'todo-k8s-lab',
  'the causes of the doctor': 'A migration of the database cannot run',
  'the writer of pages': '<!DOCTYPE html>',
};

let folder: string;

beforeAll(async () => {
  buildIfStale();
  folder = await mkdtemp(join(tmpdir(), 'todo-k8s-startup-'));
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

/** What a run of the shipped program has loaded: the marks that are in its files, and how many files those are. */
async function loadedBy(...argv: string[]): Promise<{ marks: string[]; files: number }> {
  const list = join(folder, 'loaded');
  const hook = join(ROOT, 'test/cli/loaded-files.cjs');
  const { exitCode, stderr } = await start(argv, { NODE_OPTIONS: `--require=${hook}`, LOADED_FILES: list })
    .ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const files = (await readFile(list, 'utf8'))
    .split('\n')
    .filter((file) => file.startsWith(join(ROOT, 'dist')));
  const code = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  return { marks: marksIn(code), files: files.length };
}

function marksIn(code: string): string[] {
  return Object.entries(MARKS)
    .filter(([, mark]) => code.includes(mark))
    .map(([name]) => name);
}

describe('what starting loads', () => {
  test('each mark is in the bundle', async () => {
    const chunks = join(ROOT, 'dist/chunks');
    const code = await Promise.all(
      (await readdir(chunks)).map((name) => readFile(join(chunks, name), 'utf8')),
    );
    expect(marksIn(code.join('\n'))).toEqual(Object.keys(MARKS));
  });

  test('each file is ASCII, of which V8 holds a character in one byte', async () => {
    const files = (await readdir(join(ROOT, 'dist'), { recursive: true })).filter((name) =>
      name.endsWith('.cjs'),
    );
    const bytes = await Promise.all(files.map((name) => readFile(join(ROOT, 'dist', name))));
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((_, index) => bytes[index]?.some((byte) => byte > 127))).toEqual([]);
  });

  test.each([['--version'], ['--help']])('%s: nothing of what the commands need', async (flag) => {
    const { marks, files } = await loadedBy(flag);
    expect(marks).toEqual([]);
    expect(files).toBeGreaterThan(1);
    expect(files).toBeLessThan(10);
  });

  test('verify: neither the generated client nor schema, live display, lab, causes or pages, and few files', async () => {
    const lab = await startLab('healthy');
    try {
      const { marks, files } = await loadedBy('verify', '--kubeconfig', lab.kubeconfigPath, '--url', lab.url);
      expect(marks).toEqual(['yaml']);
      expect(files).toBeLessThan(20);
    } finally {
      await lab.close();
    }
  });
});

/** What starts the program, with another one in place of dist/. */
async function startOther(name: string, main: string, env: NodeJS.ProcessEnv = process.env) {
  await cp(join(ROOT, 'bin'), join(folder, name, 'bin'), { recursive: true });
  await mkdir(join(folder, name, 'dist'));
  await writeFile(join(folder, name, 'dist/main.cjs'), main);
  const { status, stderr } = spawnSync(process.execPath, [join(folder, name, 'bin/run.js')], {
    encoding: 'utf8',
    env,
  });
  return { status, stderr };
}

test('a program that has nothing left to wait for before it is done has not ended well', async () => {
  expect(await startOther('endless', 'exports.main = () => new Promise(() => undefined);')).toEqual({
    status: 4,
    stderr: 'todo-k8s: internal error: ended before it was done\n',
  });
});

test('of the files of compiled code the newest are kept, and none of another name is touched', async () => {
  const cache = join(folder, 'cache/todo-k8s');
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const file = (age: number) => `code-v20.0.0-x64-${age}-other.bin${age % 2 === 0 ? '' : '.4711'}`;
  const old = Array.from({ length: 40 }, (_, age) => file(age));
  for (const [age, name] of [...old, 'apt.log'].entries()) {
    await writeFile(join(cache, name), '');
    const at = Date.now() / 1000 - 3600 * (age + 1);
    await utimes(join(cache, name), at, at);
  }
  const env = {
    ...process.env,
    XDG_CACHE_HOME: join(folder, 'cache'),
    NODE_DISABLE_COMPILE_CACHE: undefined,
  };
  expect(await startOther('quick', 'exports.main = async () => undefined;', env)).toMatchObject({
    status: 0,
  });
  const left = await readdir(cache);
  const own = left.filter((name) => name.startsWith(`code-${process.version}-`));
  expect(own).toHaveLength(1);
  expect(left.sort()).toEqual([...own, ...old.slice(0, 23), 'apt.log'].sort());
});

/** A door to the lab's API server that notes, for each connection, whether HTTP/2 was offered in its TLS handshake. */
async function door(lab: Lab): Promise<{ kubeconfig: string; offered: string[]; server: Server }> {
  const offered: string[] = [];
  const target = Number(new URL(lab.server).port);
  const server = createServer((client) => {
    const api = connect(target, '127.0.0.1');
    // The first message, the ClientHello, is not encrypted; `h2` stands in it as a length and two letters.
    client.once('data', (hello) => offered.push(hello.includes('\u0002h2') ? 'h2' : 'http/1.1'));
    client.on('error', () => api.destroy()).pipe(api);
    api.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, 'kubeconfig');
  const original = await readFile(lab.kubeconfigPath, 'utf8');
  await writeFile(kubeconfig, original.replace(lab.server, `https://127.0.0.1:${port}`));
  return { kubeconfig, offered, server };
}

describe('connections to the API server', () => {
  let lab: Lab;
  beforeAll(async () => (lab = await startLab('healthy')));
  afterAll(() => lab.close());

  test.each([
    ['all reads share one', ['--no-exec'], ['h2']],
    ['each exec has one of its own besides', [], ['h2', 'http/1.1', 'http/1.1']],
  ])('%s', async (_name, flags, expected) => {
    const { kubeconfig, offered, server } = await door(lab);
    try {
      const argv = ['verify', '--kubeconfig', kubeconfig, '--url', lab.url, '-o', 'json', ...flags];
      const { exitCode, stdout } = await start(argv).ended;
      expect(exitCode).toBe(0);
      const { checks } = JSON.parse(stdout) as { checks: { status: string }[] };
      expect(checks.filter(({ status }) => status === 'pass').length).toBeGreaterThan(40);
      expect(offered.sort()).toEqual([...expected].sort());
    } finally {
      server.close();
    }
  });
});
