import { describe, expect, test } from '@jest/globals';
import { judgeSpread, judgeSpreadDespite } from '../../src/stats/spread.js';

describe('judgeSpread', () => {
  test.each([
    [[6, 4], 'even'],
    [[9, 1], 'even'],
    [[10, 0], 'unserved'],
    [[6, 4, 0], 'inconclusive'],
    [[10, 0, 0], 'unserved'],
    [[7, 7, 7, 0], 'unserved'],
    [[90, 10], 'uneven'],
    [[600, 400], 'uneven'],
    [[10_100, 9900], 'even'],
    [[500_000, 500_100], 'even'],
    [[0, 0], 'inconclusive'],
  ] as const)('%j is %s', (counts, verdict) => {
    expect(judgeSpread(counts, 0.99).verdict).toBe(verdict);
  });

  test('says what would decide', () => {
    expect(judgeSpread([6, 4, 0], 0.99)).toMatchObject({ enough: 15, method: 'exact multinomial' });
    expect(judgeSpread([6, 4, 0], 0.99).miss).toBeCloseTo(0.052, 3);
  });
});

describe('judgeSpreadDespite', () => {
  test('keeps the verdict that no spread of the open requests could change', () => {
    expect(judgeSpreadDespite([500, 495], 5, 0.99)?.verdict).toBe('even');
    expect(judgeSpreadDespite([900, 100], 5, 0.99)?.verdict).toBe('uneven');
  });

  test('gives none where the open ones could change it', () => {
    expect(judgeSpreadDespite([30, 20], 30, 0.99)).toBeUndefined();
    expect(judgeSpreadDespite([10, 0], 1, 0.99)).toBeUndefined();
    expect(judgeSpreadDespite([60, 20], 40, 0.99)).toBeUndefined();
  });

  /** By trying every way to spread them. */
  test('agrees with trying everything', () => {
    for (const counts of [
      [12, 4],
      [20, 9],
      [9, 1],
      [30, 10, 10],
      [4, 4, 0],
    ]) {
      for (const open of [1, 3, 8]) {
        const verdicts = new Set(
          ways(open, counts.length).map(
            (extra) =>
              judgeSpread(
                counts.map((count, index) => count + (extra[index] ?? 0)),
                0.99,
              ).verdict,
          ),
        );
        verdicts.add(judgeSpread(counts, 0.99).verdict);
        const settled = judgeSpreadDespite(counts, open, 0.99);
        // It may be more careful than need be, never less.
        if (settled) expect([...verdicts]).toEqual([settled.verdict]);
      }
    }
  });
});

function ways(total: number, places: number): number[][] {
  if (places === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, first) => first).flatMap((first) =>
    ways(total - first, places - 1).map((rest) => [first, ...rest]),
  );
}
