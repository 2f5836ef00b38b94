import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/strategy.js';
import { judge } from '../../support/check-context.js';

describe('deployment/strategy', () => {
  test('passes on the contract’s strategy', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'RollingUpdate, maxSurge 1, maxUnavailable 0',
    });
  });

  test('fails on Recreate, and does not speak of fields that Recreate has not', () => {
    const judged = judge(check, ({ deployment }) => (deployment.spec.strategy = { type: 'Recreate' }));
    expect(judged).toMatchObject({ status: 'fail', ids: ['type'], messages: ['strategy type is Recreate'] });
  });

  test('applies the API’s defaults where the fields are absent', () => {
    // 25 % of two replicas is one more pod, and none less.
    expect(judge(check, ({ deployment }) => (deployment.spec.strategy = undefined)).status).toBe('pass');
    const judged = judge(check, ({ deployment }) =>
      Object.assign(deployment.spec, { strategy: undefined, replicas: 8 }),
    );
    expect(judged.ids).toEqual(['max-surge', 'max-unavailable']);
    expect(judged.messages).toEqual(['maxSurge is 25% (2 pods)', 'maxUnavailable is 25% (2 pods)']);
  });

  test.each([
    [2, '50%', 0, 'pass'],
    [2, '100%', '49%', 'fail'],
    [3, '34%', '33%', 'fail'],
    [1, '1%', '99%', 'pass'],
  ] as const)('of %i: maxSurge %s, maxUnavailable %s', (replicas, maxSurge, maxUnavailable, status) => {
    const judged = judge(check, ({ deployment }) =>
      Object.assign(deployment.spec, { replicas, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } }),
    );
    expect(judged.status).toBe(status);
  });
});
