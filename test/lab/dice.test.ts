/** The lab's chance: even, without order, and such that no short run of requests looks like a fault. */
import { expect, test } from '@jest/globals';
import { newDice } from '../../src/lab/dice.js';
import { judgeSpread } from '../../src/stats/spread.js';

function throws(sides: number, count: number): number[] {
  const dice = newDice();
  return Array.from({ length: count }, () => dice(sides));
}

function tally(thrown: readonly number[], sides: number): number[] {
  return Array.from({ length: sides }, (_, side) => thrown.filter((each) => each === side).length);
}

test.each([2, 3])('no part of the first 200 throws of %i sides looks like a fault', (sides) => {
  const thrown = throws(sides, 200);
  const verdicts = new Set<string>();
  for (const length of [10, 20, 30])
    for (let begin = 0; begin + length <= thrown.length; begin += 1)
      verdicts.add(judgeSpread(tally(thrown.slice(begin, begin + length), sides), 0.99).verdict);
  expect([...verdicts]).toEqual(['even']);
});

test.each([2, 3, 5])('20,000 throws of %i sides are even, and the next one follows from none', (sides) => {
  const thrown = throws(sides, 20_000);
  expect(judgeSpread(tally(thrown, sides), 0.99).verdict).toBe('even');
  const pairs = thrown.slice(1).map((each, index) => each * sides + (thrown[index] ?? 0));
  expect(judgeSpread(tally(pairs, sides * sides), 0.99).verdict).toBe('even');
});
