import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/publishes-ready-only.js';
import type { Service } from '../../../src/evidence/objects.js';
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

  test.each<[string, Partial<Service['spec']>]>([
    ['is headless', { clusterIP: 'None' }],
    ['has a selector of its own', { selector: { app: 'todo' } }],
    ['pins clients to a pod', { sessionAffinity: 'ClientIP' }],
    ['keeps traffic on the node', { externalTrafficPolicy: 'Local' }],
  ])('fails on true, of a Service that %s', (_what, spec) => {
    const judged = judge(check, ({ service }) => {
      Object.assign(service.spec, spec, { publishNotReadyAddresses: true });
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['published'] });
  });
});
