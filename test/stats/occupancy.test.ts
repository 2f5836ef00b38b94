import { describe, expect, test } from '@jest/globals';
import { missProbability, requestsToDecide } from '../../src/stats/occupancy.js';
import { DECIDE, MISS } from './reference.js';

describe('occupancy', () => {
  test.each(MISS)('%d requests leave one of %d places empty', (requests, places, expected) => {
    expect(Math.abs(missProbability(requests, places) - expected)).toBeLessThan(1e-13);
  });

  test.each(DECIDE)(
    '%d places: %d requests decide at 1 %%, %d at 0.1 %%',
    (places, onePercent, tenthPercent) => {
      expect(requestsToDecide(places, 0.01)).toBe(onePercent);
      expect(requestsToDecide(places, 0.001)).toBe(tenthPercent);
    },
  );

  test('the number that decides is the least one', () => {
    expect(missProbability(requestsToDecide(7, 0.01), 7)).toBeLessThanOrEqual(0.01);
    expect(missProbability(requestsToDecide(7, 0.01) - 1, 7)).toBeGreaterThan(0.01);
  });

  test.each([50, 300, 5000])(
    '%d places: both ways of computing it meet, and more requests help',
    (places) => {
      // Two empty places expected: up to there by the sum, beyond it by the recursion.
      const border = Math.log(2 / places) / Math.log1p(-1 / places);
      const [more, fewer] = [Math.ceil(border), Math.floor(border)].map((n) => missProbability(n, places));
      expect(fewer).toBeGreaterThan(more ?? 1);
      expect((fewer ?? 0) - (more ?? 0)).toBeLessThan(1 / places);
      expect(more).toBeCloseTo(1 - Math.exp(-2), 1);
    },
  );

  test.each([1, 2, 3, 100, 5000])('%d places: one request less does not decide', (places) => {
    for (const risk of [0.6, 0.05, 0.001, 1e-9]) {
      const enough = requestsToDecide(places, risk);
      expect(missProbability(enough, places)).toBeLessThanOrEqual(risk);
      expect(missProbability(enough - 1, places)).toBeGreaterThan(risk);
    }
  });

  test('fewer requests than places leave one empty for certain', () => {
    expect(missProbability(0, 1)).toBe(1);
    expect(missProbability(10, 5000)).toBe(1);
    expect(missProbability(4999, 5000)).toBe(1);
    expect(missProbability(5000, 5000)).toBe(1);
  });
});
