import { upperGamma } from './gamma.js';

/**
 * The probability that a chi-square variable is at least `x`.
 * @param x the statistic, 0 or more
 * @param degrees degrees of freedom, 1 or more
 */
export function chiSquareSurvival(x: number, degrees: number): number {
  return upperGamma(degrees / 2, x / 2);
}

/**
 * Pearson's test that each of the counts was as likely as the others.
 * An approximation: good where about five or more were expected of each.
 * @returns the p-value
 */
export function chiSquareUniformTest(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length < 2 || total === 0) return 1;
  const expected = total / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return chiSquareSurvival(statistic, counts.length - 1);
}
