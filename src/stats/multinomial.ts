/**
 * The exact test of a uniform multinomial: how likely is an outcome that is no more likely than the one seen?
 * It needs no "large enough" sample, where chi-square misjudges the contract's ten requests.
 */

/** Two probabilities count as equal within this; rounding differs for the same outcome in another order. */
const TIE = 1e-9;

/**
 * The number of ways to write `total` as a sum of at most `parts` numbers: what the exact test enumerates.
 * @returns infinity where it exceeds `limit`, so that asking costs little
 */
export function countPartitions(total: number, parts: number, limit: number): number {
  const ways = Array.from<unknown, number>({ length: total + 1 }, (_, sum) => (sum === 0 ? 1 : 0));
  // Sums of at most `parts` numbers are as many as sums of numbers that are at most `parts` (conjugate partitions).
  for (let size = 1; size <= Math.min(parts, total); size += 1) {
    for (let sum = size; sum <= total; sum += 1) {
      ways[sum] = (ways[sum] ?? 0) + (ways[sum - size] ?? 0);
    }
    if ((ways[total] ?? 0) > limit) return Infinity;
  }
  return ways[total] ?? 0;
}

/**
 * The p-value of `counts` when each place was as likely as the others, by enumeration of every outcome.
 * The work grows with `countPartitions`: ask that first.
 */
export function exactUniformTest(counts: readonly number[]): number {
  const places = counts.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (places < 2 || total === 0) return 1;
  const logFactorial = logFactorials(Math.max(total, places));
  const at = (n: number): number => logFactorial[n] ?? 0;
  const base = at(total) - total * Math.log(places);
  const observed = counts.reduce((sum, count) => sum - at(count), base);

  let likelier = 0;
  let rest = 0;
  // Outcomes with the same counts in another order are equally likely: one visit stands for all of them.
  const visit = (
    left: number,
    free: number,
    largest: number,
    logProbability: number,
    logOrders: number,
  ): void => {
    if (free === 0 || left === 0) {
      const weight = Math.exp(logProbability + logOrders - at(free));
      if (logProbability > observed + TIE) likelier += weight;
      else rest += weight;
      return;
    }
    for (let count = Math.min(left, largest); count * free >= left; count -= 1) {
      // Every run of equal counts is taken at once, so that its orders are divided out by one factorial.
      for (let run = 1; run <= free && run * count <= left; run += 1) {
        const remaining = left - run * count;
        const open = free - run;
        if (remaining > open * (count - 1)) continue;
        visit(remaining, open, count - 1, logProbability - run * at(count), logOrders - at(run));
      }
    }
  };
  visit(total, places, total, base, at(places));
  // Of two sums that add up to 1 the smaller one carries the smaller rounding error.
  return likelier < rest ? 1 - likelier : rest;
}

function logFactorials(highest: number): number[] {
  const table = [0];
  for (let n = 1; n <= highest; n += 1) table.push((table[n - 1] ?? 0) + Math.log(n));
  return table;
}
