/** --help as it is printed by the program that is shipped. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const RUN = path.join(import.meta.dirname, '../../bin/run.js');

async function help(...argv: string[]): Promise<string> {
  const env = { ...process.env, COLUMNS: '80', NO_COLOR: '1', FORCE_COLOR: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, [RUN, ...argv], { env });
  return stdout;
}

/** Headings, in their order. */
const sections = (text: string) => text.split('\n').filter((line) => /^[A-Z][A-Z ]+$/.test(line));

describe('of the program', () => {
  test('what everybody types comes first, and what does the same twice is left out', async () => {
    const text = await help('--help');
    expect(sections(text)).toEqual(['USAGE', 'EXAMPLES', 'VERSION', 'COMMANDS']);
    const listed = text.slice(text.indexOf('COMMANDS\n')).matchAll(/^ {2}([a-z]+) /gm);
    expect([...listed].map(([, name]) => name)).toEqual(
      'verify doctor loadbalance collect diff fleet explain checks contract lab completion help'.split(' '),
    );
  });

  test.each([['-h'], ['help'], ['verify', '--help']])(
    '%j: exit code 0, no line wider than the terminal',
    async (...argv) => {
      const text = await help(...argv);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});

describe.each([
  ['verify'],
  ['doctor'],
  ['loadbalance'],
  ['collect'],
  ['diff'],
  ['fleet'],
  ['lab'],
  ['checks role'],
])('of %s', (command) => {
  test('examples stand before flags, each below what it is for, and the usage is one line', async () => {
    const text = await help(...command.split(' '), '--help');
    const order = sections(text);
    expect(order[0]).toBe('USAGE');
    expect(order[1]).toBe('EXAMPLES');
    expect(order.findIndex((each) => each.endsWith('FLAGS'))).toBeGreaterThan(1);
    expect(text).toMatch(new RegExp(`USAGE\\n {2}\\$ todo-k8s ${command}( [A-Z[\\]]+)* \\[FLAGS\\]\\n\\n`));
    expect(text).toContain(`\n  todo-k8s ${command}`);
  });

  test('flags with a letter come first, so that all names stand below one another', async () => {
    const text = await help(...command.split(' '), '--help');
    const groups = text.split(/\n(?=[A-Z][A-Z ]*FLAGS\n)/).slice(1);
    for (const group of groups) {
      const flags = group.split('\n').filter((line) => /^ +-/.test(line) && line.indexOf('-') < 8);
      expect(new Set(flags.map((line) => line.indexOf('--'))).size).toBe(1);
    }
  });
});
