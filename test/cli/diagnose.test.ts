/** `verify --diagnose`: the cause in the same run. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.js';
import { temporaryFolder } from '../bundle/support.js';
import { verify } from '../faults/support/verify.js';

const { file, remove } = temporaryFolder();
afterAll(remove);

async function reported(...argv: string[]): Promise<{ report: Report; exitCode: unknown }> {
  const { stdout, exitCode } = await verify('--diagnose', '-o', 'json', ...argv);
  return { report: JSON.parse(stdout) as Report, exitCode };
}

describe('where it does not pass', () => {
  test.each([
    ['crash-loop', 'crash/permission-denied'],
    ['selector-mismatch', 'service/selector-mismatch'],
    ['database-host-wrong', 'db/dns-wrong-host'],
  ])('%s: %s', async (scenario, cause) => {
    const { report, exitCode } = await reported(`--lab=${scenario}`);
    expect({ exitCode, command: report.command }).toEqual({ exitCode: 1, command: 'verify' });
    expect(report.diagnoses?.[0]?.cause).toBe(cause);
    expect(report.summary.fail).toBeGreaterThan(0);
  });

  test('the terminal names the cause, first and last', async () => {
    const { stdout } = await verify('--diagnose', '--lab=crash-loop');
    const sentence = 'The application ends because user 1001 may not use /var/cache/todo';
    expect(stdout).toContain(`✖ ${sentence}.\n`);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`✖ ${sentence} · exit 1`);
    expect(stdout).toMatch(/^todo-k8s verify /);
  });

  test('a page, a comment and annotations name it, too', async () => {
    const formats = ['html', 'markdown', 'github'].flatMap((each) => ['-o', `${each}=${file(each)}`]);
    await verify('--diagnose', '--lab=crash-loop', ...formats);
    const { readFileSync } = await import('node:fs');
    for (const each of ['html', 'markdown', 'github'])
      expect(readFileSync(file(each), 'utf8')).toContain('crash/permission-denied');
  });

  test('--only and --skip hold for the checks that are judged, and the cause may lie elsewhere', async () => {
    const { report } = await reported('--lab=crash-loop', '--only=pods', '--skip=pods/restarts');
    // What pods need is judged with them.
    const suites = new Set(report.checks.map(({ suite }) => suite));
    expect([...suites].sort()).toEqual(['deployment', 'pods']);
    expect(report.checks.map(({ id }) => id)).not.toContain('pods/restarts');
    expect(report.diagnoses?.[0]?.cause).toBe('crash/permission-denied');
  });

  test('what could not be looked at stays exit code 3', async () => {
    const { report, exitCode } = await reported('--lab=forbidden-secrets');
    expect(exitCode).toBe(3);
    expect(report.diagnoses?.[0]?.cause).toBe('evidence/forbidden');
  });

  test('what is recorded comes to the same', async () => {
    const bundle = file('evidence.tgz');
    await verify('--lab=database-password-wrong', '--record', bundle);
    const { report, exitCode } = await reported('--from', bundle);
    expect(exitCode).toBe(1);
    expect(report.diagnoses?.[0]?.cause).toBe('db/authentication-failed');
    expect(report.from?.bundle).toBe('evidence.tgz');
  });
});

test('where all passes, nothing is looked for', async () => {
  const { report, exitCode } = await reported('--lab');
  expect(exitCode).toBe(0);
  expect(report).not.toHaveProperty('diagnoses');
});

test('--strict: a warning fails, and is explained', async () => {
  const { report, exitCode } = await reported('--lab=slow-health', '--strict');
  expect(exitCode).toBe(1);
  expect(report.diagnoses?.[0]?.cause).toBe('health/too-slow');
});

test('manifests are not running, so that there is nothing to diagnose', async () => {
  const { stderr, exitCode } = await verify('--diagnose', '--manifests', '.');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--diagnose');
});
