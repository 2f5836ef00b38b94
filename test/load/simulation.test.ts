/**
 * How often the judgement errs, by simulation with a fixed seed: the false alarms that docs/load-balancing.md states,
 * and the power that it prints.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { judgeSpread } from '../../src/stats/spread.js';
import { falseAlarmRate, powerTable, simulate } from './simulate.js';

const RUNS = 2000;

const loadBalancingPage = () => readFile(new URL('../../docs/load-balancing.md', import.meta.url), 'utf8');

/** Three standard deviations of a count of false alarms at the stated rate: what chance may add. */
const slack = (risk: number) => 3 * Math.sqrt((risk * (1 - risk)) / RUNS);

describe('a choice that is uniform', () => {
  test.each([
    [10, 2],
    [10, 3],
    [21, 4],
    [100, 2],
    [100, 3],
    [100, 5],
    [1000, 4],
  ])('%i requests over %i pods raise a false alarm no more often than agreed', (requests, pods) => {
    const weights = Array<number>(pods).fill(1);
    const verdicts = simulate({
      requests,
      weights,
      runs: RUNS,
      confidence: 0.99,
      seed: requests * 31 + pods,
    });
    const alarms = verdicts.filter((verdict) => verdict === 'uneven' || verdict === 'unserved').length;
    expect(alarms / RUNS).toBeLessThanOrEqual(0.01 + slack(0.01));
    expect(verdicts.filter((verdict) => verdict === 'even').length).toBeGreaterThan(RUNS / 4);
  });

  test.each([
    [10, 2],
    [10, 3],
    [21, 4],
    [100, 2],
    [100, 3],
    [100, 5],
  ])(
    'over every outcome of %i requests over %i pods its rate is no higher, and that of the docs',
    async (requests, pods) => {
      const rate = falseAlarmRate(requests, pods, 0.99);
      expect(rate).toBeLessThanOrEqual(0.01);
      expect(await loadBalancingPage()).toContain(
        `\n| ${requests} | ${pods} | ${(rate * 100).toFixed(2)} % |`,
      );
    },
  );

  test('a lower confidence is kept as well', () => {
    const verdicts = simulate({ requests: 100, weights: [1, 1, 1], runs: RUNS, confidence: 0.9, seed: 7 });
    const alarms = verdicts.filter((verdict) => verdict !== 'even').length;
    expect(alarms / RUNS).toBeLessThanOrEqual(0.1 + slack(0.1));
    expect(alarms).toBeGreaterThan(0);
  });
});

describe('a choice that is not', () => {
  test.each([
    ['a pinned client', [1, 0, 0], 10],
    ['an excluded pod', [1, 1, 0], 100],
    ['an excluded pod of two', [1, 0], 10],
    ['a bias of 60 to 40', [60, 40], 1000],
    ['a bias of 80 to 20', [80, 20], 100],
  ])('%s is caught nearly always', (_name, weights, requests) => {
    const verdicts = simulate({ requests, weights, runs: RUNS, confidence: 0.99, seed: 11 });
    const caught = verdicts.filter((verdict) => verdict === 'uneven' || verdict === 'unserved').length;
    expect(caught / RUNS).toBeGreaterThan(0.99);
  });

  test('an excluded pod of three is not passed after ten requests, though it cannot be failed', () => {
    const verdicts = simulate({ requests: 10, weights: [1, 1, 0], runs: RUNS, confidence: 0.99, seed: 5 });
    expect(verdicts).not.toContain('even');
    expect(verdicts).toContain('inconclusive');
  });
});

test('the power in docs/load-balancing.md is that of the simulation', async () => {
  const page = await loadBalancingPage();
  for (const { weights, power } of powerTable()) {
    const row = page.split('\n').find((line) => line.startsWith(`| ${weights.join(' / ')} |`));
    const printed = Number(/\| (\d+(?:\.\d+)?) % \|/.exec(row ?? '')?.[1]);
    expect({ weights, printed }).toEqual({ weights, printed: Math.round(power * 1000) / 10 });
  }
});

test('the judgement is the same for each order of the pods', () => {
  expect(judgeSpread([7, 2, 1], 0.99)).toEqual(judgeSpread([1, 7, 2], 0.99));
});
