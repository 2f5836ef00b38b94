import { expect, test } from '@jest/globals';
import { withValues } from '../../src/cli/bare-flags.js';

const verify = { flags: ['lab', 'wait', 'timeout', 'record'], args: [] };
const diff = { flags: ['lab'], args: ['a', 'b'] };

test.each([
  [verify, '--lab', '--lab=healthy'],
  [verify, '--lab crash-loop', '--lab=crash-loop'],
  [verify, '--lab volcano', '--lab=volcano'],
  [verify, '--lab -o json', '--lab=healthy -o json'],
  [verify, '--lab=crash-loop', '--lab=crash-loop'],
  [verify, '--lab -- crash-loop', '--lab=healthy -- crash-loop'],
  [verify, '-- --lab', '-- --lab'],
  [verify, '--wait', '--wait=5m'],
  [verify, '--wait 90s', '--wait 90s'],
  [verify, '--wait --timeout 2m', '--wait=2m --timeout 2m'],
  [verify, '--timeout=2m --wait', '--timeout=2m --wait=2m'],
  [verify, '--wait -o json', '--wait=5m -o json'],
  [diff, 'before.tgz live --lab', 'before.tgz live --lab=healthy'],
  [diff, '--lab before.tgz live', '--lab=healthy before.tgz live'],
  [diff, '--lab crash-loop before.tgz live', '--lab=crash-loop before.tgz live'],
  [{ flags: [], args: ['scenario'] }, '--lab crash-loop', '--lab crash-loop'],
])('%j: %s', async (command, given, expected) => {
  expect((await withValues(given.split(' '), command)).join(' ')).toBe(expected);
});
