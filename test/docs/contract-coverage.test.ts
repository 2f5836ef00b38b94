/** docs/contract-coverage.md against the checks that there are. That every statement has a row is for a reader to judge. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EVERY_CHECK } from '../../src/checks/of-load-run.js';
import { SUITES } from '../../src/checks/check.js';

const text = readFileSync('docs/contract-coverage.md', 'utf8');
const ids = EVERY_CHECK.map(({ meta }) => meta.id as string);
const named = [...text.matchAll(/`([a-z-]+\/[a-z0-9-]+)`/g)]
  .map(([, id = '']) => id)
  .filter((id) => (SUITES as readonly string[]).includes(id.split('/')[0] ?? ''));

test('every check that the table names exists', () => {
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  expect(named.length).toBeGreaterThan(ids.length);
});

test('every check is in the table', () => {
  expect(ids.filter((id) => !named.includes(id))).toEqual([]);
});

test('every row names a check or gives a reason', () => {
  const rows = text.split('\n').filter((line) => /^\| (?!Statement)/.test(line));
  const empty = rows.filter((row) => (row.split(/(?<!\\)\|/)[2] ?? '').trim().length < 12);
  expect(empty).toEqual([]);
});
