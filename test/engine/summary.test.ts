import { describe, expect, test } from '@jest/globals';
import type { Summary } from '../../src/engine/report.js';
import { exitCodeOf } from '../../src/engine/summary.js';

const counts = (some: Partial<Summary>): Summary => ({
  pass: 0,
  warn: 0,
  fail: 0,
  unknown: 0,
  blocked: 0,
  skip: 0,
  ...some,
});

describe('exitCodeOf', () => {
  test.each([
    [{ pass: 3 }, false, 0],
    [{ pass: 3, warn: 1 }, false, 0],
    [{ pass: 3, warn: 1 }, true, 1],
    [{ pass: 3, unknown: 1 }, false, 3],
    [{ pass: 3, unknown: 1, fail: 1, blocked: 2 }, false, 1],
    [{ skip: 3 }, false, 3],
    [{}, false, 3],
  ] as const)('%j strict %s is %d', (some, strict, code) => {
    expect(exitCodeOf(counts(some), strict)).toBe(code);
  });
});
