import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/exists.js';
import { judge } from '../../support/check-context.js';

describe('deployment/exists', () => {
  test('passes with its name', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'todo-chatbot-backend' });
  });

  test('fails with both names that the contract accepts', () => {
    const judged = judge(check, (evidence) => Object.assign(evidence, { deployment: undefined }));
    expect(judged).toMatchObject({ status: 'fail', ids: ['missing'] });
    expect(judged.messages).toEqual([
      'no Deployment todo-chatbot-backend or todo-chatbot-todo-chatbot-backend in namespace default',
    ]);
  });
});
