import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/api-docs.js';
import type { HttpExchange } from '../../../src/evidence/evidence.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { NOW } from '../../support/healthy.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { failed, OUTCOME_WORDS } from './_outcomes.js';

const URL = 'http://localhost:30081/docs';
const withDocs = (change: Partial<HttpExchange>) => judge(check, ({ docs }) => Object.assign(docs, change));

describe('functional/api-docs', () => {
  test('passes on Swagger UI', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'HTTP 200, Swagger UI' });
    expect(withDocs({ contentType: 'Text/HTML' }).status).toBe('pass');
  });

  test.each([
    [
      404,
      'not-found',
      `${URL} answers 404: the documentation is turned off, or the application runs under another root_path`,
    ],
    [500, 'server-error', `${URL} answers 500`],
    [401, 'status', `${URL} answers 401`],
  ])('fails on status %d', (status, id, message) => {
    expect(withDocs({ status })).toMatchObject({ status: 'fail', ids: [id], messages: [message] });
  });

  test('fails on a redirect', () => {
    expect(withDocs({ status: 301, location: 'https://localhost/docs' })).toMatchObject({
      ids: ['redirect'],
      messages: [`${URL} answers 301, a redirect to https://localhost/docs`],
    });
  });

  test('fails on another content type', () => {
    expect(withDocs({ contentType: 'application/json' })).toMatchObject({
      ids: ['content-type'],
      messages: [`${URL} answers with content type application/json`],
    });
    expect(withDocs({ contentType: undefined }).ids).toEqual(['content-type']);
    expect(withDocs({ contentType: 'application/x; was=text/html' }).ids).toEqual(['content-type']);
  });

  test('fails on a page of something else', () => {
    expect(withDocs({ body: '<html><title>Welcome to nginx!</title>' })).toMatchObject({
      ids: ['not-swagger'],
      messages: [`${URL} answers with a page that is not Swagger UI`],
    });
    const broken = withDocs({ body: '', detail: 'the body is not valid gzip' });
    expect(broken.findings[0]?.data?.found).toBe('the body is not valid gzip');
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
    const judged = judge(check, (evidence) => (evidence.docs = failed(evidence.docs, outcome, detail)));
    expect(judged).toMatchObject({ status: 'fail', ids: [outcome], messages: [`${URL}: ${message}`] });
  });

  test('is looked into with the URL that failed, or the contract’s', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    const remedy = (url: string) => remedyOf(check, context, [{ messageId: 'status', data: { url } }]);
    expect(remedy('http://192.168.49.2:30081/docs')).toMatch(
      /^curl -i http:\/\/192\.168\.49\.2:30081\/docs /,
    );
    for (const url of ['https://127.0.0.1:6443/api/v1/namespaces/x/proxy/docs', 'http://x/$(reboot)']) {
      expect(remedy(url)).toMatch(/^curl -i http:\/\/localhost:30081\/docs /);
    }
    expect(remedyOf(check, context, [])).toMatch(/^curl -i http:\/\/localhost:30081\/docs /);
  });

  test('leaves it to functional/node-port when no URL led anywhere', () => {
    expect(judge(check, ({ route }) => Object.assign(route, { via: 'none' })).status).toBe('unknown');
  });
});
