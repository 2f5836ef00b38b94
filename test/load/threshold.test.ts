import { describe, expect, test } from '@jest/globals';
import {
  demandOf,
  isExceeded,
  parseThreshold,
  shown,
  valueFor,
  type Threshold,
} from '../../src/computed/load-threshold.js';
import { loadFacts, podLoad } from '../support/load-facts.js';

const parsed = (text: string): Threshold => {
  const threshold = parseThreshold(text);
  if (typeof threshold === 'string') throw new Error(threshold);
  return threshold;
};

describe('parseThreshold', () => {
  test.each([
    ['p99>500ms', { metric: 'p99', operator: '>', value: 500, unit: 'ms' }],
    ['max >= 1.5s', { metric: 'max', operator: '>=', value: 1500, unit: 'ms', text: 'max>=1.5s' }],
    ['errors>1%', { metric: 'errors', operator: '>', value: 1, unit: '%' }],
    ['unserved>0', { metric: 'unserved', operator: '>', value: 0, unit: '' }],
    ['unattributed<=3', { metric: 'unattributed', operator: '<=', value: 3, unit: '' }],
  ])('%s', (text, expected) => {
    expect(parsed(text)).toMatchObject(expected);
  });

  test.each([
    ['p99>500', 'is a time'],
    ['errors>1s', 'is a number'],
    ['unserved>1%', 'number of pods'],
    ['p95>1ms', 'not a threshold'],
    ['constructor>1', 'not a threshold'],
    ['p99', 'not a threshold'],
    ['p99=>1ms', 'not a threshold'],
    ['p99>-1ms', 'not a threshold'],
    ['', 'not a threshold'],
  ])('%s is refused', (text, words) => {
    expect(parseThreshold(text)).toContain(words);
  });
});

describe('the value of a run', () => {
  const facts = loadFacts([60, 40], (run) => {
    run.problems = [{ what: 'HTTP 503', requests: 3 }];
  });
  const none = { unserved: [] };

  test.each([
    ['p99>5ms', 5, false],
    ['p99>=5ms', 5, true],
    ['p50<5ms', 5, false],
    ['p50<=5ms', 5, true],
    ['errors>2', 3, true],
    ['errors>3%', 3, false],
    ['unattributed>0', 0, false],
  ])('%s', (text, value, exceeded) => {
    expect(valueFor(parsed(text), facts, none)).toBe(value);
    expect(isExceeded(parsed(text), value)).toBe(exceeded);
  });

  test('unserved pods are counted', () => {
    expect(valueFor(parsed('unserved>0'), facts, { unserved: [podLoad('a', 0)] })).toBe(1);
  });

  test('is a reason where there is none', () => {
    expect(valueFor(parsed('p99>1ms'), loadFacts([6, 4]), none)).toBe(
      'p99 needs 100 responses, and there are 10',
    );
    expect(valueFor(parsed('errors>1%'), loadFacts([0, 0]), none)).toBe('no request came to an end');
    const silent = loadFacts([1, 1], (run) => (run.latency = null));
    expect(valueFor(parsed('max>1ms'), silent, none)).toBe('no request was answered');
  });

  test.each([
    ['p99>500ms', 'p99 at most 500 ms'],
    ['max>=1.5s', 'max below 1500 ms'],
    ['errors>1%', 'errors at most 1 %'],
    ['p50<2ms', 'p50 at least 2 ms'],
    ['unattributed<=3', 'unattributed above 3'],
  ])('%s is exceeded unless: %s', (text, words) => {
    expect(demandOf(parsed(text))).toBe(words);
  });

  test('is shown in its unit', () => {
    expect(shown(parsed('p99>1ms'), 1.2345)).toBe('1.23 ms');
    expect(shown(parsed('errors>1%'), 1)).toBe('1 %');
    expect(shown(parsed('unserved>1'), 2)).toBe('2');
  });
});
