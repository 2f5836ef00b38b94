/**
 * Reference values from an independent computation, not from this program: Python 3.11 with exact fractions
 * (`fractions.Fraction`; enumeration of every partition for the multinomial, inclusion–exclusion for the occupancy)
 * and mpmath 1.4.1 at 50 digits (`gammainc(…, regularized=True)`, `loggamma`). Rounded to 17 digits.
 *
 * Computed once more with SciPy 1.17.1: `stats.multinomial.pmf` summed over every outcome no more likely than the one
 * seen, `stats.chi2.sf`, `special.gammaln`, and the occupancy from `special.comb(…, exact=True)`. No value differs by
 * more than a part in 1e13.
 */

/** Counts and the exact p-value of a uniform multinomial. */
export const MULTINOMIAL: readonly [readonly number[], number][] = [
  [[5, 5], 1],
  [[6, 4], 0.75390625],
  [[10, 0], 0.001953125],
  [[9, 1], 0.021484375],
  [[8, 0], 0.0078125],
  [[6, 4, 0], 0.043743331809175431],
  [[7, 2, 1], 0.093126047858558147],
  [[4, 3, 3], 1],
  [[10, 0, 0], 5.080526342529086e-5],
  [[1, 0, 0], 1],
  [[3, 3, 2, 2], 1],
  [[7, 7, 7, 0], 0.019191225297618075],
  [[12, 9, 4, 3, 2], 0.01913420470908272],
  [[60, 40], 0.056887933640980792],
  [[40, 35, 25], 0.16308435231356573],
  [[30, 25, 25, 20], 0.57906545636149562],
];

/** Requests, places and the probability that some place is left empty. */
export const MISS: readonly [number, number, number][] = [
  [1, 1, 0],
  [7, 2, 0.015625],
  [8, 2, 0.0078125],
  [10, 2, 0.001953125],
  [10, 3, 0.05197378448407255],
  [10, 4, 0.21939849853515625],
  [10, 5, 0.4774528],
  [3, 5, 1],
  [60, 50, 0.99999999999966501],
  [100, 20, 0.11346266011341618],
  [500, 50, 0.0020495259861566302],
];

/** Places, and the requests that decide at a risk of 1 % and of 0.1 %. */
export const DECIDE: readonly [number, number, number][] = [
  [1, 1, 1],
  [2, 8, 11],
  [3, 15, 20],
  [4, 21, 29],
  [5, 28, 39],
  [10, 66, 88],
  [20, 149, 194],
  [50, 422, 536],
];

/** Statistic, degrees of freedom, survival probability. */
export const CHI_SQUARE: readonly [number, number, number][] = [
  [0, 4, 1],
  [1e-6, 1, 0.99920211557217787],
  [0.5, 1, 0.47950012218695346],
  [3.841458820694124, 1, 0.050000000000000057],
  [30, 1, 4.3204630578274973e-8],
  [1400, 1, 2.1010145162642175e-306],
  [200, 2, 3.720075976020836e-44],
  [10, 3, 0.018566135463043233],
  [1, 50, 1],
  [70, 50, 0.032374109773535949],
  [99, 99, 0.4810969124082639],
  [120, 99, 0.07424385580596679],
  [1000, 999, 0.48513148927490147],
  [4800, 5000, 0.97834031213463667],
  [5200, 5000, 0.023818998020740655],
];

/** x and ln Γ(x). */
export const LOG_GAMMA: readonly [number, number][] = [
  [0.25, 1.2880225246980775],
  [0.5, 0.57236494292470009],
  [1, 0],
  [1.5, -0.12078223763524522],
  [2, 0],
  [3.25, 0.93580193110872536],
  [10, 12.80182748008147],
  [100.5, 361.43554046777762],
  [1000, 5905.2204232091812],
  [25000, 228161.63322257306],
];
