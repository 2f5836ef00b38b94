import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/publishes-ready-only.js';
import { judge } from '../../support/check-context.js';

describe('service/publishes-ready-only', () => {
  test('passes on false, which is the API’s default', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'ready pods only' });
    const judged = judge(check, ({ service }) => (service.spec.publishNotReadyAddresses = false));
    expect(judged.status).toBe('pass');
  });

  test.each([['NodePort'], ['ClusterIP'], ['LoadBalancer']])(
    'fails on true, of a Service of type %s',
    (type) => {
      const judged = judge(check, ({ service }) => {
        service.spec.type = type;
        service.spec.publishNotReadyAddresses = true;
      });
      expect(judged).toMatchObject({
        status: 'fail',
        ids: ['published'],
        messages: ['publishNotReadyAddresses is true'],
      });
      expect(judged.findings[0]?.data?.field).toBe('spec.publishNotReadyAddresses');
    },
  );
});
