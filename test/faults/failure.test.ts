/** What nobody expected to fail: exit code 4 and one line, everywhere. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failureText } from '../../src/cli/failure.js';
import { expectDocumented } from './support/documented.js';
import { buildIfStale, ROOT, shell, start } from './support/program.js';

const hasFull = process.platform === 'linux';
const STACK = /\n\s+at /;

beforeAll(() => buildIfStale(), 120_000);

describe('what is told of an error', () => {
  test.each<[string, unknown, string]>([
    ['its first line', new Error('no such pod\nsecond line'), 'internal error: no such pod'],
    ['nothing that acts on a terminal', new Error('\u001b]0;title\u0007a\u202eb\tc'), 'internal error: ab c'],
    ['what is no error', 'thrown as text', 'internal error: thrown as text'],
    ['nothing at all', undefined, 'internal error: undefined'],
    ['an object', { secret: 'x' }, 'internal error: [object Object]'],
    ['an endless line', new Error('x'.repeat(1e6)), `internal error: ${'x'.repeat(500)}`],
    ['without a message', new Error(''), 'internal error: '],
  ])('%s', (_name, error, text) => expect(failureText(error)).toBe(text));

  test.each(['EMFILE', 'ENFILE'])('%s is told as what the user can do', (code) => {
    const error = Object.assign(new Error(`${code}: too many open files, open '/x'`), { code });
    expect(failureText(error)).toMatch(/^too many files are open: .*ulimit -n/);
  });
});

(hasFull ? describe : describe.skip)('stdout is a full disk', () => {
  test.each([
    '--version',
    '--help',
    'verify --help',
    'help doctor',
    'autocomplete script bash',
    'checks list',
    'checks explain pods/ready',
    'checks role',
    'contract schema',
    'contract init -',
    'lab list',
    'lab',
    'verify --lab --only cluster',
    'doctor memory --lab',
    'loadbalance --lab --requests 2',
  ])('%s', async (line) => {
    const outcome = await shell(`$TODO ${line} > /dev/full`).ended;
    expectDocumented('stdout cannot be written (disk full)', outcome);
    expect(outcome.stderr).toBe('todo-k8s: cannot write to stdout: the disk is full\n');
  });

  test.each([
    ['diff a b', 'todo-k8s: a: there is no such file\n'],
    ['verify --kubeconfig /nowhere', expect.stringContaining('/nowhere')],
    ['verify --bogus', expect.stringContaining('--bogus')],
    ['verfy', expect.stringContaining('verify')],
  ])('%s stays wrong usage: nothing was to be written there', async (line, stderr) => {
    expect(await shell(`$TODO ${line} > /dev/full`).ended).toMatchObject({ exitCode: 2, stderr });
  });

  test('stderr on a full disk changes no exit code', async () => {
    const lines = [
      'diff a b 2> /dev/full',
      'verfy 2> /dev/full',
      '--version 2> /dev/full',
      '--version &> /dev/full',
    ];
    const outcomes = await Promise.all(lines.map((line) => shell(`$TODO ${line}`).ended));
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 0, 4]);
  });
});

test.each(['--version', '--help', 'verify --help', 'checks list', 'lab list', 'contract schema'])(
  'the reader of %s goes away: nothing is told',
  async (line) => {
    const { stdout, stderr } = await shell(`$TODO ${line} | true; echo "exit \${PIPESTATUS[0]}"`).ended;
    expect({ stdout, stderr }).toEqual({ stdout: 'exit 0\n', stderr: '' });
  },
);

test('--lab without a folder for temporary files', async () => {
  const outcome = await start(['verify', '--lab'], { TMPDIR: '/nowhere' }).ended;
  expectDocumented('--lab without a folder for temporary files', outcome);
});

describe('a defect', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'todo-k8s-failure-'));
    cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
    for (const part of ['package.json', 'oclif.manifest.json', 'dist'])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs `contract schema` with this as what it does. */
  function withCommand(body: string, env: Record<string, string> = {}) {
    mkdirSync(join(folder, 'dist/commands/contract'), { recursive: true });
    writeFileSync(
      join(folder, 'dist/commands/contract/schema.cjs'),
      `exports.default = class { static id = 'contract:schema'; static async run() { ${body} } };`,
    );
    const { PATH = '', HOME = '' } = process.env;
    // Few files may be open, so that one of the defects is to use them up.
    const line = `ulimit -n 64; exec ${process.execPath} ${join(folder, 'bin/run.js')} contract schema`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
      encoding: 'utf8',
      env: { PATH, HOME, ...env },
    });
    return { status, stdout, stderr };
  }
  const said = { status: 4, stdout: '', stderr: 'todo-k8s: internal error: it broke\n' };

  test.each([
    ['is thrown by a command', 'throw new TypeError("it broke\\nat length")'],
    [
      'is thrown later',
      'setImmediate(() => { throw new Error("it broke"); }); await new Promise((r) => setTimeout(r, 5000))',
    ],
    [
      'is a rejection that nobody awaits',
      'Promise.reject(new Error("it broke")); await new Promise((r) => setTimeout(r, 5000))',
    ],
    ['is an error event', 'new (require("node:events"))().emit("error", new Error("it broke"))'],
    [
      'is two',
      'setImmediate(() => { throw new Error("it broke"); }); setImmediate(() => { throw new Error("after it"); }); await new Promise((r) => setTimeout(r, 5000))',
    ],
    [
      'is a socket’s whose other side went away',
      'throw Object.assign(new Error("it broke"), { code: "EPIPE", syscall: "write" })',
    ],
  ])('%s', (_name, body) => expect(withCommand(body)).toEqual(said));

  test('The program itself has a defect', () => {
    const { status, ...outcome } = withCommand('throw new RangeError("it broke")');
    expectDocumented('The program itself has a defect', { ...outcome, exitCode: status ?? -1, ms: 0 });
  });

  test('No more files may be open', () => {
    const { status, ...outcome } = withCommand('for (;;) require("node:fs").openSync("/dev/null")');
    expectDocumented('No more files may be open', { ...outcome, exitCode: status ?? -1, ms: 0 });
    expect(outcome.stderr).not.toMatch(STACK);
  });

  test('its stack only where DEBUG asks for it', () => {
    const { status, stderr } = withCommand('throw new Error("it broke")', { DEBUG: '1' });
    expect(status).toBe(4);
    expect(stderr).toMatch(STACK);
  });

  test('a command that cannot be loaded', () => {
    writeFileSync(join(folder, 'dist/commands/contract/schema.cjs'), 'require("./nothing-there.cjs")');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(folder, 'bin/run.js'), 'contract', 'schema'],
      { encoding: 'utf8' },
    );
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toMatch(/^todo-k8s: internal error: .*nothing-there/m);
    expect(stderr).not.toMatch(STACK);
  });

  test('a program that is not whole', () => {
    writeFileSync(join(folder, 'dist/main.cjs'), 'require("./chunks/nothing-there.cjs")');
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/run.js')], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toMatch(/^todo-k8s: cannot start: MODULE_NOT_FOUND .*nothing-there.*\n$/);
  });
});
