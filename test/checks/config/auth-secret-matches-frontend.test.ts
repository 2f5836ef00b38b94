import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/auth-secret-matches-frontend.js';
import { judge } from '../../support/check-context.js';

const withFrontend = (
  authSecretMatches: boolean | undefined,
  secretName: string | undefined = 'todo-chatbot-frontend-secret',
) =>
  judge(
    check,
    (evidence) => (evidence.frontend = { installed: true, secretName, authSecretMatches } as never),
  );

describe('config/auth-secret-matches-frontend', () => {
  test('is skipped, with the reason, when there is no frontend', () => {
    expect(judge(check)).toMatchObject({ status: 'skip', text: 'no frontend of this release is installed' });
  });

  test('passes when both have the same value', () => {
    expect(withFrontend(true)).toMatchObject({
      status: 'pass',
      text: 'same value as in the frontend’s Secret todo-chatbot-frontend-secret',
    });
  });

  test('fails when they differ', () => {
    expect(withFrontend(false)).toMatchObject({
      status: 'fail',
      ids: ['differs'],
      messages: [
        'BETTER_AUTH_SECRET differs from the one in the frontend’s Secret todo-chatbot-frontend-secret',
      ],
    });
  });

  test('is unknown, not passed, when the frontend’s value could not be found', () => {
    const judged = judge(check, (evidence) => {
      evidence.frontend = { installed: true, secretName: undefined, authSecretMatches: undefined };
    });
    expect(judged).toMatchObject({
      status: 'unknown',
      text: 'the frontend’s BETTER_AUTH_SECRET could not be found in its configuration',
    });
  });

  test('fails where the frontend takes it from a Secret, or a key, that is not there', () => {
    const missing = (key: string | undefined) =>
      judge(check, (evidence) => {
        const from = { name: 'auth', key };
        evidence.frontend = {
          installed: true,
          secretName: 'auth',
          authSecretMatches: undefined,
          missing: from,
        };
      });
    expect(missing(undefined)).toMatchObject({
      status: 'fail',
      ids: ['missing'],
      messages: ['the frontend takes BETTER_AUTH_SECRET from Secret auth, which does not exist'],
    });
    expect(missing('SIGN').messages[0]).toMatch(/which has no key SIGN$/);
  });

  test('is skipped where the frontend signs nothing, and speaks of the contract’s variable', () => {
    const judged = judge(check, (evidence, contract) => {
      contract.secrets.authSecretKey = 'JWT_SECRET';
      evidence.frontend = {
        installed: true,
        secretName: undefined,
        authSecretMatches: undefined,
        signs: false,
      };
    });
    expect(judged).toMatchObject({ status: 'skip', text: 'the frontend is not given JWT_SECRET' });
  });
});
