import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/name.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('service/name', () => {
  test('passes on either of the contract’s forms', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'todo-chatbot-backend' });
    const long = judge(
      check,
      (_evidence, _contract, target) => (target.names.service = 'todo-chatbot-todo-chatbot-backend'),
    );
    expect(long.status).toBe('pass');
  });

  test('fails on another name', () => {
    const judged = judge(check, (_evidence, _contract, target) => (target.names.service = 'api'));
    expect(judged).toMatchObject({ status: 'fail', ids: ['name'], messages: ['the Service is called api'] });
    expect(judged.findings[0]?.data?.expected).toBe(
      'todo-chatbot-backend or todo-chatbot-todo-chatbot-backend',
    );
  });

  test('exposes under the right name where Helm does not manage the release', () => {
    const target = { ...TARGET, helm: undefined, names: { ...TARGET.names, service: 'api' } };
    const remedy = remedyOf(check, { contract: DEFAULT_CONTRACT, target, now: NOW }, []);
    expect(remedy).toContain('--name=todo-chatbot-backend ');
  });
});
