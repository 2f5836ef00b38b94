import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/session-affinity.js';
import { judge } from '../../support/check-context.js';

describe('service/session-affinity', () => {
  test('passes on None, which is the API’s default', () => {
    expect(judge(check).status).toBe('pass');
    expect(judge(check, ({ service }) => delete service.spec.sessionAffinity).status).toBe('pass');
  });

  test('fails on ClientIP', () => {
    const judged = judge(check, ({ service }) => (service.spec.sessionAffinity = 'ClientIP'));
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['pinned'],
      messages: ['sessionAffinity is ClientIP'],
    });
  });
});
