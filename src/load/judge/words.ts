/** Puts figures into words. */
import type { Tally } from '../../evidence/load-facts.js';

/** `2 × HTTP 503, 1 × connection refused` */
export function tallyWords(tallies: readonly Tally[]): string {
  return tallies.map(({ what, requests }) => `${requests} × ${what}`).join(', ');
}

/** A probability with two significant digits below 10 %, else with two decimals. */
export function chance(probability: number): string {
  if (probability < 1e-6) return 'less than 0.000001';
  return probability < 0.1 ? String(Number(probability.toPrecision(2))) : probability.toFixed(2);
}
