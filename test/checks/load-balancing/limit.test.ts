import { describe, expect, test } from '@jest/globals';
import { checkOf } from '../../../src/checks/of-load-run.js';
import { parseThreshold, type Threshold } from '../../../src/computed/load-threshold.js';
import { judged } from '../../load/judged.js';
import { latency } from '../../support/load-facts.js';

describe('a limit', () => {
  const limits = (...texts: string[]) => ({
    thresholds: texts.map(parseThreshold).filter((each): each is Threshold => typeof each !== 'string'),
  });

  test('that is exceeded fails the run, and no other does', async () => {
    const { exitCode, report, statuses } = await judged(
      [50, 50],
      (facts) => (facts.latency = latency(100, 900)),
      limits('p99>500ms', 'p50>2s'),
    );
    expect(exitCode).toBe(1);
    expect(statuses).toMatchObject({ 'limit-1-p99': 'fail', 'limit-2-p50': 'pass', 'no-errors': 'pass' });
    const [finding] = report.checks.find(({ id }) => id.endsWith('limit-1-p99'))?.findings ?? [];
    expect(finding?.messageId).toBe('exceeded');
    expect(finding?.data).toEqual({ metric: 'p99', expected: 'p99 at most 500 ms', found: '900 ms' });
  });

  test('for errors replaces the rule that there are none', async () => {
    const { exitCode, statuses } = await judged(
      [50, 50],
      (facts) => (facts.problems = [{ what: 'HTTP 503', requests: 5 }]),
      limits('errors>10%'),
    );
    expect(exitCode).toBe(0);
    expect(statuses).not.toHaveProperty('no-errors');
    expect(statuses).toHaveProperty('limit-1-errors', 'pass');
  });

  test('is there once for each that was set', async () => {
    expect((await judged([5, 5])).statuses).not.toHaveProperty('limit');
    const { report } = await judged([5, 5], undefined, limits('p50>2s', 'unserved>0'));
    const ids = report.checks.flatMap(({ id }) => (id.includes('/limit') ? [id] : []));
    expect(ids).toEqual(['load-balancing/limit-1-p50', 'load-balancing/limit-2-unserved']);
    for (const id of ids) expect(checkOf(id)?.meta.id).toBe('load-balancing/limit');
  });
});

test('a slow answer counts for limits, not for the spread', async () => {
  const { exitCode } = await judged([50, 50], (facts) => (facts.latency = latency(100, 900)));
  expect(exitCode).toBe(0);
});
