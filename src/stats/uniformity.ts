import { chiSquareUniformTest } from './chi-square.js';
import { countPartitions, exactUniformTest } from './multinomial.js';

/** Outcomes that the exact test may enumerate: some milliseconds of work. */
const EXACT_LIMIT = 20_000;

export interface UniformTest {
  /** The probability of a spread at least as uneven as this one when every pod is equally likely. */
  p: number;
  method: 'exact multinomial' | 'chi-square';
}

/** Tests whether the counts can come from a uniform choice: exactly where that is cheap, by chi-square beyond. */
export function testUniform(counts: readonly number[]): UniformTest {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return countPartitions(total, counts.length, EXACT_LIMIT) <= EXACT_LIMIT
    ? { p: exactUniformTest(counts), method: 'exact multinomial' }
    : { p: chiSquareUniformTest(counts), method: 'chi-square' };
}
