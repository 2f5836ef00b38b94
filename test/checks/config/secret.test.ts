import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/secret.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('config/secret', () => {
  test('passes on the contract’s Secret', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'todo-chatbot-backend-secret, Opaque, 2 keys',
    });
  });

  test('fails when there is none', () => {
    const judged = judge(check, (evidence) => Object.assign(evidence, { secret: undefined }));
    expect(judged).toMatchObject({ status: 'fail', ids: ['missing'] });
    expect(judged.messages).toEqual(['there is no Secret todo-chatbot-backend-secret in namespace default']);
  });

  test('fails on another type, whatever it is called', () => {
    const judged = judge(check, ({ secret }, _contract, target) => {
      target.names.secret = 'credentials';
      secret.type = 'kubernetes.io/basic-auth';
    });
    expect(judged.ids).toEqual(['type']);
    expect(judged.messages).toEqual(['type is kubernetes.io/basic-auth']);
  });

  test('fails on a missing and on a blank key', () => {
    const judged = judge(
      check,
      ({ secret }) => (secret.keys = [{ key: 'DATABASE_URL', length: 1, blank: true }]),
    );
    expect(judged.ids).toEqual(['key-blank', 'key-missing']);
    expect(judged.messages).toEqual([
      'the value of key DATABASE_URL is blank',
      'key BETTER_AUTH_SECRET is missing',
    ]);
    expect(judged.findings[0]?.data).toMatchObject({
      found: '1 character, all blank',
      field: 'data.DATABASE_URL',
    });
  });

  test('does not demand the optional key', () => {
    const judged = judge(check, ({ secret }) => {
      secret.keys.push({ key: 'NEXT_PUBLIC_OPENROUTER_KEY', length: 40, blank: false });
    });
    expect(judged.status).toBe('pass');
  });

  test('is put right by a command that stops where a variable is not set', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    const stops = ': "${DATABASE_URL:?}" "${BETTER_AUTH_SECRET:?}" && ';
    expect(remedyOf(check, context, []).startsWith(`${stops}helm upgrade `)).toBe(true);
    const byHand = { ...context, target: { ...TARGET, helm: undefined } };
    expect(remedyOf(check, byHand, []).startsWith(`${stops}kubectl -n default create secret generic `)).toBe(
      true,
    );
  });

  test('changes the keys that are wrong, and makes the Secret only where there is none', () => {
    const context = { contract: DEFAULT_CONTRACT, target: { ...TARGET, helm: undefined }, now: NOW };
    const one = remedyOf(check, context, [{ messageId: 'key-missing', data: { key: 'DATABASE_URL' } }]);
    expect(one).not.toContain('BETTER_AUTH_SECRET');
    expect(one).toContain('--dry-run=client -o json | kubectl -n default patch secret ');
    const all = remedyOf(check, context, [{ messageId: 'missing' }]);
    expect(all).toContain('BETTER_AUTH_SECRET');
    expect(all).not.toMatch(/patch|apply/);
  });

  test('fails when it is being deleted, and makes it again once it has gone', () => {
    const judged = judge(check, ({ secret }) => {
      secret.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['deleted'] });
    const context = { contract: DEFAULT_CONTRACT, target: { ...TARGET, helm: undefined }, now: NOW };
    const [wait, make] = remedyOf(check, context, judged.findings).split('\n');
    expect(wait).toContain('wait --for=delete secret/todo-chatbot-backend-secret');
    expect(make).toContain('create secret generic ');
  });
});
