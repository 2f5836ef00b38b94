import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/cors.js';
import type { Preflight } from '../../../src/evidence/evidence.js';
import { judge, remedyOf, TARGET } from '../../support/check-context.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { NOW } from '../../support/healthy.js';

const ORIGIN = 'http://localhost:3000';
const preflight = (more: Partial<Preflight> = {}): Preflight => ({
  origin: ORIGIN,
  from: 'BETTER_AUTH_URL of Deployment todo-frontend',
  certain: true,
  url: 'http://localhost:30081/api/tasks',
  outcome: 'response',
  detail: '',
  status: 200,
  allowOrigin: ORIGIN,
  allowHeaders: 'authorization,content-type',
  ...more,
});
const refused = (more: Partial<Preflight> = {}): Preflight => {
  const answer = preflight({ status: 400, says: 'Disallowed CORS origin', ...more });
  delete answer.allowOrigin;
  return answer;
};
const given = (...preflights: Preflight[]) =>
  judge(check, (evidence) => {
    evidence.cors = { preflights };
  });

describe('functional/cors', () => {
  test('is skipped with the reason why nobody was asked', () => {
    expect(judge(check)).toMatchObject({ status: 'skip', text: 'no frontend of this release is installed' });
  });

  test('passes where the origin, or any, is allowed', () => {
    expect(given(preflight())).toMatchObject({ status: 'pass', text: `pages of ${ORIGIN} may ask it` });
    expect(given(preflight({ allowOrigin: '*' })).status).toBe('pass');
  });

  test('fails where the origin is refused, and says what browsers ask', () => {
    const judged = given(refused());
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['origin'],
      messages: [
        `a page of ${ORIGIN} (BETTER_AUTH_URL of Deployment todo-frontend) may not ask http://localhost:30081/api/tasks: no access-control-allow-origin (HTTP 400 Disallowed CORS origin)`,
      ],
    });
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, judged.findings)).toContain(
      `curl -i -X OPTIONS -H 'Origin: ${ORIGIN}' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: authorization' http://localhost:30081/api/tasks`,
    );
  });

  test('another origin, with or without a slash, is not this one', () => {
    for (const allowOrigin of [`${ORIGIN}/`, 'http://127.0.0.1:3000', 'https://localhost:3000', 'null'])
      expect(given(preflight({ allowOrigin }))).toMatchObject({ status: 'fail', ids: ['origin'] });
  });

  test('fails where the preflight itself wants a token, or the token is not allowed', () => {
    expect(given(preflight({ status: 401, says: '{"detail":"Not authenticated"}' }))).toMatchObject({
      status: 'fail',
      ids: ['status'],
    });
    expect(given(preflight({ allowHeaders: 'content-type' }))).toMatchObject({
      status: 'fail',
      ids: ['headers'],
    });
  });

  test('only warns where it is not known at which address the pages are asked for', () => {
    expect(given(refused({ certain: false })).status).toBe('warn');
  });

  test('one address that works is enough; a certain one that does not is a warning', () => {
    const node = { origin: 'http://192.168.49.2:30080', certain: false };
    expect(given(preflight(), refused(node)).status).toBe('pass');
    const ingress = { origin: 'http://todo.example.com', from: 'Ingress todo' };
    expect(given(preflight(), refused(ingress))).toMatchObject({ status: 'warn', ids: ['origin'] });
  });

  test('is unknown where the backend was not reached, or gave no answer', () => {
    expect(given({ ...refused(), outcome: 'timeout', detail: 'no answer within 5 s' })).toMatchObject({
      status: 'unknown',
      text: 'OPTIONS http://localhost:30081/api/tasks: no answer within 5 s',
    });
    const unreached = judge(check, (evidence) => {
      evidence.cors = { preflights: [] };
      Object.assign(evidence.route, { via: 'none', tried: [] });
    });
    expect(unreached.status).toBe('unknown');
  });
});
