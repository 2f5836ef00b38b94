/** `todo-k8s verify` and `doctor`, run as a person runs them, and their reports. */
import type { Report } from '../../../src/engine/report.js';
import { CONTEXT, OWN, PROGRAM, run, type Outcome } from './cluster.js';

export interface Verified extends Outcome {
  report: Report;
}

/**
 * What a busy machine and a suite of hundreds of runs need: how quick the backend is is not judged, and an even spread is
 * not called uneven by chance. With the contract's ten requests that is one run in five hundred.
 */
export const PATIENT = [
  'http.healthLatencyWarnMs=3500',
  'loadBalancing.requests=20',
  'loadBalancing.confidence=0.9999',
].flatMap((value) => ['--set', value]);

/** Runs any command of the program under test. */
export function todo(
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
  cwd?: string,
  timeoutMs = 60_000,
): Promise<Outcome> {
  return run(process.execPath, [PROGRAM, ...args], { env, cwd, timeoutMs });
}

/** In a network of its own: kube-proxy claims the NodePort on every address of the one that the suite runs in. */
function apart(args: readonly string[]): Promise<Outcome> {
  const shell = 'ip link set lo up && exec "$@"';
  return run('unshare', ['--net', '--', 'sh', '-c', shell, 'sh', process.execPath, PROGRAM, ...args], {
    timeoutMs: 60_000,
  });
}

/** These arguments for the cluster under test, unless they name another. */
export function inContext(args: readonly string[]): string[] {
  const other = args.some((arg) => /^--(kubeconfig|lab)/.test(arg));
  return CONTEXT === undefined || other ? [...args] : ['--context', CONTEXT, ...args];
}

/** @throws when there is no report */
export function verify(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Verified> {
  return reported('verify', args, env);
}

/** `todo-k8s doctor`, all topics. @throws when there is no report */
export function doctor(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Verified> {
  return reported('doctor', args, env);
}

async function reported(
  command: 'verify' | 'doctor',
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<Verified> {
  const all = [command, '-o', 'json', ...inContext(args)];
  const inLab = args.some((arg) => arg.startsWith('--lab'));
  const outcome = OWN && inLab ? await apart(all) : await todo(all, env);
  if (!outcome.stdout.startsWith('{'))
    throw new Error(`${command} ended with ${outcome.code}: ${outcome.stderr}`);
  return { ...outcome, report: JSON.parse(outcome.stdout) as Report };
}

/** What did not pass: ids by status, each list sorted; empty lists are left out. */
export function notPassed({ checks }: Report): Partial<Record<'fail' | 'warn' | 'unknown', string[]>> {
  const entries = (['fail', 'warn', 'unknown'] as const).map(
    (status) =>
      [
        status,
        checks
          .filter((check) => check.status === status)
          .map(({ id }) => id)
          .sort(),
      ] as const,
  );
  return Object.fromEntries(entries.filter(([, ids]) => ids.length > 0));
}

/** Blocked checks that nothing explains: each must be blocked by checks that failed, or are unknown or blocked themselves. */
export function blockedWithoutCause({ checks }: Report): string[] {
  const open = new Set(
    checks.filter(({ status }) => ['fail', 'unknown', 'blocked'].includes(status)).map(({ id }) => id),
  );
  return checks
    .filter(({ status, blockedBy }) => status === 'blocked' && !blockedBy.some((id) => open.has(id)))
    .map(({ id }) => id);
}

/** What a report says of the checks that did not pass, for the person who has to find out why a test failed. */
export function complaints({ checks }: Report): string {
  return checks
    .filter(({ status }) => status !== 'pass' && status !== 'skip')
    .map(({ id, status, message, findings }) =>
      [`${status} ${id}: ${message}`, ...findings.map((finding) => `  ${finding.message}`)].join('\n'),
    )
    .join('\n');
}

/** A check's result. @throws when the report has none of that id */
export function result(report: Report, id: string) {
  const found = report.checks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`the report has no check ${id}`);
  return found;
}
