import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/selector.js';
import { judge } from '../../support/check-context.js';

describe('deployment/selector', () => {
  test('passes on name and component', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'name todo-chatbot, component backend' });
  });

  test('understands matchExpressions', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.spec.selector = {
        matchExpressions: [
          { key: 'app.kubernetes.io/name', operator: 'In', values: ['todo-chatbot'] },
          { key: 'app.kubernetes.io/component', operator: 'In', values: ['backend'] },
        ],
      };
    });
    expect(judged.status).toBe('pass');
  });

  test('fails on labels that the selector does not pin', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.spec.selector = {
        matchLabels: { app: 'backend' },
        matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'Exists' }],
      };
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['missing', 'missing'] });
  });

  test('fails on another component, and on more than one', () => {
    const other = judge(check, ({ deployment }) => {
      deployment.spec.selector.matchLabels = {
        'app.kubernetes.io/name': 'x',
        'app.kubernetes.io/component': 'api',
      };
    });
    expect(other).toMatchObject({
      ids: ['value'],
      messages: ['the selector asks for app.kubernetes.io/component api'],
    });
    const both = judge(check, ({ deployment }) => {
      deployment.spec.selector = {
        matchLabels: { 'app.kubernetes.io/name': 'x' },
        matchExpressions: [
          { key: 'app.kubernetes.io/component', operator: 'In', values: ['backend', 'frontend'] },
        ],
      };
    });
    expect(both).toMatchObject({ ids: ['value'], findings: [{ data: { found: 'backend or frontend' } }] });
  });
});
