/**
 * The cluster that the suite runs against: the one of `npm run cluster:up`, or that of TODO_K8S_TEST_CONTEXT.
 * What needs the processes or the database of the first kind is left out on the second (`own` is false).
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { env } = process;

export const PROJECT = path.resolve(import.meta.dirname, '../../..');
/** The example chart. */
export const CHART = path.join(PROJECT, 'examples/helm/todo-chatbot');
/** The program under test: a copy, so that a build during the run does not change it. */
export const PROGRAM = path.join(required('TODO_K8S_TEST_PROGRAM'), 'bin/run.js');

const folder = env.TODO_K8S_CLUSTER;
/** True for the cluster of this folder, whose processes, node and database are the suite's to break. */
export const OWN = folder !== undefined;
/** kubeconfig context; undefined: the current one. */
export const CONTEXT = env.TODO_K8S_TEST_CONTEXT;

/** Everything was asked for, so that parts may go on side by side. */
export const WHOLE = env.TODO_K8S_TEST_WHOLE === '1';

/** A DATABASE_URL that works, and the signing secret. */
export const DATABASE_URL =
  folder === undefined
    ? required('TODO_K8S_TEST_DATABASE_URL')
    : readFileSync(path.join(folder, 'database-url'), 'utf8').trim();
export const AUTH_SECRET = 'a-signing-secret-of-the-cluster-suite-0123456789';

function required(name: string): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: start the suite with test/cluster/run`);
  return value;
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  /** Seconds. */
  seconds: number;
}

/** Runs a command to its end, at most `timeoutMs`. Never rejects: the exit code says what happened (124: too long). */
export function run(
  command: string,
  args: readonly string[],
  options: { timeoutMs?: number; env?: NodeJS.ProcessEnv; input?: string; cwd?: string } = {},
): Promise<Outcome> {
  const began = performance.now();
  const { timeoutMs = 120_000, input, cwd } = options;
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      {
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 << 20,
        cwd,
        // As from a shell: Jest sets NODE_ENV, which the program under test would take notice of.
        env: { ...env, ...options.env, NO_COLOR: '1', NODE_ENV: undefined, NODE_OPTIONS: undefined },
      },
      (error, stdout, stderr) => {
        const code =
          error === null ? 0 : error.killed ? 124 : typeof error.code === 'number' ? error.code : 127;
        resolve({ code, stdout, stderr, seconds: (performance.now() - began) / 1000 });
      },
    );
    if (input !== undefined) child.stdin?.end(input);
  });
}

/** kubectl's standard output. @throws when it fails */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const all = CONTEXT === undefined ? args : ['--context', CONTEXT, ...args];
  return succeed('kubectl', all, await run('kubectl', all, { input }));
}

/** helm's standard output. @throws when it fails, or is killed after `timeoutMs` */
export async function helm(args: readonly string[], input?: string, timeoutMs = 240_000): Promise<string> {
  const all = CONTEXT === undefined ? args : ['--kube-context', CONTEXT, ...args];
  return succeed('helm', all, await run('helm', all, { input, timeoutMs }));
}

/** One of the scripts of test/cluster. @throws when it fails */
export async function script(
  name: 'component' | 'sql' | 'install',
  args: readonly string[],
): Promise<string> {
  return succeed(
    name,
    args,
    await run(path.join(PROJECT, 'test/cluster', name), args, { timeoutMs: 240_000 }),
  );
}

function succeed(command: string, args: readonly string[], { code, stdout, stderr }: Outcome): string {
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')}: exit code ${code}\n${stderr || stdout}`);
}

/** Asks every second until it is so; more often would cost the cluster's processors. @throws after `seconds`, with `what` was waited for */
export async function until(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + seconds * 1000;
  for (;;) {
    if (await isSo().catch(() => false)) return;
    if (performance.now() > limit) throw new Error(`waited ${seconds} s in vain for: ${what}`);
    await sleep(1000);
  }
}
