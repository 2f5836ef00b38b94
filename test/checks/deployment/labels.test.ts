import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/labels.js';
import { judge } from '../../support/check-context.js';

describe('deployment/labels', () => {
  test('passes on the standard Helm labels', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'standard Helm labels, component backend' });
  });

  test('names each label that is missing', () => {
    const judged = judge(check, ({ deployment }) => (deployment.metadata.labels = undefined));
    expect(judged.status).toBe('fail');
    expect(new Set(judged.ids)).toEqual(new Set(['label-missing']));
    expect(judged.messages).toEqual([
      'label app.kubernetes.io/name is missing',
      'label app.kubernetes.io/instance is missing',
      'label app.kubernetes.io/managed-by is missing',
      'label helm.sh/chart is missing',
      'label app.kubernetes.io/component is missing',
    ]);
  });

  test('names a label of another value, with the value', () => {
    const judged = judge(check, ({ deployment: { metadata } }) => {
      metadata.labels = { ...metadata.labels, 'app.kubernetes.io/component': 'api' };
    });
    expect(judged).toMatchObject({
      ids: ['label-value'],
      messages: ['label app.kubernetes.io/component is api'],
    });
    expect(judged.findings[0]?.data).toMatchObject({
      expected: 'backend',
      found: 'api',
      field: "metadata.labels['app.kubernetes.io/component']",
    });
  });
});
