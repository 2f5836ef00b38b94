/** The single executable, in an empty folder, without Node.js on the PATH. Needs a built program, and Linux on x64. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const isFor = process.platform === 'linux' && process.arch === 'x64';
const LIMIT_MS = 120_000;

(isFor ? describe : describe.skip)('the executable', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-executable-test-'));
  const empty = path.join(folder, 'empty');
  const program = path.join(folder, 'todo-k8s');

  beforeAll(() => {
    mkdirSync(empty);
    const built = spawnSync('npx', ['tsx', 'scripts/executable.ts', '--out', program], { encoding: 'utf8' });
    expect({ status: built.status, stderr: built.stderr.replace(/^warning: .*\n/gm, '') }).toEqual({
      status: 0,
      stderr: '',
    });
  }, LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** With nothing of this machine but a folder to write to. */
  function run(args: string[], env: Record<string, string> = { NODE_DISABLE_COMPILE_CACHE: '1' }) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: empty,
      env: { PATH: '/nonexistent', HOME: empty, TMPDIR: folder, ...env },
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    return { status, stdout, stderr };
  }

  test('says its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { status, stdout, stderr } = run(['--version']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^todo-k8s/${version} linux-x64`));
  });

  test(
    'verifies the lab as the package does, and leaves nothing in its folder',
    () => {
      const { status, stdout } = run(['verify', '--lab', '-o', 'json']);
      const other = spawnSync(process.execPath, ['bin/run.js', 'verify', '--lab', '-o', 'json'], {
        encoding: 'utf8',
      });
      const verdicts = (text: string) =>
        (JSON.parse(text) as { checks: { id: string; status: string }[] }).checks.map(
          (check) => `${check.status} ${check.id}`,
        );
      expect(status).toBe(0);
      expect(verdicts(stdout)).toEqual(verdicts(other.stdout));
      expect(readdirSync(empty)).toEqual([]);
    },
    LIMIT_MS,
  );

  test.each([
    [['--help'], 'verify'],
    [['checks', 'list'], 'pods/running'],
    [['explain', 'pods/running'], 'pods/running'],
    [['completion', 'bash'], 'complete'],
    [['checks', 'role'], 'kind: Role'],
    [['contract', 'show', '--lab'], 'nodePort'],
    [['verify', '--lab', '-o', 'html'], '<html'],
  ])('%p', (args, words) => {
    const { status, stdout } = run(args);
    expect(status).toBe(0);
    expect(stdout).toContain(words);
  });

  test('a fault of the lab is told, with exit code 1, and a wrong flag with 2', () => {
    const doctor = run(['doctor', '--lab=crash-loop']);
    expect(doctor.status).toBe(1);
    expect(doctor.stdout).toContain('crash/permission-denied');
    expect(run(['verify', '--no-such-flag']).status).toBe(2);
  });

  test('with a folder for compiled code, the second start says the same', () => {
    const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
    const first = run(['checks', 'list'], env);
    expect(run(['checks', 'list'], env)).toEqual(first);
    expect(first.status).toBe(0);
  });
});
