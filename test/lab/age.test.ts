import { expect, test } from '@jest/globals';
import { age } from '../../src/lab/api/age.js';

const NOW = Date.parse('2026-02-09T14:05:00Z');

test.each([
  [-5, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [432, '7m12s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [12_060, '3h21m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [262_800, '3d1h'],
  [691_200, '8d'],
  [63_071_999, '729d'],
  [63_072_000, '2y'],
  [72_000_000, '2y103d'],
  [283_824_000, '9y'],
])('%i seconds are %s', (seconds, text) => {
  expect(age(new Date(NOW - seconds * 1000).toISOString(), NOW)).toBe(text);
});

test('no time is said to be unknown', () => {
  expect([age(undefined, NOW), age(null, NOW)]).toEqual(['<unknown>', '<unknown>']);
});
