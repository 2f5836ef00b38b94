/** Simulated runs with a fixed seed. */
import { judgeSpread, type Spread } from '../../src/stats/spread.js';
import { mulberry32 } from '../support/random.js';

export interface Simulation {
  requests: number;
  /** How likely each pod is to be chosen, in proportion. */
  weights: readonly number[];
  runs: number;
  confidence: number;
  seed: number;
}

/** The verdict of each run. */
export function simulate({ requests, weights, runs, confidence, seed }: Simulation): Spread['verdict'][] {
  const random = mulberry32(seed);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const bounds = weights.map((_weight, index) =>
    weights.slice(0, index + 1).reduce((sum, weight) => sum + weight / total, 0),
  );
  // The same counts come up again and again where there are few requests.
  const known = new Map<string, Spread['verdict']>();
  return Array.from({ length: runs }, () => {
    const counts = weights.map(() => 0);
    for (let request = 0; request < requests; request += 1) {
      const at = random();
      const pod = bounds.findIndex((bound) => at < bound);
      const index = pod < 0 ? weights.length - 1 : pod;
      counts[index] = (counts[index] ?? 0) + 1;
    }
    const key = [...counts].sort((a, b) => a - b).join(' ');
    const verdict = known.get(key) ?? judgeSpread(counts, confidence).verdict;
    known.set(key, verdict);
    return verdict;
  });
}

/**
 * The probability that an even choice raises a false alarm, without simulation: over every outcome, each with its
 * multinomial probability. Outcomes that differ in the order of the places alone are judged once.
 */
export function falseAlarmRate(requests: number, places: number, confidence: number): number {
  const logFactorial = [0];
  for (let n = 1; n <= Math.max(requests, places); n += 1)
    logFactorial.push((logFactorial[n - 1] ?? 0) + Math.log(n));
  const minus = (log: number, n: number) => log - (logFactorial[n] ?? 0);
  let rate = 0;
  const visit = (counts: number[], left: number): void => {
    if (counts.length === places) {
      const { verdict } = judgeSpread(counts, confidence);
      if (verdict !== 'uneven' && verdict !== 'unserved') return;
      const alike = new Map<number, number>();
      for (const count of counts) alike.set(count, (alike.get(count) ?? 0) + 1);
      const orders = [...alike.values()].reduce(minus, logFactorial[places] ?? 0);
      const outcome = counts.reduce(minus, logFactorial[requests] ?? 0) - requests * Math.log(places);
      rate += Math.exp(orders + outcome);
      return;
    }
    // Fullest first, and no fuller than the one before.
    const open = places - counts.length;
    const least = open === 1 ? left : Math.ceil(left / open);
    for (let count = Math.min(left, counts.at(-1) ?? left); count >= least; count -= 1)
      visit([...counts, count], left - count);
  };
  visit([], requests);
  return rate;
}

/** The power at 100 requests and 99 % confidence that docs/load-balancing.md prints. */
export function powerTable(): { weights: number[]; power: number }[] {
  return [
    [60, 40],
    [70, 30],
    [80, 20],
    [50, 25, 25],
    [60, 20, 20],
    [50, 50, 0],
    [100, 0, 0],
  ].map((weights) => {
    const runs = 2000;
    const verdicts = simulate({ requests: 100, weights, runs, confidence: 0.99, seed: 100 });
    const caught = verdicts.filter((verdict) => verdict === 'uneven' || verdict === 'unserved').length;
    return { weights, power: caught / runs };
  });
}
