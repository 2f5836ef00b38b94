import { describe, expect, test } from '@jest/globals';
import { BUCKETS, bucketOf, Histogram, middleOf } from '../../src/stats/buckets.js';

describe('buckets', () => {
  test('a time is within 0.4 % of the middle of its bucket, from a microsecond to an hour', () => {
    for (let ms = 0.001; ms < 3_600_000; ms *= 1.0137) {
      const error = Math.abs(middleOf(bucketOf(ms)) - ms);
      expect(error).toBeLessThanOrEqual(Math.max(0.0005, ms * 0.004));
    }
  });

  test('longer times never have a lower bucket, and none is skipped', () => {
    let last = 0;
    for (let us = 0; us < 70_000; us += 1) {
      const bucket = bucketOf(us / 1000);
      expect(bucket - last === 0 || bucket - last === 1).toBe(true);
      last = bucket;
    }
  });

  test('what is too long to tell apart is in the last bucket', () => {
    expect(bucketOf(1e12)).toBe(BUCKETS - 1);
    expect(bucketOf(0)).toBe(0);
  });
});

describe('histogram', () => {
  const filled = (times: readonly number[]) => {
    const histogram = new Histogram();
    for (const ms of times) histogram.add(bucketOf(ms));
    return histogram;
  };

  test('quantiles by nearest rank', () => {
    const histogram = filled(Array.from({ length: 100 }, (_, index) => (index + 1) / 10));
    expect(histogram.quantile(0.5)).toBeCloseTo(5, 1);
    expect(histogram.quantile(0.99)).toBeCloseTo(9.9, 1);
    expect(histogram.quantile(1)).toBeCloseTo(10, 1);
    expect(histogram.quantile(Number.MIN_VALUE)).toBeCloseTo(0.1, 5);
    expect(histogram.mean).toBeCloseTo(5.05, 1);
    expect(histogram.count).toBe(100);
  });

  test('columns hold every time once', () => {
    const histogram = filled([1, 2, 4, 8, 16, 1000]);
    const columns = histogram.columns(10);
    expect(columns).toHaveLength(10);
    expect(columns.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(columns[0]?.count).toBeGreaterThan(0);
    expect(columns.at(-1)?.count).toBe(1);
  });

  test('of nothing', () => {
    expect(new Histogram().columns(5)).toEqual([]);
    expect(new Histogram().mean).toBe(0);
  });

  test('of one time alone', () => {
    expect(
      filled([5, 5, 5])
        .columns(4)
        .reduce((sum, { count }) => sum + count, 0),
    ).toBe(3);
  });
});
