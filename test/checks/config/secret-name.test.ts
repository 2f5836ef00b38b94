import { expect, test } from '@jest/globals';
import check from '../../../src/checks/config/secret-name.js';
import { judge } from '../../support/check-context.js';

test('passes for a name that the contract gives', () => {
  expect(judge(check)).toMatchObject({ status: 'pass', text: 'todo-chatbot-backend-secret' });
});

test('fails for another one, and says which was expected', () => {
  const judged = judge(check, ({ secret }) => {
    secret.name = 'todo-app-things';
  });
  expect(judged.ids).toEqual(['name']);
  expect(judged.messages).toEqual(['the Secret is called todo-app-things']);
  expect(judged.findings[0]?.data).toMatchObject({ found: 'todo-app-things', field: 'metadata.name' });
});

test('accepts the name that a contract file gives', () => {
  const judged = judge(check, ({ secret }, _contract, target) => {
    secret.name = 'todo-app-things';
    target.accepted.secret = ['todo-app-things'];
  });
  expect(judged.status).toBe('pass');
});

test('says nothing where there is none', () => {
  const judged = judge(check, (evidence) => {
    Object.assign(evidence, { secret: undefined });
  });
  expect(judged.status).toBe('skip');
});
