/** The page and the tests name the same faults. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { documentedRows } from './support/documented.js';

const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

test('every fault of docs/fault-matrix.md has a test', () => {
  const rows = documentedRows();
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter(({ fault }) => !sources.includes(`'${fault}'`)).map(({ fault }) => fault)).toEqual([]);
});

test('no fault is on the page twice', () => {
  const faults = documentedRows().map(({ fault }) => fault);
  expect(faults.filter((fault, index) => faults.indexOf(fault) !== index)).toEqual([]);
});
