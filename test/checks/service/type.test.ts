import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/type.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, remedyOf, TARGET } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('service/type', () => {
  test('passes on NodePort', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'NodePort' });
  });

  test('fails on another type', () => {
    const judged = judge(check, ({ service }) => (service.spec.type = 'LoadBalancer'));
    expect(judged).toMatchObject({ status: 'fail', ids: ['type'], messages: ['type is LoadBalancer'] });
  });

  test.each<[string, object, string]>([
    ['headless', { type: 'ClusterIP', clusterIP: 'None' }, 'ClusterIP'],
    ['an alias', { type: 'ExternalName', externalName: 'example.com' }, 'ExternalName'],
  ])('%s: it is deleted first', (_name, spec, type) => {
    const judged = judge(check, ({ service }) => Object.assign(service.spec, spec));
    expect(judged).toMatchObject({
      ids: ['kept'],
      messages: [`type is ${type}, which cannot be made NodePort: the Service has to be deleted first`],
    });
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, judged.findings)).toMatch(/delete service todo-chatbot-backend/);
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
