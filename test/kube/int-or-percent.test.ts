import { describe, expect, test } from '@jest/globals';
import { rollingUpdate, scaledValue } from '../../src/kube/int-or-percent.js';

describe('what int-or-percent comes to', () => {
  test.each([
    ['25%', 1, 'up', 1],
    ['25%', 3, 'up', 1],
    ['25%', 5, 'up', 2],
    ['25%', 3, 'down', 0],
    ['25%', 4, 'down', 1],
    ['50%', 2, 'up', 1],
    ['100%', 3, 'down', 3],
    ['0%', 9, 'up', 0],
    ['1', 9, 'up', 1],
    [2, 9, 'down', 2],
    ['one', 2, 'up', undefined],
    ['-1', 2, 'up', undefined],
  ] as const)('%s of %i, rounded %s, is %s', (value, replicas, round, result) => {
    expect(scaledValue(value, replicas, round)).toBe(result);
  });

  test('not set is 25 % each, which for one to three replicas is one more and none less', () => {
    for (const replicas of [1, 2, 3])
      expect(rollingUpdate(undefined, replicas)).toEqual({ surge: 1, unavailable: 0 });
    expect(rollingUpdate({}, 4)).toEqual({ surge: 1, unavailable: 1 });
  });

  test('where both come to nothing one pod may be missing', () => {
    expect(rollingUpdate({ maxSurge: 0, maxUnavailable: '25%' }, 2)).toEqual({ surge: 0, unavailable: 1 });
  });
});
