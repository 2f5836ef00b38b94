import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/type.js';
import { judge } from '../../support/check-context.js';

describe('service/type', () => {
  test('passes on NodePort', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'NodePort' });
  });

  test('fails on another type', () => {
    const judged = judge(check, ({ service }) => (service.spec.type = 'LoadBalancer'));
    expect(judged).toMatchObject({ status: 'fail', ids: ['type'], messages: ['type is LoadBalancer'] });
  });

  test('applies the API’s default', () => {
    expect(judge(check, ({ service }) => delete service.spec.type).messages).toEqual(['type is ClusterIP']);
  });

  test('follows a contract that demands another type', () => {
    const judged = judge(check, ({ service }, contract) => {
      service.spec.type = 'ClusterIP';
      contract.backend.service.type = 'ClusterIP';
    });
    expect(judged.status).toBe('pass');
  });
});
