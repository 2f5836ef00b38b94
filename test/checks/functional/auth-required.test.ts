import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/auth-required.js';
import { judge } from '../../support/check-context.js';
import { failed, OUTCOME_WORDS } from './_outcomes.js';

const URL = 'http://localhost:30081/api/tasks';
const withStatus = (status: number, location?: string) =>
  judge(check, ({ tasks }) => Object.assign(tasks, { status, location }));

describe('functional/auth-required', () => {
  test('passes on 401', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'HTTP 401 without a token' });
  });

  test.each([
    [200, 'bypass', `AUTHENTICATION BYPASS: ${URL} answers 200 to a request without a token`],
    [204, 'bypass', `AUTHENTICATION BYPASS: ${URL} answers 204 to a request without a token`],
    [
      403,
      'forbidden',
      `${URL} refuses with 403 where 401 is expected: clients read it as “signed in, but not allowed” and do not sign in`,
    ],
    [
      404,
      'not-found',
      `${URL} answers 404: the route is missing, or the application runs under another root_path`,
    ],
    [503, 'server-error', `${URL} answers 503: the application fails before it refuses`],
    [405, 'status', `${URL} answers 405`],
  ])('fails on status %d', (status, id, message) => {
    const judged = withStatus(status);
    expect(judged).toMatchObject({ status: 'fail', ids: [id], messages: [message] });
    expect(judged.findings[0]?.data).toMatchObject({ expected: 'HTTP 401', found: `HTTP ${status}` });
  });

  test.each(['/api/tasks/', 'http://10.244.0.5:8000/api/tasks/'])(
    'knows a redirect for a trailing slash: %s',
    (location) => {
      expect(withStatus(307, location)).toMatchObject({
        ids: ['trailing-slash'],
        messages: [`${URL} answers 307: a redirect to ${location}, which differs by its trailing slash only`],
      });
    },
  );

  test.each(['/login', '/', 'https://localhost:30081/api/tasks', 'http://['])(
    'fails on another redirect: %s',
    (location) => {
      expect(withStatus(302, location)).toMatchObject({
        ids: ['redirect'],
        messages: [`${URL} answers 302: a redirect to ${location}, where an API client expects a 401`],
      });
    },
  );

  test('fails on a redirect that leads nowhere', () => {
    expect(withStatus(302).messages[0]).toContain('nowhere (no Location header)');
  });

  test.each([
    'refused',
    'timeout',
    'reset',
    'dns',
    'unreachable',
    'tls',
    'not-http',
    'body-timeout',
    'proxy-error',
  ] as const)('has its own words for %s', (outcome) => {
    const { detail, message } = OUTCOME_WORDS[outcome];
    const judged = judge(check, (evidence) => (evidence.tasks = failed(evidence.tasks, outcome, detail)));
    expect(judged).toMatchObject({ status: 'fail', ids: [outcome], messages: [`${URL}: ${message}`] });
  });

  test('leaves it to functional/node-port when no URL led anywhere', () => {
    expect(judge(check, ({ route }) => Object.assign(route, { via: 'none' })).status).toBe('unknown');
  });
});
