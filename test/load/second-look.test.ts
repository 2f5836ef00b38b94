/** How often pods that are well are called unserved or uneven: counted exactly, over every way in which requests may fall. */
import { describe, expect, test } from '@jest/globals';
import { confidenceOf, secondLook } from '../../src/computed/load-assessment.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import type { Route } from '../../src/evidence/evidence.js';
import { judgeSpread, type Spread } from '../../src/stats/spread.js';
import { loadFacts } from '../support/load-facts.js';

const { requests: FIRST, confidence: CONFIDENCE } = DEFAULT_CONTRACT.loadBalancing;
const ROUTE: Route = {
  via: 'nodeport',
  baseUrl: 'http://localhost:30081',
  tried: [],
  balances: true,
  provesNodePort: true,
};

const look = (counts: readonly number[], route = ROUTE, more = {}) =>
  secondLook(
    { ...loadFacts(Object.fromEntries(counts.map((count, index) => [`pod-${index}`, count]))), ...more },
    route,
    CONFIDENCE,
  );

/** Every spread of the requests over the pods, with the probability of it by an even choice. */
function* spreads(requests: number, pods: number): Generator<[counts: number[], probability: number]> {
  if (pods === 1) {
    yield [[requests], 1];
    return;
  }
  // Binomially many fall to the first pod, and the others share what is left.
  let probability = (1 - 1 / pods) ** requests;
  for (let first = 0; first <= requests; first += 1) {
    for (const [rest, chance] of spreads(requests - first, pods - 1))
      yield [[first, ...rest], probability * chance];
    probability *= (requests - first) / (first + 1) / (pods - 1);
  }
}

function chanceOf(
  requests: number,
  pods: number,
  confidence: number,
  verdicts: readonly Spread['verdict'][],
): number {
  // Whose pod a count is makes no difference.
  const alike = new Map<string, [counts: number[], probability: number]>();
  for (const [counts, probability] of spreads(requests, pods)) {
    const key = counts.sort((a, b) => a - b).join();
    alike.set(key, [counts, (alike.get(key)?.[1] ?? 0) + probability]);
  }
  let sum = 0;
  for (const [counts, probability] of alike.values())
    if (verdicts.includes(judgeSpread(counts, confidence).verdict)) sum += probability;
  return sum;
}

const FALSE_ALARM = ['unserved', 'uneven'] as const;

describe('two pods that are well, and the ten requests of the contract', () => {
  test('by themselves they are a false alarm in one run of 512', () => {
    expect(chanceOf(FIRST, 2, CONFIDENCE, FALSE_ALARM)).toBeCloseTo(1 / 512, 12);
  });

  test('with the second look in less than one of a million', () => {
    const again = look([10, 0]);
    expect(again).toEqual({ requests: 15, because: 'the first 10 were spread 10 / 0' });
    const strict = confidenceOf({ again: { afterMs: 0, because: '', chance: true } }, CONFIDENCE);
    const rate = (1 / 512) * chanceOf(again?.requests ?? 0, 2, strict, FALSE_ALARM);
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(1e-6);
  });
});

test.each([2, 3, 4])('%d pods: false alarms, and runs that decide nothing', (pods) => {
  const strict = confidenceOf({ again: { afterMs: 0, because: '', chance: true } }, CONFIDENCE);
  let [alarm, undecided, looks] = [0, 0, 0];
  const second = new Map<number, [alarm: number, undecided: number]>();
  for (const [counts, probability] of spreads(FIRST, pods)) {
    const again = look(counts);
    expect(again !== undefined).toBe(judgeSpread(counts, CONFIDENCE).verdict !== 'even');
    if (again === undefined) continue;
    looks += probability;
    const known = second.get(again.requests) ?? [
      chanceOf(again.requests, pods, strict, FALSE_ALARM),
      chanceOf(again.requests, pods, strict, ['inconclusive']),
    ];
    second.set(again.requests, known);
    alarm += probability * known[0];
    undecided += probability * known[1];
  }
  // At the square of the contract's risk, and only of the runs that are looked at again.
  expect(alarm).toBeLessThanOrEqual(looks * (1 - CONFIDENCE) ** 2 * (1 + 1e-9));
  expect(undecided).toBe(0);
});

describe('what is there all the time is seen', () => {
  const strict = confidenceOf({ again: { afterMs: 0, because: '', chance: true } }, CONFIDENCE);

  test.each([2, 3, 4, 8])('one of %d pods gets nothing', (pods) => {
    const first = [...Array<number>(pods - 2).fill(1), 10 - (pods - 2), 0];
    const again = look(first);
    const each = Math.ceil((again?.requests ?? 0) / (pods - 1));
    expect(judgeSpread([...Array<number>(pods - 1).fill(each), 0], strict).verdict).toBe('unserved');
  });
});

describe('no second look', () => {
  test.each([
    ['an even spread', look([6, 4])],
    ['one pod', look([10])],
    ['requests that failed', look([10, 0], ROUTE, { problems: [{ what: 'HTTP 503', requests: 1 }] })],
    ['responses of unknown pods', look([10, 0], ROUTE, { openToSteady: 1 })],
    ['a way that does not balance', look([10, 0], { ...ROUTE, balances: false })],
    ['so many pods that hundreds of requests would decide', look([10, ...Array<number>(99).fill(0)])],
  ])('%s', (_, again) => {
    expect(again).toBeUndefined();
  });
});
