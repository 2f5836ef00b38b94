import { describe, expect, test } from '@jest/globals';
import { countPartitions, exactUniformTest } from '../../src/stats/multinomial.js';
import { MULTINOMIAL } from './reference.js';

/** Every sequence of places, one by one: slow, and too simple to be wrong in the same way. */
function bruteForce(counts: readonly number[]): number {
  const places = counts.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const ways = (some: readonly number[]): number => {
    let left = total;
    let product = 1;
    for (const count of some) {
      for (let i = 0; i < count; i += 1) product = (product * (left - i)) / (i + 1);
      left -= count;
    }
    return Math.round(product);
  };
  const observed = ways(counts);
  let extreme = 0;
  const visit = (prefix: number[], left: number): void => {
    if (prefix.length === places - 1) {
      const some = ways([...prefix, left]);
      if (some <= observed) extreme += some;
      return;
    }
    for (let count = 0; count <= left; count += 1) visit([...prefix, count], left - count);
  };
  visit([], total);
  return extreme / places ** total;
}

describe('exact multinomial test', () => {
  test.each(MULTINOMIAL)('p of %j', (counts, expected) => {
    const got = exactUniformTest(counts);
    expect(Math.abs(got - expected)).toBeLessThan(1e-12);
    expect(Math.abs(got - expected) / expected).toBeLessThan(1e-10);
  });

  test('does not depend on the order of the counts', () => {
    expect(exactUniformTest([0, 6, 4])).toBe(exactUniformTest([6, 4, 0]));
  });

  test('agrees with the enumeration of every sequence for all spreads of 9 requests over 4 places', () => {
    for (let a = 0; a <= 9; a += 1) {
      for (let b = 0; b <= 9 - a; b += 1) {
        for (let c = 0; c <= 9 - a - b; c += 1) {
          const counts = [a, b, c, 9 - a - b - c];
          expect(exactUniformTest(counts)).toBeCloseTo(bruteForce(counts), 11);
        }
      }
    }
  });

  test('nothing to compare is no evidence', () => {
    expect(exactUniformTest([9])).toBe(1);
    expect(exactUniformTest([0, 0])).toBe(1);
  });
});

describe('countPartitions', () => {
  test.each([
    [10, 2, 6],
    [10, 3, 14],
    [10, 10, 42],
    [100, 4, 8037],
    [0, 3, 1],
  ])('%d requests over %d places', (total, parts, expected) => {
    expect(countPartitions(total, parts, 1e6)).toBe(expected);
  });

  test('gives up at the limit', () => {
    expect(countPartitions(1000, 50, 1e6)).toBe(Infinity);
  });
});
