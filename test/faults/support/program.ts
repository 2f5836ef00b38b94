/** The program as it is shipped, in a process of its own: for signals, pipes, terminals, and the end of the process. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './verify.js';

export const ROOT = process.cwd();
export const PROGRAM = join(ROOT, 'bin/run.js');

/** Longest life of a child, in milliseconds: no fault may hold up the tests. */
const LIMIT_MS = 30_000;

export interface Run {
  child: ChildProcess;
  /** What it has written so far. */
  soFar: { stdout: string; stderr: string };
  /** Resolves once stdout holds this, or the program has ended. */
  said(text: string): Promise<void>;
  /** Exit code -1: ended by a signal that it did not handle. */
  ended: Promise<Outcome>;
}

/** Environment for a child: nothing of the developer's that changes what is printed. */
export function environment(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), LANG: 'C.UTF-8', ...more };
}

/** Starts `todo-k8s` with these arguments. @param limitMs its longest life */
export function start(argv: string[], env: Record<string, string> = {}, limitMs = LIMIT_MS): Run {
  return run(process.execPath, [PROGRAM, ...argv], env, limitMs);
}

/** Starts a line of bash in which $TODO is the program. */
export function shell(line: string, env: Record<string, string> = {}): Run {
  return run('bash', ['-c', line], { TODO: `${process.execPath} ${PROGRAM}`, ...env });
}

function run(command: string, argv: string[], env: Record<string, string>, limitMs = LIMIT_MS): Run {
  const begin = performance.now();
  // A group of its own, so that nothing of a pipeline outlives the limit.
  const child = spawn(command, argv, {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const soFar = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      soFar[stream] += text;
    });
  }
  const guard = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), limitMs);
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => {
      clearTimeout(guard);
      resolve({ exitCode: code ?? -1, ...soFar, ms: performance.now() - begin });
    });
  });
  const said = async (text: string): Promise<void> => {
    while (child.exitCode === null && !soFar.stdout.includes(text)) await sleep(10);
  };
  return { child, soFar, said, ended };
}

/** Builds the program when a source is newer than it: what is tested is what the sources say. */
export function buildIfStale(): void {
  const sources = Math.max(...['src', 'scripts'].map((folder) => newest(join(ROOT, folder))));
  if (sources > newest(join(ROOT, 'dist'))) execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT });
}

/** Time of the newest file below a folder; 0 when there is none. */
function newest(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return Math.max(
      0,
      ...entries
        .filter((entry) => entry.isFile())
        .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
    );
  } catch {
    return 0;
  }
}
