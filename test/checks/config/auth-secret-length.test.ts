import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/auth-secret-length.js';
import { judge } from '../../support/check-context.js';

const withLength = (length: number) =>
  judge(check, ({ secret }) => (secret.keys = [{ key: 'BETTER_AUTH_SECRET', length, blank: false }]));

describe('config/auth-secret-length', () => {
  test('passes from 32 characters on', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'BETTER_AUTH_SECRET of 44 characters' });
    expect(withLength(32).status).toBe('pass');
  });

  test('fails below that', () => {
    const judged = withLength(31);
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['too-short'],
      messages: ['BETTER_AUTH_SECRET has 31 characters'],
    });
    expect(judged.findings[0]?.data?.expected).toBe('at least 32 characters');
  });

  test('cannot tell without the key', () => {
    expect(judge(check, ({ secret }) => (secret.keys = [])).status).toBe('unknown');
  });

  test('judges what the container gets, where a later source replaces the Secret’s', () => {
    const judged = judge(check, ({ environment }) => {
      const source = { from: 'Secret', name: 'other', key: 'BETTER_AUTH_SECRET' } as const;
      environment.variables = [
        {
          name: 'BETTER_AUTH_SECRET',
          source,
          field: 'envFrom[2]',
          optional: false,
          hides: [],
          length: 5,
          blank: false,
        },
      ];
    });
    expect(judged.messages).toEqual(['BETTER_AUTH_SECRET has 5 characters']);
    expect(judged.findings[0]?.object).toMatchObject({ kind: 'Secret', name: 'other' });
  });

  test.each([
    [32, 1, 'fail', ['too-short', 'white-space']],
    [40, 9, 'fail', ['too-short', 'white-space']],
    [33, 1, 'warn', ['white-space']],
    [64, 2, 'warn', ['white-space']],
    [31, 31, 'fail', ['too-short', 'white-space']],
  ])('of %d characters, %d of them white space around it: %s', (length, padding, status, ids) => {
    const judged = judge(check, ({ secret }) => {
      secret.keys = [{ key: 'BETTER_AUTH_SECRET', length, blank: padding === length, padding }];
    });
    expect(judged).toMatchObject({ status, ids });
    expect(judged.messages.at(-1)).toContain(`has ${padding} character`);
  });
});
