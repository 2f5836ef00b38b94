/** Which of several backends is meant: asked of a person, and of nobody else. */
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { choose } from '../../src/cli/choose.js';
import { choicesOf } from '../../src/contract/choice.js';
import type { Candidate } from '../../src/contract/found-objects.js';

const candidates = [
  { release: 'staging', deployment: { name: 'staging-backend' } },
  { release: undefined, deployment: { name: 'plain' } },
  { release: 'prod', deployment: { name: 'prod-a' } },
  { release: 'prod', deployment: { name: 'prod-b' } },
] as unknown as Candidate[];
const choices = choicesOf('default', candidates);

/** @param typed a line; undefined: the end of input */
async function answered(
  typed: string | undefined,
  more: { result?: boolean; env?: Record<string, string> } = {},
) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  if (typed !== undefined) input.write(`${typed}\n`);
  else input.end();
  const result = { isTTY: more.result ?? true };
  const chosen = await choose(
    choices,
    { input, output, result, env: more.env ?? {} },
    new AbortController().signal,
  );
  return { chosen: chosen && [chosen.flag, chosen.value], asked: String(output.read() ?? '') };
}

test('each with its flag: the release, or the Deployment where that says more', () => {
  expect(choices.map(({ flag, value }) => `${flag} ${value}`)).toEqual([
    'release staging',
    'deployment plain',
    'deployment prod-a',
    'deployment prod-b',
  ]);
});

describe('a person', () => {
  test.each([
    ['1', ['release', 'staging']],
    [' 4 ', ['deployment', 'prod-b']],
    ['plain', ['deployment', 'plain']],
    ['0', undefined],
    ['5', undefined],
    ['-1', undefined],
    ['1; rm -rf /', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j', async (typed, expected) => {
    const { chosen, asked } = await answered(typed);
    expect(chosen).toEqual(expected);
    expect(asked).toContain('  1  staging   default\n');
    expect(asked).toMatch(/Which one \(1-4\)\? $/);
  });

  test('who is interrupted has chosen nothing', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true });
    const controller = new AbortController();
    const asked = choose(choices, { input, output, result: { isTTY: true }, env: {} }, controller.signal);
    controller.abort();
    expect(await asked).toBeUndefined();
  });
});

test('nobody is asked in a pipe or in CI', async () => {
  expect(await answered('1', { result: false })).toEqual({ chosen: undefined, asked: '' });
  expect(await answered('1', { env: { CI: 'true' } })).toEqual({ chosen: undefined, asked: '' });
  const input = new PassThrough();
  const terminal = { input, output: new PassThrough(), result: { isTTY: true }, env: {} };
  expect(await choose(choices, terminal, new AbortController().signal)).toBeUndefined();
});
