/** The commands as processes: what they print, how they end, what they leave behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { buildIfStale, PROGRAM, ROOT } from '../faults/support/program.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

jest.setTimeout(30_000);

const env = { ...process.env, COLUMNS: '80', NODE_OPTIONS: '', FORCE_COLOR: '0' };

let temp: string;
const children: ChildProcess[] = [];

beforeAll(buildIfStale);
beforeEach(() => {
  temp = mkdtempSync(path.join(tmpdir(), 'todo-k8s-test-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(temp, { recursive: true, force: true });
});

interface Process {
  child: ChildProcess;
  /** Standard output once it matches. */
  until: (pattern: RegExp) => Promise<string>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(args: string[]): Process {
  const child = spawn(process.execPath, args, {
    env: { ...env, TMPDIR: temp },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  let check: () => void = () => undefined;
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString();
    check();
  });
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  return {
    child,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        check = () => {
          if (pattern.test(stdout)) resolve(stdout);
        };
        check();
        child.once('close', (code) => reject(new Error(`ended with ${String(code)}: ${stderr}`)));
      }),
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr }))),
  };
}

/** Directories that a lab has made. */
function leftovers(): string[] {
  return readdirSync(temp).filter((name) => name.startsWith('todo-k8s-lab-'));
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('lab runs until %s, ends with %i, and leaves nothing behind', async (signal, code) => {
  const { child, until, ended } = start([PROGRAM, 'lab', 'crash-loop']);
  const text = await until(/Ctrl-C to stop\n/);
  const kubeconfig = /export KUBECONFIG=(\S+)/.exec(text)?.[1] ?? '';
  expect(existsSync(kubeconfig)).toBe(true);
  expect(text).toContain('One pod crashes at each start');
  const began = performance.now();
  child.kill(signal);
  expect(await ended).toMatchObject({ code, stderr: '' });
  expect(performance.now() - began).toBeLessThan(ENDED_BY_ITSELF_MS);
  expect(leftovers()).toEqual([]);
});

test('lab ends when the process that started it has ended', async () => {
  const script = `
    const { spawn } = require('node:child_process');
    const lab = spawn(process.execPath, ${JSON.stringify([PROGRAM, 'lab'])}, { stdio: ['ignore', 'pipe', 'inherit'] });
    lab.stdout.on('data', (text) => { if (String(text).includes('Ctrl-C')) { process.exit(); } });`;
  const { ended } = start(['-e', script]);
  // The lab holds the pipe of standard error too: it closes when both have ended.
  await ended;
  expect(leftovers()).toEqual([]);
});

test('lab list names every scenario', async () => {
  const { stdout } = await start([PROGRAM, 'lab', 'list']).ended;
  for (const name of SCENARIO_NAMES) expect(stdout).toMatch(new RegExp(`^${name} +[A-Z]`, 'm'));
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  // From the sources, as a developer starts it.
  const fromSources = start([path.join(ROOT, 'bin/dev.js'), 'lab', 'list', '-o', 'json']);
  const json = JSON.parse((await fromSources.ended).stdout) as unknown;
  expect(json).toEqual(
    SCENARIO_NAMES.map((name) => ({
      name,
      title: expect.any(String),
      story: expect.any(String),
      expect: expect.any(Object),
    })),
  );
});
