/** Runs `verify` in this process, from the sources, and takes down all that a user would see of it. */
import { captureOutput } from '@oclif/test';
import Verify from '../../../src/commands/verify.js';
import type { CheckResult, Report } from '../../../src/engine/report.js';

const root = process.cwd();

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Milliseconds. */
  ms: number;
}

/** One at a time: a process has one stdout and one exit code. */
export function verify(...argv: string[]): Promise<Outcome> {
  return captured(() => Verify.run(argv, { root }));
}

/** What a command's run comes to. */
export async function captured(run: () => Promise<unknown>): Promise<Outcome> {
  process.exitCode = undefined;
  const begin = performance.now();
  const { stdout, stderr, error } = await captureOutput(run, { stripAnsi: false });
  const ms = performance.now() - begin;
  const exitCode = (error as { oclif?: { exit?: number } } | undefined)?.oclif?.exit ?? process.exitCode;
  process.exitCode = undefined;
  return { exitCode: Number(exitCode), stdout, stderr: `${stderr}${error?.message ?? ''}`, ms };
}

export interface Told extends Outcome {
  report: Report;
  /** Of one check; fails when it is not in the report. */
  check: (id: string) => CheckResult;
  /** Message and findings of one check, as one text. */
  said: (id: string) => string;
  /** Ids of the checks with this status. */
  having: (status: CheckResult['status']) => string[];
}

/** The same with the report as data. Fails when there is none. */
export async function report(...argv: string[]): Promise<Told> {
  const outcome = await verify(...argv, '-o', 'json');
  return told(outcome);
}

/** @throws Error when the outcome's stdout is not JSON report */
export function told(outcome: Outcome): Told {
  let parsed: Report;
  try {
    parsed = JSON.parse(outcome.stdout) as Report;
  } catch {
    throw new Error(`no report (exit ${outcome.exitCode}): ${outcome.stdout}${outcome.stderr}`);
  }
  const check = (id: string) => {
    const found = parsed.checks.find((each) => each.id === id);
    if (found === undefined) throw new Error(`${id} is not in the report`);
    return found;
  };
  return {
    ...outcome,
    report: parsed,
    check,
    said: (id) => [check(id).message, ...check(id).findings.map(({ message }) => message)].join('\n'),
    having: (status) => parsed.checks.filter((each) => each.status === status).map(({ id }) => id),
  };
}
