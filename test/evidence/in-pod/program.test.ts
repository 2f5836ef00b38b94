/** How programs get into pods, with a real python3 and sh. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cgroupPrograms } from '../../../src/evidence/in-pod/cgroup.js';
import {
  asArgument,
  isSameProgram,
  NOT_RECEIVED,
  overStdin,
  receiveProgram,
  type InPodTool,
  type PodProgram,
} from '../../../src/evidence/in-pod/program.js';
import { targetsProgram } from '../../../src/evidence/in-pod/targets.js';
import { vantagePrograms } from '../../../src/evidence/in-pod/vantage.js';
import { ladderProgram } from '../../../src/evidence/ladder/program.js';
import { runCall } from '../../support/run-program.js';

const FOLDER = join(import.meta.dirname, '../../../src/evidence/in-pod/programs');
const FILES = readdirSync(FOLDER).filter((name) => /\.(py|sh)$/.test(name));

const installed = (tool: string) => spawnSync(tool, ['-c', ''], { stdio: 'ignore' }).status === 0;
const tools = (['python3', 'sh'] as const).filter((tool) => {
  if (!installed(tool)) console.log(`skipped: programs for ${tool}, because it is not installed`);
  return installed(tool);
});

const PROGRAMS: [string, PodProgram][] = [
  ...(['python3', 'sh'] as const).map((tool): [string, PodProgram] => [
    `targets, ${tool}`,
    targetsProgram(tool, { names: ['a.b'], endpoints: [{ host: 'db', port: 5432 }] }),
  ]),
  ...cgroupPrograms().map((program): [string, PodProgram] => [`cgroup, ${program.tool}`, program]),
  ...vantagePrograms({ path: '/x?y', places: [{ host: '::1', port: 80 }] }).map(
    (program): [string, PodProgram] => [`vantage, ${program.tool}`, program],
  ),
  ['ladder', ladderProgram({ hosts: [{ host: 'db', port: 1 }], key: 'k' })],
];

/** Says what it was given, in each tool's words; longer than one read of a pipe. */
const saying = (tool: InPodTool, args: string[]): PodProgram => ({
  tool,
  args,
  text:
    tool === 'python3'
      ? `${'# filler\n'.repeat(9000)}import sys\nprint(*sys.argv[1:], sep="|")\ndef f():\n    return 3\nsys.exit(f())\n`
      : `${'# filler\n'.repeat(900)}first=$1\nshift\nprintf '%s|' "$first"; printf '%s' "$*"; echo\nexit 3\n`,
});

describe('the files', () => {
  test.each(FILES)('%s is ASCII, ends with a newline and says what it is', (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    expect(text).toMatch(/^[\n\x20-\x7e]*\n$/);
    expect(text).toMatch(/^# [A-Z]/);
    expect(text).not.toContain('#end-of-program');
  });

  test.each(FILES)('%s is read by its interpreter', (name) => {
    const tool = name.endsWith('.py') ? 'python3' : 'sh';
    if (!installed(tool)) return;
    const file = join(FOLDER, name);
    const check =
      tool === 'sh'
        ? ['-n', file]
        : ['-c', 'import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 6))', file];
    expect(spawnSync(tool, check, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

describe.each(PROGRAMS)('%s', (_, program) => {
  test('its URL is short over standard input, and holds no program', () => {
    const { argv, stdin } = overStdin(program);
    expect(
      new URLSearchParams(argv.map((item): [string, string] => ['command', item])).toString().length,
    ).toBeLessThan(600);
    expect(stdin).toContain(program.text);
    expect(argv).toEqual(expect.arrayContaining([...program.args]));
  });

  test('it can be told by whoever stands in for the container, either way', () => {
    for (const { argv, stdin = '' } of [overStdin(program), asArgument(program)]) {
      const received = receiveProgram(argv, stdin);
      if (received === undefined || received === 'incomplete') throw new Error('not received');
      expect(received.args).toEqual(program.args);
      expect(isSameProgram(received, program)).toBe(true);
      expect(PROGRAMS.filter(([, other]) => isSameProgram(received, other))).toHaveLength(1);
    }
  });

  test('it is incomplete up to its last byte', () => {
    const { argv, stdin = '' } = overStdin(program);
    for (const length of [0, 1, 100, stdin.length - 1]) {
      expect(receiveProgram(argv, stdin.slice(0, length))).toBe('incomplete');
    }
  });
});

test('other commands are not taken for a program', () => {
  expect(receiveProgram(['sh', '-c', 'echo hello'], '')).toBeUndefined();
  expect(receiveProgram(['sh'], '')).toBeUndefined();
  expect(receiveProgram(['cat', '/etc/passwd'], '')).toBeUndefined();
  const other = receiveProgram(['python3', '-c', 'print(1)', '8', 'dns', 'x'], '');
  expect(PROGRAMS.filter(([, each]) => isSameProgram(each, other as PodProgram))).toEqual([]);
});

describe.each(tools)('a real %s', (tool) => {
  const args = ['one', "two 'three' $(id) `id`", ''];
  const program = saying(tool, args);
  const expected = tool === 'python3' ? `${args.join('|')}\n` : `one|${args.slice(1).join(' ')}\n`;

  test('runs what comes over standard input, which stays open', async () => {
    expect(await runCall(overStdin(program))).toMatchObject({ stdout: expected, stderr: '', code: 3 });
  });

  test('runs what comes in pieces', async () => {
    const { argv, stdin = '' } = overStdin(program);
    const pieces = stdin.match(/[^]{1,7001}/g) ?? [];
    const ran = await runCall({ argv, stdin }, process.env, (input) => {
      const next = () => {
        const piece = pieces.shift();
        if (piece === undefined) return;
        input.write(piece);
        setTimeout(next, 5);
      };
      next();
    });
    expect(ran).toMatchObject({ stdout: expected, code: 3 });
  });

  test('runs what comes as an argument', async () => {
    expect(await runCall(asArgument(program))).toMatchObject({ stdout: expected, stderr: '', code: 3 });
  });

  test.each([0, 1, 500])(
    'runs nothing of what ends after %i bytes, and says so by its exit code',
    async (bytes) => {
      const { argv, stdin = '' } = overStdin(program);
      const ran = await runCall(
        { argv, stdin },
        process.env,
        (input) => void input.end(stdin.slice(0, bytes)),
      );
      expect(ran).toMatchObject({ stdout: '', code: NOT_RECEIVED });
    },
  );
});
