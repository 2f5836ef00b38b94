import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/environment-value.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('config/environment-value', () => {
  test('passes on the value of this release', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'ENVIRONMENT development' });
  });

  test('fails on a value that the contract does not know', () => {
    const judged = judge(check, ({ configMap }) => (configMap.data.ENVIRONMENT = 'prod'));
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-allowed'], messages: ['ENVIRONMENT is prod'] });
    expect(judged.findings[0]?.data?.expected).toContain('development, staging');
  });

  test('shows white space that makes a value wrong', () => {
    const judged = judge(check, ({ configMap }) => (configMap.data.ENVIRONMENT = 'development\n'));
    expect(judged.messages).toEqual(['ENVIRONMENT is "development\\n"']);
  });

  test('fails on an allowed value that is not the one of this release', () => {
    const judged = judge(check, ({ configMap }) => (configMap.data.ENVIRONMENT = 'staging'));
    expect(judged).toMatchObject({ status: 'fail', ids: ['differs'] });
    expect(judged.messages).toEqual(['ENVIRONMENT is staging, this release is to have development']);
  });

  test('follows the effective contract', () => {
    const judged = judge(check, ({ configMap }, contract) => {
      configMap.data.ENVIRONMENT = 'staging';
      contract.backend.env.ENVIRONMENT = 'staging';
    });
    expect(judged.status).toBe('pass');
  });

  test('cannot tell without the key or the ConfigMap', () => {
    expect(judge(check, ({ configMap }) => delete configMap.data.ENVIRONMENT).status).toBe('unknown');
    expect(judge(check, (evidence) => Object.assign(evidence, { configMap: undefined })).status).toBe(
      'unknown',
    );
  });

  test('is put right with a restart, because a process keeps its environment', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    const restart = ' && kubectl -n default rollout restart deployment/todo-chatbot-backend';
    expect(remedyOf(check, context, [])).toContain(`--set backend.env.ENVIRONMENT=development${restart}`);
    expect(remedyOf(check, { ...context, target: { ...TARGET, helm: undefined } }, [])).toBe(
      `kubectl -n default patch configmap todo-chatbot-backend-config -p '{"data":{"ENVIRONMENT":"development"}}'${restart}`,
    );
  });
});
