/** The cache of compiled code: V8 runs what it is given without checking it, so it is given nothing unproven. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buildIfStale, ROOT } from '../faults/support/program.js';

/** Users without an entry in passwd. */
const USER = 12_345;
const OTHER = 54_321;
const isRoot = process.geteuid?.() === 0;
const asRoot = isRoot ? test : test.skip;

let folder: string;
let home: string;
/** A program of a few lines in place of dist/, so that hundreds of starts take seconds. */
let small: string;

const SMALL_MAIN = `
const words = ['it', 'is', 'itself'];
function said(list) { return list.map((word, index) => index + word).join(' '); }
exports.main = async () => { process.stdout.write(said(words) + '\\n'); };
`;
const SMALL_SAYS = '0it 1is 2itself\n';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'todo-k8s-cache-')));
  chmodSync(folder, 0o755);
  small = join(folder, 'small');
  cpSync(join(ROOT, 'bin'), join(small, 'bin'), { recursive: true });
  mkdirSync(join(small, 'dist'));
  writeFileSync(join(small, 'dist/main.cjs'), SMALL_MAIN);
  execFileSync('chmod', ['-R', 'a+rX', folder]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'));
  if (isRoot) chownSync(home, USER, USER);
});

interface Start {
  program?: string;
  argv?: string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
}

interface Outcome {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Digests of the machine code that V8 was given. */
  handed: string[];
}

let starts = 0;

/** Starts a program as USER, or as who runs the tests where that is not root. */
async function start({ program = small, argv = [], env = {}, cwd = folder }: Start = {}): Promise<Outcome> {
  starts += 1;
  const log = join(folder, `handed-${starts}`);
  writeFileSync(log, '');
  if (isRoot) chownSync(log, USER, USER);
  const hook = join(folder, 'handed-code.cjs');
  if (!existsSync(hook)) cpSync(join(ROOT, 'test/cli/handed-code.cjs'), hook);
  const child = spawn(process.execPath, [join(program, 'bin/run.js'), ...argv], {
    cwd,
    env: { HOME: home, NODE_OPTIONS: `--require=${hook}`, HANDED_CODE: log, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isRoot ? { uid: USER, gid: USER } : {}),
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
  return new Promise((resolve) => {
    child.on('close', (status, signal) => {
      const handed = readFileSync(log, 'utf8').split('\n').filter(Boolean);
      rmSync(log);
      resolve({ status, signal, ...said, handed: handed.map((line) => line.split(' ')[0] ?? '') });
    });
  });
}

const well = { status: 0, signal: null, stdout: SMALL_SAYS, stderr: '' };
const cacheIn = (base: string) => join(base, 'todo-k8s');
const usual = () => cacheIn(join(home, '.cache'));

/** The one file of the cache. @throws Error when there is none, or another one */
function fileIn(cache: string): string {
  const names = readdirSync(cache);
  if (names.length !== 1) throw new Error(`${cache} holds ${names.join(', ') || 'nothing'}`);
  return join(cache, names[0] ?? '');
}

/** Digest of the machine code that a cache of the small program holds. */
function codeOf(bytes: Buffer): string {
  const start = 4 + bytes.readUInt32LE(0);
  const index = JSON.parse(bytes.subarray(4, start).toString()) as Record<string, [number, number]>;
  const [at, length] = index['main.cjs'] ?? [0, 0];
  return createHash('sha256')
    .update(bytes.subarray(start + at, start + at + length))
    .digest('hex');
}

/** Fills the cache and says which code is good. */
async function filled(
  env: Record<string, string> = {},
  cache = usual(),
): Promise<{ file: string; good: string }> {
  expect(await start({ env })).toMatchObject({ ...well, handed: [] });
  const file = fileIn(cache);
  return { file, good: codeOf(readFileSync(file)) };
}

/** Puts something in the place of a file, as USER would have it. */
function put(file: string, bytes: Buffer | string): void {
  rmSync(file, { force: true });
  writeFileSync(file, bytes, { mode: 0o600 });
  if (isRoot) chownSync(file, USER, USER);
}

test('the second start takes what the first one kept, and writes nothing', async () => {
  const { file, good } = await filled();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(usual()).mode & 0o777).toBe(0o700);
  utimesSync(file, 1e9, 1e9);
  expect(await start()).toEqual({ ...well, handed: [good] });
  expect(statSync(file).mtimeMs).toBe(1e12);
});

test('NODE_DISABLE_COMPILE_CACHE: none', async () => {
  expect(await start({ env: { NODE_DISABLE_COMPILE_CACHE: '1' } })).toEqual({ ...well, handed: [] });
  expect(readdirSync(home)).toEqual([]);
});

describe('damage: V8 never sees it, and it is mended', () => {
  /** Starts with the damaged file in place, then once more. */
  async function expectMended(file: string, good: string, damaged: Buffer | string): Promise<void> {
    put(file, damaged);
    const first = await start();
    expect(first).toMatchObject(well);
    expect(first.handed.filter((digest) => digest !== good)).toEqual([]);
    const mended = codeOf(readFileSync(file));
    expect(await start()).toEqual({ ...well, handed: [mended] });
  }

  test('one flipped bit, at 200 places', async () => {
    const { file } = await filled();
    const bytes = readFileSync(file);
    let place = 0;
    // Four homes at a time; the first bytes are the layout's own.
    const places = Array.from({ length: 200 }, (_, index) =>
      index < 40 ? index : Math.floor((index * bytes.length) / 200),
    );
    const worker = async () => {
      const own = mkdtempSync(join(folder, 'home-'));
      if (isRoot) chownSync(own, USER, USER);
      expect(await start({ env: { HOME: own } })).toMatchObject(well);
      const cached = fileIn(cacheIn(join(own, '.cache')));
      for (let index = place++; index < places.length; index = place++) {
        const before = readFileSync(cached);
        const good = codeOf(before);
        const at = places[index] ?? 0;
        before[at] = (before[at] ?? 0) ^ (1 << (index % 8));
        put(cached, before);
        const outcome = await start({ env: { HOME: own } });
        expect({ at, ...outcome }).toMatchObject({ at, ...well });
        expect(outcome.handed.filter((digest) => digest !== good)).toEqual([]);
        expect({ at, isMended: !readFileSync(cached).equals(before) }).toEqual({ at, isMended: true });
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  }, 120_000);

  test('holes, truncation, nothing, another text, an endless index', async () => {
    const { file, good } = await filled();
    const bytes = readFileSync(file);
    const withHole = Buffer.from(bytes).fill(0, bytes.length - 600, bytes.length - 100);
    await expectMended(file, good, withHole);
    for (const length of [0, 3, 4, 50, bytes.length - 1])
      await expectMended(file, good, readFileSync(file).subarray(0, length));
    await expectMended(file, good, 'not a cache at all');
    const endless = Buffer.from(bytes);
    endless.writeUInt32LE(0xffffffff);
    await expectMended(file, good, endless);
    put(file, '');
    truncateSync(file, 5_000_000_000);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(file).size).toBeLessThan(10_000);
  });

  test.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['wrong types', '{"main.cjs":[null,"x",{}]}'],
    ['a negative start', '{"main.cjs":[-1000000,100,""]}'],
    ['a huge length', '{"main.cjs":[0,1e300,""]}'],
    ['no digest', '{"main.cjs":[0,4]}'],
  ])('an index of %s', async (_name, index) => {
    const { file, good } = await filled();
    const size = Buffer.alloc(4);
    size.writeUInt32LE(index.length);
    await expectMended(file, good, Buffer.concat([size, Buffer.from(index), Buffer.from('code')]));
  });

  test('the code of another version of the source, of the same length, at the same time', async () => {
    const program = join(folder, 'versions');
    cpSync(small, program, { recursive: true });
    const main = join(program, 'dist/main.cjs');
    // As npm unpacks every file of every version.
    const packed = 499_162_500;
    utimesSync(main, packed, packed);
    expect(await start({ program })).toMatchObject(well);
    writeFileSync(main, SMALL_MAIN.replace("'itself'", "'others'"));
    utimesSync(main, packed, packed);
    const other = { ...well, stdout: '0it 1is 2others\n' };
    expect(await start({ program })).toEqual({ ...other, handed: [] });
    expect(await start({ program })).toMatchObject({ ...other, handed: [expect.any(String)] });
  });
});

describe('what somebody else may have written is not used', () => {
  asRoot('a file of another user', async () => {
    const { file, good } = await filled();
    chownSync(file, OTHER, OTHER);
    chmodSync(file, 0o644);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(file).uid).toBe(USER);
    expect(await start()).toEqual({ ...well, handed: [codeOf(readFileSync(file))] });
    expect(good).not.toBe('');
  });

  test.each([
    ['a group', 0o620],
    ['everybody', 0o602],
  ])('a file that %s may write', async (_name, mode) => {
    const { file } = await filled();
    chmodSync(file, mode);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a file with a second name, or behind a link', async () => {
    const { file } = await filled();
    const elsewhere = join(home, 'elsewhere');
    linkSync(file, elsewhere);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(file).nlink).toBe(1);
    rmSync(file);
    symlinkSync(elsewhere, file);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(elsewhere).nlink).toBe(1);
    expect(await start()).toMatchObject({ ...well, handed: [expect.any(String)] });
  });

  test('a pipe that nobody writes to holds up nothing', async () => {
    const { file } = await filled();
    rmSync(file);
    execFileSync('mkfifo', [file]);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(file).isFile()).toBe(true);
  });

  asRoot('a folder of another user, planted with good code', async () => {
    const { good } = await filled();
    execFileSync('chown', ['-R', `${OTHER}`, usual()]);
    execFileSync('chmod', ['-R', 'a+rX', usual()]);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(usual()).uid).toBe(USER);
    expect(await start()).toEqual({ ...well, handed: [codeOf(readFileSync(fileIn(usual())))] });
    expect(good).not.toBe('');
  });

  test.each([
    ['a group', 0o770],
    ['everybody', 0o777],
    ['everybody, with the sticky bit', 0o1777],
  ])('a folder that %s may write', async (_name, mode) => {
    await filled();
    chmodSync(usual(), mode);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(statSync(usual()).mode & 0o022).toBe(0);
    expect(await start()).toMatchObject({ ...well, handed: [expect.any(String)] });
  });

  asRoot('a link to a folder of another user', async () => {
    await filled();
    const evil = join(home, 'evil');
    renameSync(usual(), evil);
    execFileSync('chown', ['-R', `${OTHER}`, evil]);
    const before = readdirSync(evil);
    symlinkSync(evil, usual());
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(readdirSync(evil)).toEqual(before);
    expect(statSync(usual()).uid).toBe(USER);
    expect(await start()).toMatchObject({ ...well, handed: [expect.any(String)] });
  });

  test('below a folder that everybody may write there is none, as anybody may put another in its place', async () => {
    const shared = join(home, 'shared');
    mkdirSync(join(shared, 'cache'), { recursive: true });
    if (isRoot) for (const each of [shared, join(shared, 'cache')]) chownSync(each, USER, USER);
    const env = { XDG_CACHE_HOME: join(shared, 'cache') };
    chmodSync(shared, 0o755);
    await filled(env, cacheIn(env.XDG_CACHE_HOME));
    for (const mode of [0o777, 0o775]) {
      chmodSync(shared, mode);
      expect(await start({ env })).toEqual({ ...well, handed: [] });
    }
    chmodSync(shared, 0o1777);
    expect(await start({ env })).toMatchObject({ ...well, handed: [expect.any(String)] });
  });

  asRoot('below a folder of another user there is none', async () => {
    chownSync(home, OTHER, OTHER);
    mkdirSync(join(home, '.cache'));
    chownSync(join(home, '.cache'), USER, USER);
    expect(await start()).toEqual({ ...well, handed: [] });
    expect(readdirSync(join(home, '.cache'))).toEqual([]);
  });

  test('XDG_CACHE_HOME that is empty or relative is not one, whatever folder the program runs in', async () => {
    for (const XDG_CACHE_HOME of ['', 'cache', './']) {
      const cwd = mkdtempSync(join(folder, 'cwd-'));
      chmodSync(cwd, 0o777);
      expect(await start({ env: { XDG_CACHE_HOME }, cwd })).toMatchObject(well);
      expect(readdirSync(cwd)).toEqual([]);
    }
    expect(existsSync(usual())).toBe(true);
  });
});

describe('a user without home, shell or entry in passwd', () => {
  const bare = { HOME: undefined, NODE_OPTIONS: undefined, HANDED_CODE: undefined };
  let shipped: string;
  beforeAll(() => {
    buildIfStale();
    shipped = join(folder, 'shipped');
    for (const part of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
      cpSync(join(ROOT, part), join(shipped, part), { recursive: true });
    execFileSync('chmod', ['-R', 'a+rX', shipped]);
  }, 120_000);

  asRoot.each([
    ['--version', /^todo-k8s\/\d/],
    ['--help', /USAGE/],
    ['checks list', /pods\/ready/],
    ['lab list', /healthy/],
    ['contract schema', /"\$schema"/],
    ['verify --lab --only cluster,pods', /passed/],
  ])('%s runs, and leaves no cache', async (line, expected) => {
    const TMPDIR = mkdtempSync(join(folder, 'tmp-'));
    chmodSync(TMPDIR, 0o1777);
    const outcome = await start({
      program: shipped,
      argv: line.split(' '),
      env: { ...bare, TMPDIR },
      cwd: '/',
    });
    expect(outcome).toMatchObject({ status: 0, signal: null, stderr: '', handed: [] });
    expect(outcome.stdout).toMatch(expected);
    expect(readdirSync(TMPDIR)).toEqual([]);
    expect(existsSync('/.cache/todo-k8s')).toBe(false);
  });

  asRoot('wrong usage is exit 2, in few lines', async () => {
    const outcome = await start({ program: shipped, argv: ['verfy'], env: bare, cwd: '/' });
    expect(outcome).toMatchObject({ status: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/verify/);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });
});
