/** A kubeconfig that somebody else wrote: the name of its context reaches every output. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import Collect from '../../src/commands/collect.js';
import Diff from '../../src/commands/diff.js';
import Verify from '../../src/commands/verify.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';

jest.setTimeout(60_000);

const HOSTILE = 'a\u001b]0;t\u0007\u001b[2J\u202e\u009b1m\ufffe\n::set-output name=x::y\r##[add-path]z';
const UNSAFE =
  /\u001b(?!\[[\d;]*m)|[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|(^|\n)\s*::set-output|##\[/;

const { file, remove } = temporaryFolder();
const kubeconfig = file('kubeconfig');
let lab: Lab;

beforeAll(async () => {
  lab = await startLab('database-down');
  const { contexts, ...rest } = parse(readFileSync(lab.kubeconfigPath, 'utf8')) as {
    contexts: { name: string }[];
  };
  const own = {
    ...rest,
    'current-context': HOSTILE,
    contexts: contexts.map((each) => ({ ...each, name: HOSTILE })),
  };
  writeFileSync(kubeconfig, JSON.stringify(own));
});

afterAll(async () => {
  await lab.close();
  remove();
});

const FORMATS = [
  'text',
  'wide',
  'json',
  'yaml',
  'junit',
  'markdown',
  'github',
  'html',
  'prometheus',
  'events',
];

test('verify, in every format', async () => {
  const outputs = FORMATS.flatMap((name) => ['-o', `${name}=${file(name)}`]);
  const { stdout, stderr, exitCode } = await runCommand(Verify, [
    '-v',
    '--kubeconfig',
    kubeconfig,
    ...outputs,
  ]);
  expect(exitCode).toBe(1);
  const texts = [stdout, stderr, ...FORMATS.map((name) => readFileSync(file(name), 'utf8'))];
  expect(texts.every((text) => text.length > 0)).toBe(true);
  expect(texts.filter((text) => UNSAFE.test(text))).toEqual([]);
  expect(texts[0]).toContain(': :set-output name=x::y # #[add-path]z');
});

test('collect and diff', async () => {
  const bundle = file('a.tgz');
  const collected = await runCommand(Collect, ['--kubeconfig', kubeconfig, '-o', bundle]);
  const text = await runCommand(Diff, [bundle, 'live', '--kubeconfig', kubeconfig]);
  const json = await runCommand(Diff, [bundle, bundle, '-o', 'json']);
  const outputs = [collected, text, json].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  expect(outputs.filter((output) => UNSAFE.test(output))).toEqual([]);
  expect(text.stdout).toContain(': :set-output');
});

test('what goes wrong', async () => {
  const namespace = await runCommand(Verify, ['--kubeconfig', kubeconfig, '-n', 'not-there']);
  const context = await runCommand(Verify, ['--kubeconfig', kubeconfig, '--context', HOSTILE.slice(1)]);
  for (const { exitCode, stderr, stdout } of [namespace, context]) {
    expect(exitCode).toBe(2);
    expect(`${stderr}${stdout}`).toContain('set-output');
    expect(stderr).not.toMatch(UNSAFE);
  }
});
