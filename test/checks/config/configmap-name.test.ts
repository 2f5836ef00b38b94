import { expect, test } from '@jest/globals';
import check from '../../../src/checks/config/configmap-name.js';
import { judge } from '../../support/check-context.js';

test('passes for a name that the contract gives', () => {
  expect(judge(check)).toMatchObject({ status: 'pass', text: 'todo-chatbot-backend-config' });
});

test('fails for another one, and says which was expected', () => {
  const judged = judge(check, ({ configMap }) => {
    configMap.name = 'todo-app-things';
  });
  expect(judged.ids).toEqual(['name']);
  expect(judged.messages).toEqual(['the ConfigMap is called todo-app-things']);
  expect(judged.findings[0]?.data).toMatchObject({ found: 'todo-app-things', field: 'metadata.name' });
});

test('accepts the name that a contract file gives', () => {
  const judged = judge(check, ({ configMap }, _contract, target) => {
    configMap.name = 'todo-app-things';
    target.accepted.configMap = ['todo-app-things'];
  });
  expect(judged.status).toBe('pass');
});

test('says nothing where there is none', () => {
  const judged = judge(check, (evidence) => {
    Object.assign(evidence, { configMap: undefined });
  });
  expect(judged.status).toBe('skip');
});
