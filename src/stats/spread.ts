/** Whether requests were spread evenly over pods: one judgement for `verify` and `loadbalance`. */
import { missProbability, requestsToDecide } from './occupancy.js';
import { testUniform, type UniformTest } from './uniformity.js';

export interface Spread extends UniformTest {
  /**
   * `unserved`: a place got nothing, and that cannot be put down to chance. `uneven`: all got some, too unevenly for
   * chance. `inconclusive`: a place got nothing, which so few requests leave to chance too often.
   */
  verdict: 'even' | 'uneven' | 'unserved' | 'inconclusive';
  /** The probability that an even choice leaves at least one place without a request. */
  miss: number;
  /** Requests from which on an unserved place would decide. */
  enough: number;
}

/**
 * @param counts requests of each place, at least one place
 * @param confidence probability with which an even choice must be called neither unserved nor uneven
 */
export function judgeSpread(counts: readonly number[], confidence: number): Spread {
  const risk = 1 - confidence;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const test = testUniform(counts);
  const miss = missProbability(total, counts.length);
  const isMissed = counts.includes(0);
  // Two ways to fail share one risk, so that together they call an even spread uneven no more often than agreed.
  const isDecisive = miss <= risk;
  const isUneven = test.p < (isDecisive ? risk - miss : risk);
  const verdict = ((): Spread['verdict'] => {
    if (isMissed) return isDecisive || isUneven ? 'unserved' : 'inconclusive';
    return isUneven ? 'uneven' : 'even';
  })();
  return { ...test, verdict, miss, enough: requestsToDecide(counts.length, risk) };
}

/**
 * The judgement where it is not known which places served `open` more requests: undefined when that could change it.
 * Nothing is more uneven than all of them in the fullest place, and nothing less than the emptiest ones filled up.
 */
export function judgeSpreadDespite(
  counts: readonly number[],
  open: number,
  confidence: number,
): Spread | undefined {
  const worst = [...counts].sort((a, b) => b - a);
  worst[0] = (worst[0] ?? 0) + open;
  const seen = judgeSpread(counts, confidence);
  const isSettled = [worst, filledUp(counts, open)].every(
    (possible) => judgeSpread(possible, confidence).verdict === seen.verdict,
  );
  return isSettled ? seen : undefined;
}

/** The counts after `more` went, one by one, to whichever place had the fewest. */
function filledUp(counts: readonly number[], more: number): number[] {
  const filled = [...counts].sort((a, b) => a - b);
  let left = more;
  for (let places = 1; places <= filled.length && left > 0; places += 1) {
    const level = filled[places - 1] ?? 0;
    const next = filled[places] ?? Infinity;
    const each = Math.min(next - level, Math.floor(left / places));
    for (let index = 0; index < places; index += 1) filled[index] = level + each;
    left -= each * places;
    if (each < next - level) {
      for (let index = 0; index < left; index += 1) filled[index] = level + each + 1;
      left = 0;
    }
  }
  return filled;
}
