/** Bundles of lab scenarios, and reports with everything in them that a clock decides taken out. */
import { captureOutput } from '@oclif/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Report } from '../../src/engine/report.js';
import type { Outcome } from '../faults/support/verify.js';

interface CommandClass {
  run(argv: string[], options: { root: string }): Promise<unknown>;
}

/** Runs a command in this process. One at a time: a process has one stdout and one exit code. */
export async function runCommand(command: CommandClass, argv: string[]): Promise<Outcome> {
  process.exitCode = undefined;
  const begin = performance.now();
  const { stdout, stderr, error } = await captureOutput(() => command.run(argv, { root: process.cwd() }), {
    stripAnsi: false,
  });
  const exitCode = (error as { oclif?: { exit?: number } } | undefined)?.oclif?.exit ?? process.exitCode ?? 0;
  process.exitCode = undefined;
  const ms = performance.now() - begin;
  return { exitCode, stdout, stderr: `${stderr}${error?.message ?? ''}`, ms };
}

/**
 * The same without anything that could lead to a cluster.
 * @param home an empty folder, or one with nothing but bundles
 */
export async function runWithoutCluster(
  command: CommandClass,
  argv: string[],
  home: string,
): Promise<Outcome> {
  const environment = { ...process.env };
  process.env = { PATH: '', HOME: home, KUBECONFIG: path.join(home, 'no-kubeconfig') };
  try {
    return await runCommand(command, argv);
  } finally {
    process.env = environment;
  }
}

/** A folder of its own, with how to be rid of it. */
export function temporaryFolder(): { folder: string; file: (name: string) => string; remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bundle-test-'));
  return {
    folder,
    file: (name) => path.join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The report without what a replay has of its own: how long each check took, and that it is one. */
export function withoutDurations(json: string): Report {
  const report = JSON.parse(json) as Report;
  for (const check of report.checks) check.durationMs = 0;
  delete report.from;
  return report;
}

/** Everything that is in a bundle, unpacked by nothing of this program. */
export async function bundleBytes(file: string): Promise<Buffer> {
  const packed = await readFile(file);
  return Buffer.concat([packed, gunzipSync(packed)]);
}
