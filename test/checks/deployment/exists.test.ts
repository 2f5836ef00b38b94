import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/exists.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, remedyOf, TARGET } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('deployment/exists', () => {
  test('passes with its name', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'todo-chatbot-backend' });
  });

  test('fails with both names that the contract accepts', () => {
    const judged = judge(check, (evidence) => Object.assign(evidence, { deployment: undefined }));
    expect(judged).toMatchObject({ status: 'fail', ids: ['missing'] });
    expect(judged.messages).toEqual(['there is no Deployment todo-chatbot-backend in namespace default']);
    expect(judged.findings[0]?.data?.expected).toBe(
      'todo-chatbot-backend or todo-chatbot-todo-chatbot-backend',
    );
  });

  test('fails when it is being deleted, and says how to wait for the end of it', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['deleted'],
      messages: ['Deployment todo-chatbot-backend is being deleted, since 2026-02-09T14:04:00Z'],
      findings: [{ data: { field: 'metadata.deletionTimestamp' }, object: { kind: 'Deployment' } }],
    });
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    const [wait, install] = remedyOf(check, context, judged.findings).split('\n');
    expect(wait).toContain('wait --for=delete deployment/todo-chatbot-backend --timeout=120s');
    expect(install).toMatch(/^helm upgrade /);
    expect(remedyOf(check, context, [])).not.toContain('wait');
  });
});
