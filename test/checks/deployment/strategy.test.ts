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
    const judged = judge(check, ({ deployment }) => (deployment.spec.strategy = undefined));
    expect(judged.ids).toEqual(['max-surge', 'max-unavailable']);
    expect(judged.messages).toEqual(['maxSurge is 25%', 'maxUnavailable is 25%']);
  });
});
