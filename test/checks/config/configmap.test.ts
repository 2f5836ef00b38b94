import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/configmap.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('config/configmap', () => {
  test('passes on the contract’s ConfigMap', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'todo-chatbot-backend-config, 2 keys, no credentials',
    });
  });

  test('fails when there is none', () => {
    const judged = judge(check, (evidence) => Object.assign(evidence, { configMap: undefined }));
    expect(judged).toMatchObject({ status: 'fail', ids: ['missing'] });
    expect(judged.messages).toEqual([
      'there is no ConfigMap todo-chatbot-backend-config in namespace default',
    ]);
  });

  test('counts under another name', () => {
    const judged = judge(check, (_evidence, _contract, target) => (target.names.configMap = 'settings'));
    expect(judged.status).toBe('pass');
  });

  test('fails on a missing and on a blank key', () => {
    const judged = judge(check, ({ configMap }) => (configMap.data = { ENVIRONMENT: ' ' }));
    expect(judged.ids).toEqual(['key-blank', 'key-missing']);
    expect(judged.messages).toEqual(['key ENVIRONMENT is blank', 'key LOG_LEVEL is missing']);
  });

  test('compares further keys of the contract, but leaves ENVIRONMENT and LOG_LEVEL to their own checks', () => {
    const judged = judge(check, ({ configMap }, contract) => {
      contract.backend.env.REGION = 'eu';
      configMap.data = { ENVIRONMENT: 'nowhere', LOG_LEVEL: 'LOUD', REGION: 'us' };
    });
    expect(judged).toMatchObject({ ids: ['value'], messages: ['key REGION is us'] });
    expect(judged.findings[0]).toMatchObject({
      object: { kind: 'ConfigMap' },
      data: { expected: 'eu', field: 'data.REGION' },
    });
  });

  test('fails on a credential, known by its key or by its value, and never shows it', () => {
    const judged = judge(check, ({ configMap }) => {
      configMap.data.BETTER_AUTH_SECRET = 'canary';
      configMap.data.CACHE = '(value hidden, 30 characters)';
      configMap.hiddenKeys = ['CACHE'];
    });
    expect(judged.ids).toEqual(['credential', 'credential']);
    expect(judged.messages[0]).toBe(
      'key BETTER_AUTH_SECRET holds a credential; credentials belong in the Secret',
    );
    expect(JSON.stringify(judged)).not.toContain('canary');
  });

  test('does not mind further keys', () => {
    expect(judge(check, ({ configMap }) => (configMap.data.FEATURE_X = 'on')).status).toBe('pass');
  });

  test('is put right by Helm or kubectl', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, [])).toContain(
      '--set backend.env.ENVIRONMENT=development --set backend.env.LOG_LEVEL=INFO',
    );
    const byHand = { ...context, target: { ...TARGET, helm: undefined } };
    expect(remedyOf(check, byHand, [])).toBe(
      `kubectl -n default patch configmap todo-chatbot-backend-config -p '{"data":{"ENVIRONMENT":"development","LOG_LEVEL":"INFO"}}'`,
    );
    // Nothing is there to patch.
    expect(remedyOf(check, byHand, [{ messageId: 'missing' }])).toBe(
      'kubectl -n default create configmap todo-chatbot-backend-config' +
        ' --from-literal=ENVIRONMENT=development --from-literal=LOG_LEVEL=INFO',
    );
    // Only what is wrong is changed.
    expect(remedyOf(check, byHand, [{ messageId: 'key-blank', data: { key: 'LOG_LEVEL' } }])).toBe(
      `kubectl -n default patch configmap todo-chatbot-backend-config -p '{"data":{"LOG_LEVEL":"INFO"}}'`,
    );
    // A credential is moved, not overwritten.
    const credential = remedyOf(check, byHand, [{ messageId: 'credential', data: { key: 'DATABASE_URL' } }]);
    expect(credential).toMatch(/^Move DATABASE_URL to Secret /);
  });

  test('fails when it is being deleted, and makes it again once it has gone', () => {
    const judged = judge(check, ({ configMap }) => {
      configMap.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['deleted'] });
    const context = { contract: DEFAULT_CONTRACT, target: { ...TARGET, helm: undefined }, now: NOW };
    const [wait, make] = remedyOf(check, context, judged.findings).split('\n');
    expect(wait).toContain('wait --for=delete configmap/todo-chatbot-backend-config');
    expect(make).toContain('create configmap ');
  });

  test.each<[string, string[], string[], string[]]>([
    ['a required key', ['DATABASE_URL'], [], ['DATABASE_URL']],
    ['an optional key', ['NEXT_PUBLIC_OPENROUTER_KEY'], [], ['NEXT_PUBLIC_OPENROUTER_KEY']],
    [
      'what the reader took for a credential',
      ['settings.json', 'logo'],
      ['settings.json'],
      ['settings.json'],
    ],
  ])('finds a credential among the binary data: %s', (_what, binaryKeys, hiddenKeys, found) => {
    const judged = judge(check, ({ configMap }) => Object.assign(configMap, { binaryKeys, hiddenKeys }));
    expect(judged).toMatchObject({ status: 'fail', ids: found.map(() => 'credential') });
    expect(judged.findings.map(({ data }) => data?.field)).toEqual(found.map((key) => `binaryData.${key}`));
  });

  test('binary data without credentials pass', () => {
    const judged = judge(check, ({ configMap }) => Object.assign(configMap, { binaryKeys: ['logo'] }));
    expect(judged.status).toBe('pass');
  });
});
