import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/labels.js';
import { judge } from '../../support/check-context.js';

describe('service/labels', () => {
  test('passes with Helm’s labels and the component label', () => {
    expect(judge(check).status).toBe('pass');
  });

  test('fails on a missing label', () => {
    const judged = judge(
      check,
      ({ service }) => delete service.metadata.labels?.['app.kubernetes.io/component'],
    );
    expect(judged).toMatchObject({ status: 'fail', ids: ['label-missing'] });
    expect(judged.messages).toEqual(['label app.kubernetes.io/component is missing']);
  });

  test('fails on a wrong value', () => {
    const judged = judge(check, ({ service }) => {
      service.metadata.labels = { ...service.metadata.labels, 'app.kubernetes.io/component': 'frontend' };
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['label-value'] });
    expect(judged.findings[0]).toMatchObject({
      object: { kind: 'Service' },
      data: { expected: 'backend', found: 'frontend' },
    });
  });
});
