import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/log-level-value.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('config/log-level-value', () => {
  test('passes on the value of this release', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'LOG_LEVEL INFO' });
  });

  test('fails on a value that the contract does not know', () => {
    const judged = judge(check, ({ configMap }) => (configMap.data.LOG_LEVEL = 'info'));
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-allowed'], messages: ['LOG_LEVEL is info'] });
    expect(judged.findings[0]?.data?.expected).toContain('INFO, DEBUG');
  });

  test('shows white space that makes a value wrong', () => {
    const judged = judge(check, ({ configMap }) => (configMap.data.LOG_LEVEL = 'INFO\n'));
    expect(judged.messages).toEqual(['LOG_LEVEL is "INFO\\n"']);
  });

  test('fails on an allowed value that is not the one of this release', () => {
    const judged = judge(check, ({ configMap }) => (configMap.data.LOG_LEVEL = 'DEBUG'));
    expect(judged).toMatchObject({ status: 'fail', ids: ['differs'] });
    expect(judged.messages).toEqual(['LOG_LEVEL is DEBUG, this release is to have INFO']);
  });

  test('follows the effective contract', () => {
    const judged = judge(check, ({ configMap }, contract) => {
      configMap.data.LOG_LEVEL = 'DEBUG';
      contract.backend.env.LOG_LEVEL = 'DEBUG';
    });
    expect(judged.status).toBe('pass');
  });

  test('cannot tell without the key or the ConfigMap', () => {
    expect(judge(check, ({ configMap }) => delete configMap.data.LOG_LEVEL).status).toBe('unknown');
    expect(judge(check, (evidence) => Object.assign(evidence, { configMap: undefined })).status).toBe(
      'unknown',
    );
  });

  test.each(['LOUD', 'info', '', 'INFO '])('a release that was given %j is not given that again', (given) => {
    const contract = structuredClone(DEFAULT_CONTRACT);
    contract.backend.env.LOG_LEVEL = given;
    expect(remedyOf(check, { contract, target: TARGET, now: NOW }, [])).toContain(
      '--set backend.env.LOG_LEVEL=INFO && ',
    );
  });

  test('is put right with a restart, because a process keeps its environment', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    const restart = ' && kubectl -n default rollout restart deployment/todo-chatbot-backend';
    expect(remedyOf(check, context, [])).toContain(`--set backend.env.LOG_LEVEL=INFO${restart}`);
    expect(remedyOf(check, { ...context, target: { ...TARGET, helm: undefined } }, [])).toBe(
      `kubectl -n default patch configmap todo-chatbot-backend-config -p '{"data":{"LOG_LEVEL":"INFO"}}'${restart}`,
    );
  });
});
