import { describe, expect, test } from '@jest/globals';
import { logGamma, upperGamma } from '../../src/stats/gamma.js';
import { LOG_GAMMA } from './reference.js';

describe('gamma functions', () => {
  test.each(LOG_GAMMA)('ln Γ(%d)', (x, expected) => {
    expect(Math.abs(logGamma(x) - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)));
  });

  test('Q(a, x) is continuous where the series hands over to the fraction', () => {
    for (const a of [0.5, 3, 40, 500]) {
      const below = upperGamma(a, (a + 1) * (1 - 1e-13));
      const above = upperGamma(a, (a + 1) * (1 + 1e-13));
      expect(Math.abs(below - above)).toBeLessThan(1e-11);
    }
  });

  test('Q(a, 0) is 1', () => {
    expect(upperGamma(2, 0)).toBe(1);
  });
});
