import { expect, test } from '@jest/globals';
import { byChance } from '../../src/computed/load-tally.js';

test.each([
  [1, 'as even as it can be'],
  [0.9951, 'as even as it can be'],
  [0.994, 'an even spread differs this much in 99 % of runs'],
  [0.754, 'an even spread differs this much in 75 % of runs'],
  [0.0214, 'an even spread differs this much in 2.1 % of runs'],
  [0.0000004, 'an even spread differs this much in 0.00004 % of runs'],
])('%d: %s', (probability, says) => {
  expect(byChance(probability)).toBe(says);
});
