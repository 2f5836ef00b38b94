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
});
