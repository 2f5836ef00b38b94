/** Wrong use: it is said what is wrong and what is allowed, nothing is read, and the exit code is 2. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryDirectory } from '../evidence/kubernetes/support.js';
import { expectDocumented } from './support/documented.js';
import { verify } from './support/verify.js';

/** Verify of a cluster that is not asked: what is wrong is wrong before. */
async function refused(fault: string, ...argv: string[]): Promise<void> {
  const outcome = await verify(...argv);
  expectDocumented(fault, outcome);
  expect(outcome.stdout).toBe('');
  expect(outcome.stderr).not.toMatch(/^ +at /m);
  expect(outcome.stderr).not.toContain('hunter2');
}

describe('flags', () => {
  test.each([
    ['--request-timeout is not a duration', ['--request-timeout', 'soon']],
    ['--request-timeout is not a duration', ['--request-timeout', '0']],
    ['--request-timeout is not a duration', ['--request-timeout', '-5s']],
    ['--request-timeout is not a duration', ['--request-timeout', '25h']],
    ['--wait is not a duration', ['--wait', '5 minutes']],
    ['--only matches no check', ['--only', 'nothing']],
    ['--only and --skip leave nothing', ['--skip', '*']],
    ['--url without a scheme', ['--url', 'localhost:30081']],
    ['--url without a scheme', ['--url', 'ftp://localhost:30081']],
    ['--url without a scheme', ['--url', 'not a url']],
    ['--url or --origin with white space', ['--url', 'http://local\nhost:30081']],
    ['--url or --origin with white space', ['--origin', 'http://local\thost:3000']],
    ['A name with white space', ['-n', 'todo app']],
    ['A name with white space', ['--release', 'todo\n']],
    ['--url with credentials', ['--url', 'http://admin:hunter2@localhost:30081']],
    ['--url with a query', ['--url', 'http://localhost:30081/?token=hunter2']],
    ['--url together with --via', ['--url', 'http://localhost:30081', '--via', 'proxy']],
    ['Unknown way of --via', ['--via', 'carrier-pigeon']],
    ['--watch together with --wait', ['--watch', '--wait', '5s']],
    ['--lab together with --kubeconfig', ['--lab', '--kubeconfig', 'x']],
    ['Unknown scenario of --lab', ['--lab=volcano']],
    ['Scenario of --lab with a slip', ['--lab', 'crash-lop']],
    ['Unknown flag', ['--wach']],
    ['Unknown argument', ['backend']],
  ])('%s: %j', (fault, argv) => refused(fault, ...argv));
});

describe('contract', () => {
  const file = (name: string, text: string): string => {
    const path = join(temporaryDirectory(), name);
    writeFileSync(path, text);
    return path;
  };
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    .concat(
      Array.from('bcdefghi').map(
        (name, index) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${'abcdefgh'[index] ?? ''}`)
            .join(', ')}]`,
      ),
    )
    .join('\n');

  test.each([
    ['Contract file is not there', () => ['--contract', '/nowhere/contract.yaml']],
    [
      'Contract file is not YAML',
      () => ['--contract', file('contract.yaml', 'backend:\n  replicaCount: [2\n')],
    ],
    [
      'Contract file: wrong type',
      () => ['--contract', file('contract.yaml', 'backend:\n  replicaCount: two\n')],
    ],
    ['Contract file: unknown key', () => ['--contract', file('contract.yaml', 'backend:\n  replicas: 2\n')]],
    [
      'Contract file: a key that pollutes prototypes',
      () => ['--contract', file('contract.yaml', 'backend:\n  __proto__:\n    polluted: 1\n')],
    ],
    ['Contract file: alias bomb', () => ['--contract', file('contract.yaml', bomb)]],
    ['Values file: wrong type', () => ['-f', file('values.yaml', 'backend:\n  image:\n    tag: [1, 2]\n')]],
    ['Values file is not YAML', () => ['-f', file('values.yaml', 'backend: {\n')]],
    ['Values file is a directory', () => ['-f', temporaryDirectory()]],
    ['--set without a value', () => ['--set', 'backend.replicaCount']],
    ['--set of an unknown key', () => ['--set', 'backend.replicas=3']],
    ['--set of the wrong type', () => ['--set', 'backend.replicaCount=many']],
    ['--set out of range', () => ['--set', 'backend.service.nodePort=99999']],
  ])('%s', async (fault, argv) => {
    await refused(fault, '--lab', ...argv());
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('outputs', () => {
  const root = process.getuid?.() === 0;
  const readOnly = (): string => {
    const folder = join(temporaryDirectory(), 'read-only');
    mkdirSync(folder, { mode: 0o500 });
    return folder;
  };

  test.each([
    ['-o of an unknown format', () => ['-o', 'xml']],
    ['Two formats on stdout', () => ['-o', 'json', '-o', 'yaml']],
    ['-o without a file name', () => ['-o', 'json=']],
    ['Output file is a directory', () => ['-o', `json=${temporaryDirectory()}`]],
    ['Directory of the output file does not exist', () => ['-o', 'json=/nowhere/report.json']],
    ['Parent of the output file is a file', () => ['-o', `json=${import.meta.filename}/report.json`]],
  ])('%s', (fault, argv) => refused(fault, '--lab', ...argv()));

  // The superuser may write everywhere.
  (root ? test.skip : test)('Directory of the output file is read-only', async () => {
    const folder = readOnly();
    await refused('Directory of the output file is read-only', '--lab', '-o', `json=${folder}/report.json`);
    chmodSync(folder, 0o700);
    expect(readdirSync(folder)).toEqual([]);
  });
});
