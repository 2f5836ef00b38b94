import { describe, expect, test } from '@jest/globals';
import { testUniform } from '../../src/stats/uniformity.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

describe('testUniform', () => {
  test('is exact for the contract’s ten requests, where chi-square misjudges', () => {
    expect(testUniform([6, 4, 0])).toEqual({
      p: expect.closeTo(0.043743331809175431, 12),
      method: 'exact multinomial',
    });
  });

  test('is exact for many requests over two pods', () => {
    expect(testUniform([530, 470]).method).toBe('exact multinomial');
  });

  test('goes over to chi-square when there are too many outcomes to enumerate', () => {
    // Pearson's statistic is 4.96 with nine degrees of freedom (mpmath: gammainc(4.5, 2.48, inf, regularized=True)).
    const counts = [110, 104, 98, 90, 100, 96, 112, 104, 92, 94];
    expect(testUniform(counts)).toEqual({ p: expect.closeTo(0.83778112040573592, 10), method: 'chi-square' });
  });

  test('stays quick at the border of the exact test', () => {
    const before = performance.now();
    expect(testUniform([45, 30, 25, 20, 10]).p).toBeLessThan(0.01);
    expect(performance.now() - before).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});
