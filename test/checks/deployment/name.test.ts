import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/name.js';
import { judge } from '../../support/check-context.js';

describe('deployment/name', () => {
  test('passes on both forms of Helm’s full name', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'todo-chatbot-backend' });
    const long = judge(
      check,
      ({ deployment }) => (deployment.metadata.name = 'todo-chatbot-todo-chatbot-backend'),
    );
    expect(long.status).toBe('pass');
  });

  test('fails on a Deployment that is there under another name', () => {
    const judged = judge(check, ({ deployment }, _, target) => {
      deployment.metadata.name = 'api';
      target.names.deployment = 'api';
    });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['name'],
      messages: ['the Deployment is called api'],
    });
    expect(judged.findings[0]).toMatchObject({
      data: { found: 'api', field: 'metadata.name' },
      object: { name: 'api' },
    });
  });
});
