import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.js';
import { checkOutputs, OutputError, parseOutputs } from '../../src/report/outputs.js';
import { printed } from '../../src/report/printed.js';
import { decideStyle } from '../../src/report/style.js';
import { writeFileAtomically, writeReport, writeStdout } from '../../src/report/write.js';
import { allPass, failWithBlocked, finding, sample } from './samples.js';
import { look } from '../../src/rule/fix.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-test-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isRoot = process.geteuid?.() === 0;

function problem(action: () => unknown): OutputError {
  try {
    action();
  } catch (error) {
    if (error instanceof OutputError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('-o', () => {
  test('reads formats and files', () => {
    expect(parseOutputs([], '/w')).toEqual([{ format: 'text', file: undefined }]);
    expect(parseOutputs(['json', 'junit=out/a=b.xml'], '/w')).toEqual([
      { format: 'json', file: undefined },
      { format: 'junit', file: '/w/out/a=b.xml' },
    ]);
    expect(parseOutputs(['yaml=-'], '/w')).toEqual([{ format: 'yaml', file: undefined }]);
  });

  test('files come in addition to text on stdout', () => {
    expect(parseOutputs(['json=a.json'], '/w').map(({ format, file }) => [format, file])).toEqual([
      ['text', undefined],
      ['json', '/w/a.json'],
    ]);
  });

  test.each([
    [['xml'], "'xml' is not a format. Allowed: text, wide, json, yaml, junit, markdown, github"],
    [[''], "'' is not a format"],
    [['JSON'], "'JSON' is not a format"],
    [['json', 'yaml'], 'only one format can go to stdout, not json, yaml'],
    [['json', 'json'], 'only one format can go to stdout'],
    [['json', 'yaml=-'], 'only one format can go to stdout'],
    [['json=a', 'yaml=./a'], '/w/a is named twice'],
    [['json='], 'a file name is missing'],
    [['json=a\0b'], 'NUL'],
  ])('refuses %j', (values, message) => {
    const error = problem(() => parseOutputs(values, '/w'));
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(2);
  });
});

describe('before the run', () => {
  const check = (file: string) => checkOutputs([{ format: 'json', file }]);

  test('accepts what can be written, and writes nothing', () => {
    check(path.join(folder, 'new.json'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['a directory', () => folder, 'it is a directory'],
    ['a missing directory', () => path.join(folder, 'no', 'a.json'), 'the directory does not exist'],
    ['a parent that is a file', () => path.join(fileIn(folder), 'a.json'), 'its parent is not a directory'],
    ['a name that is too long', () => path.join(folder, 'x'.repeat(300)), 'the name is too long'],
  ])('refuses %s', (_, file, message) => {
    const error = problem(() => check(file()));
    expect(error.message).toBe(`cannot write ${file()}: ${message}`);
    expect(error.exitCode).toBe(2);
  });

  // access(2) asks for the real user, whom a test cannot change back.
  (isRoot ? test.skip : test)('refuses a directory that the user may not write to (not as root)', () => {
    mkdirSync(path.join(folder, 'closed'));
    chmodSync(path.join(folder, 'closed'), 0o555);
    expect(problem(() => check(path.join(folder, 'closed', 'a.json')))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('permission denied') as unknown,
    });
  });
});

function fileIn(parent: string): string {
  const file = path.join(parent, 'file');
  writeFileSync(file, '');
  return file;
}

/** Runs as an ordinary user where the tests run as root, whom permissions do not stop. */
function asUser<T>(action: () => T): T {
  if (!isRoot) return action();
  process.seteuid?.(65534);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}

describe('files', () => {
  test('are written whole, for the user alone, and nothing else stays', () => {
    const file = path.join(folder, 'report.json');
    writeFileSync(file, 'old', { mode: 0o644 });
    writeFileAtomically(file, printed('new'));
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['report.json']);
  });

  test('a link stays a link', () => {
    writeFileSync(path.join(folder, 'real'), 'old');
    symlinkSync('real', path.join(folder, 'link'));
    writeFileAtomically(path.join(folder, 'link'), printed('new'));
    expect(readlinkSync(path.join(folder, 'link'))).toBe('real');
    expect(readFileSync(path.join(folder, 'real'), 'utf8')).toBe('new');
  });

  test('a failure is told in words and leaves neither a temporary file nor a changed one', () => {
    mkdirSync(path.join(folder, 'taken'));
    const error = problem(() => writeFileAtomically(path.join(folder, 'taken'), printed('x')));
    expect(error.message).toBe(`cannot write ${path.join(folder, 'taken')}: it is a directory`);
    expect(error.exitCode).toBe(4);
    const closed = path.join(folder, 'closed');
    mkdirSync(closed);
    writeFileSync(path.join(closed, 'a'), 'old');
    chmodSync(closed, 0o555);
    expect(
      asUser(() => problem(() => writeFileAtomically(path.join(closed, 'a'), printed('x')))).message,
    ).toContain('permission denied');
    expect(readFileSync(path.join(closed, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(closed)).toEqual(['a']);
  });

  (isRoot ? test : test.skip)('a rename that fails leaves no temporary file (only as root)', () => {
    // In a sticky folder a user may add files, but not replace those of another.
    chmodSync(folder, 0o1777);
    const file = path.join(folder, 'report');
    writeFileSync(file, 'old', { mode: 0o644 });
    expect(asUser(() => problem(() => writeFileAtomically(file, printed('x')))).message).toContain(
      'the system does not permit it',
    );
    expect(readdirSync(folder)).toEqual(['report']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  (existsSync('/dev/full') ? test : test.skip)('a full disk is told, and a device stays a device', () => {
    expect(problem(() => writeFileAtomically('/dev/full', printed('x'))).message).toBe(
      'cannot write /dev/full: the disk is full',
    );
    writeFileAtomically('/dev/null', printed('x'));
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  (process.platform === 'win32' ? test.skip : test)('a pipe that nobody reads from is told at once', () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(problem(() => writeFileAtomically(pipe, printed('x'))).message).toContain(
      'nobody reads from the pipe',
    );
  });
});

describe('stdout', () => {
  test('a reader that went away is no error', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'close');
    await expect(writeStdout(socket, printed('x'.repeat(1_000_000)))).resolves.toBeUndefined();
    server.close();
  });

  test('a reader that goes away in the middle is no error', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy())).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    await expect(writeStdout(socket, printed('x'.repeat(20_000_000)))).resolves.toBeUndefined();
    server.close();
  });

  (existsSync('/dev/full') ? test : test.skip)('a full disk behind a redirection is an error', async () => {
    await expect(writeStdout(createWriteStream('/dev/full'), printed('x'))).rejects.toMatchObject({
      message: 'cannot write to stdout: the disk is full',
      exitCode: 4,
    });
  });
});

describe('a report', () => {
  async function write(
    report: Report,
    values: string[],
    more: { redact?: (text: string) => string; stepSummary?: string } = {},
  ) {
    const stdout = new PassThrough();
    const seen = readAll(stdout);
    const style = decideStyle({ isTTY: false, columns: 80, env: {} });
    const redact = more.redact ?? ((text: string) => text);
    const done = writeReport(report, parseOutputs(values, folder), {
      stdout,
      style,
      redact,
      stepSummary: more.stepSummary,
    });
    const failure = await done.then(
      () => undefined,
      (error: unknown) => error,
    );
    stdout.end();
    return { stdout: await seen, failure };
  }
  const formats = ['text', 'wide', 'json', 'yaml', 'junit', 'markdown', 'github'];

  test.each(formats)('as %s tells on stdout and in a file of every check that failed', async (format) => {
    const { stdout, failure } = await write(failWithBlocked(), [format, `${format}=file`]);
    expect(failure).toBeUndefined();
    const file = readFileSync(path.join(folder, 'file'), 'utf8');
    for (const text of [stdout, file]) {
      expect(text).toContain('deployment/liveness-probe');
      expect(text).toContain('config/database-url');
      expect(text.endsWith('\n')).toBe(true);
    }
    // What machines read does not depend on a terminal.
    if (format !== 'text' && format !== 'wide') expect(file).toBe(stdout);
  });

  test.each(formats)(
    'as %s never shows a secret, however the format would wrap or escape it',
    async (format) => {
      const secret =
        'pa_ss*w|or<d>&"\'`\\é-long enough to be wrapped over several lines by any terminal'.replaceAll(
          ' ',
          '/',
        );
      const report = sample(
        {
          'pods/ready': {
            status: 'fail',
            message: `a ${secret}`,
            findings: [finding(secret, { found: secret, field: secret }, { kind: 'Pod', name: secret })],
            fix: [look(`kubectl x\n${secret}`)],
          },
        },
        { next: secret, notices: [secret] },
      );
      const redact = (text: string) => text.replaceAll(secret, '(hidden)');
      const { stdout } = await write(report, [format, `${format}=file`], {
        redact,
        stepSummary: path.join(folder, 'summary'),
      });
      const all =
        readdirSync(folder)
          .map((name) => readFileSync(path.join(folder, name), 'utf8'))
          .join('') + stdout;
      expect(all).toContain('(hidden)');
      for (const part of ['pa_ss', 'pa\\_ss', 'enough', 'wrapped', 'terminal'])
        expect(all).not.toContain(part);
    },
  );

  test('ids, keys and words of the program are no text that could hold a secret', async () => {
    const { stdout } = await write(allPass(), ['json', 'junit=file'], {
      redact: (text) => text.replaceAll(/reachable|status|pass/g, '(value hidden)'),
    });
    const { checks } = JSON.parse(stdout) as Report;
    expect(checks[0]).toMatchObject({ id: 'cluster/reachable', status: 'pass' });
  });

  test('a file that cannot be written does not cost the others', async () => {
    const { stdout, failure } = await write(allPass(), ['json=no/such.json', 'yaml=fine.yaml', 'text']);
    expect(failure).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('no/such.json: the directory does not exist') as unknown,
    });
    expect(stdout).toContain('✔ 30 passed');
    expect(readdirSync(folder)).toEqual(['fine.yaml']);
  });

  test('github adds to the job summary', async () => {
    const stepSummary = path.join(folder, 'summary');
    writeFileSync(stepSummary, 'of another step\n');
    await write(allPass(), ['github'], { stepSummary });
    expect(readFileSync(stepSummary, 'utf8')).toMatch(/^of another step\n## ✔ todo-k8s verify: 30 passed\n/);
  });

  test('text in a file has no colour, whatever the terminal has', async () => {
    const stdout = new PassThrough();
    const style = decideStyle({ isTTY: true, columns: 80, env: {}, color: true });
    const seen = readAll(stdout);
    const outputs = parseOutputs(['text', 'wide=file'], folder);
    await writeReport(allPass(), outputs, { stdout, style, redact: String, stepSummary: undefined });
    stdout.end();
    expect(await seen).toContain('\u001b[32m');
    expect(readFileSync(path.join(folder, 'file'), 'utf8')).not.toContain('\u001b');
  });
});
