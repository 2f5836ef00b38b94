import { describe, expect, test } from '@jest/globals';
import { chiSquareSurvival, chiSquareUniformTest } from '../../src/stats/chi-square.js';
import { CHI_SQUARE } from './reference.js';

describe('chi-square', () => {
  test.each(CHI_SQUARE)('survival of %d with %d degrees of freedom', (x, degrees, expected) => {
    const got = chiSquareSurvival(x, degrees);
    expect(Math.abs(got - expected)).toBeLessThan(1e-10);
    // Small probabilities are right in their digits too, not only in being small.
    expect(Math.abs(got - expected) / expected).toBeLessThan(1e-9);
  });

  test('tests counts by Pearson’s statistic: 60 and 40 give 4 with one degree of freedom', () => {
    expect(chiSquareUniformTest([60, 40])).toBeCloseTo(0.04550026389635842, 10);
  });

  test('nothing to compare is no evidence', () => {
    expect(chiSquareUniformTest([7])).toBe(1);
    expect(chiSquareUniformTest([0, 0])).toBe(1);
  });
});
