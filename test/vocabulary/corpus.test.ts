/**
 * What real drivers, servers and loggers print (test/fixtures/words, made by scripts/driver-errors.py): each error means what
 * was provoked, each record of a log is an error, a connection or neither.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { databaseError } from '../../src/computed/database-error.js';
import { readLog } from '../../src/computed/log-reading.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { readCrashLog } from '../../src/computed/crash-sign.js';

interface ErrorRow {
  driver: string;
  version: string;
  situation: string;
  /** What it may be taken for; `any`: anything, as long as it is quoted. */
  means: string;
  sqlstate: string | null;
  text: string;
}

interface LogRow {
  form: string;
  kind: 'error' | 'connected' | 'harmless';
  driver?: string;
  situation?: string;
  means?: string;
  lines: string[];
}

const load = (name: string) =>
  JSON.parse(readFileSync(`test/fixtures/words/${name}.json`, 'utf8')) as unknown;
const ERRORS = load('driver-errors') as ErrorRow[];
const LOGS = load('driver-logs') as LogRow[];
const at = '2026-02-09T14:00:00Z';
const log = (lines: readonly string[]) => lines.map((text) => ({ at, text }));
const reading = (lines: readonly string[]) => readLog(log(lines), DEFAULT_CONTRACT.database);

/** `any` and `file` say how it is judged, not what it means. */
const meant = (means = '') => means.split(' ');

test('the corpus is as large as is promised', () => {
  expect(ERRORS.length).toBeGreaterThanOrEqual(120);
  expect(LOGS.length).toBeGreaterThanOrEqual(400);
  expect(new Set(ERRORS.map(({ driver }) => driver)).size).toBeGreaterThanOrEqual(12);
});

describe('errors', () => {
  test.each(ERRORS.map((row) => ({ row, name: `${row.driver} ${row.version}: ${row.situation}` })))(
    '$name',
    ({ row: { means, text, sqlstate } }) => {
      if (means.startsWith('crash/')) {
        expect(
          readCrashLog(log(['Traceback (most recent call last):', '  File "/app/a.py", line 1, in a', text]))
            ?.cause,
        ).toBe(means);
        return;
      }
      const found = databaseError(text, sqlstate ?? undefined)?.means ?? 'db/other';
      if (!meant(means).includes('any')) expect(meant(means)).toContain(found);
      // Known or not: in a log it is an error, and its words are there to be quoted.
      const { errors } = reading([`ERROR:    Database connection failed: ${text.split('\n')[0] ?? ''}`]);
      expect(errors).toHaveLength(1);
    },
  );
});

describe('logs', () => {
  const name = ({ form, kind, driver = '', situation = '', lines }: LogRow) =>
    `${kind}, ${form}: ${driver} ${situation === '' ? (lines[0] ?? '').slice(-50) : situation}`;
  test.each(LOGS.map((row) => ({ row, name: name(row) })))('$name', ({ row }) => {
    const { errors, connected } = reading(row.lines);
    const seen = errors.length > 0 ? 'error' : connected ? 'connected' : 'harmless';
    expect(seen).toBe(row.kind);
    if (row.kind !== 'error' || meant(row.means).includes('any')) return;
    expect(meant(row.means).some((each) => errors.some(({ means }) => means === each))).toBe(true);
  });
});
