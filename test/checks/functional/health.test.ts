import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/health.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import type { HttpExchange } from '../../../src/evidence/evidence.js';
import { judge, TARGET } from '../../support/check-context.js';
import { healthyEvidence, NOW } from '../../support/healthy.js';
import { failed, OUTCOME_WORDS } from './_outcomes.js';

const URL = 'http://localhost:30081/api/health';
const withHealth = (change: Partial<HttpExchange>) =>
  judge(check, ({ health }) => Object.assign(health, change));
const withJson = (json: unknown, status = 200) => withHealth({ json, status, body: JSON.stringify(json) });

describe('functional/health', () => {
  test('passes, and says what it read', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'HTTP 200, status healthy, database connected',
    });
  });

  test.each([
    [{ status: 'ok' }, 'HTTP 200, status ok'],
    [{ status: 'UP', components: { db: { status: 'UP' } } }, 'HTTP 200, status UP, database UP'],
    [{ healthy: true }, 'HTTP 200, status true'],
    [{ ok: true, database: true }, 'HTTP 200, status true, database true'],
    [
      { state: 'passing', checks: { database: { connected: true } } },
      'HTTP 200, status passing, database true',
    ],
    [{ status: { status: 'healthy' }, health: 'healthy' }, 'HTTP 200, status healthy'],
    ['healthy', 'HTTP 200, status healthy'],
    // The database's name is no statement about it, whatever it begins with.
    [{ status: 'healthy', database: 'unicorn_prod' }, 'HTTP 200, status healthy, database unicorn_prod'],
    [{ status: 'healthy', database: 'todo' }, 'HTTP 200, status healthy, database todo'],
    [{ status: 'healthy', database: { pool: 3 } }, 'HTTP 200, status healthy'],
  ])('understands %j', (json, text) => {
    expect(withJson(json)).toMatchObject({ status: 'pass', text });
  });

  describe('where it is not proven that this backend answers', () => {
    const proof = (state: 'refused' | 'open') => ({ state, by: undefined, says: 'no log shows it' }) as const;

    test('what passes is unknown, what fails fails', () => {
      const judged = judge(check, ({ route }) => Object.assign(route, { proof: proof('open') }));
      expect(judged).toMatchObject({ status: 'unknown' });
      expect(judged.text).toMatch(
        /^HTTP 200, status healthy.* not proven that this backend .*: no log shows it$/,
      );
      const failing = judge(check, ({ route, health }) => {
        Object.assign(route, { proof: proof('open') });
        Object.assign(health, { status: 500 });
      });
      expect(failing).toMatchObject({ status: 'fail', ids: ['server-error'] });
    });

    test('another program’s answer is not judged; the node port’s check fails for it', () => {
      const judged = judge(check, ({ route, health }) => {
        Object.assign(route, { proof: proof('refused') });
        Object.assign(health, { status: 404 });
      });
      expect(judged).toMatchObject({
        status: 'unknown',
        text: 'what answers at http://localhost:30081 is not this backend: no log shows it',
      });
    });

    test('at the URL that was asked for it fails itself', () => {
      const judged = judge(check, ({ route }) =>
        Object.assign(route, { via: 'url', proof: proof('refused') }),
      );
      expect(judged).toMatchObject({
        status: 'fail',
        ids: ['other-program'],
        messages: ['what answers at http://localhost:30081 is not this backend: no log shows it'],
      });
    });
  });

  test.each([
    'unhealthy',
    'not ok',
    'DOWN',
    'degraded',
    'error: timeout',
    'failing',
    'starting',
    'unavailable',
  ])('fails on the status %s', (status) => {
    expect(withJson({ status })).toMatchObject({
      status: 'fail',
      ids: ['unhealthy'],
      messages: [`${URL} answers 200, but its status is "${status}"`],
    });
  });

  test.each(['disconnected', 'not connected', 'down', 'error: could not connect to server', 'timed out'])(
    'fails when it says of the database: %s',
    (database) => {
      expect(withJson({ status: 'healthy', database })).toMatchObject({
        status: 'fail',
        ids: ['database'],
        messages: [`${URL} answers 200, but says of the database: "${database}"`],
      });
    },
  );

  describe('does not take a word about the database for granted, wherever it stands', () => {
    test.each([
      { db_connected: false },
      { databaseConnected: 'false' },
      { isDbUp: false },
      { database: 0 },
      { database: { connected: 'no' } },
      { database: { ok: 0 } },
      { database: { primary: { status: 'up' }, replica: { status: 'down' } } },
      { database: { error: 'could not connect' } },
      { database: 'connection refused by 10.0.0.9' },
      { database_error: 'timeout' },
      { checks: [{ name: 'database', status: 'fail' }] },
      { dependencies: [{ type: 'PostgreSQL', state: 'disconnected' }] },
      { checks: { 'postgres:connections': [{ status: 'fail' }] } },
      { components: { db: { status: 'DOWN', details: { database: 'PostgreSQL' } } } },
      { checks: { database: 'error: password authentication failed' } },
      { database: 'ECONNREFUSED' },
      { database: '✗' },
      { database: [true, false] },
      { datastore: { status: 'down' } },
      { entries: { npgsql: { status: 'Unhealthy' } } },
      { checks: [{ check: 'db ping', passed: false }] },
    ])('fails: %j', (more) => {
      expect(withJson({ status: 'healthy', ...more })).toMatchObject({ status: 'fail', ids: ['database'] });
    });

    test.each([
      { database: 'unknown' },
      { database: null },
      { database: '' },
      { database: { status: null } },
      { database: { status: 'pending' } },
      { db_status: 'weird' },
      { checks: [{ name: 'database' }] },
      { postgres: 'n/a' },
      { database: [] },
      { db: {} },
    ])('is unknown: %j', (more) => {
      const judged = withJson({ status: 'healthy', ...more });
      expect(judged.status).toBe('unknown');
      expect(judged.text).toContain('and of the database it says');
    });

    test.each([
      { database_error: null },
      { database_name: 'todo', database_version: '15.3', db_latency_ms: 3 },
      { errors: [], error: null, unhealthy: [], failed_checks: 0, error_message: '' },
      { database: 'connected (3 ms)' },
      {
        dependencies: [
          { name: 'postgres', healthy: true },
          { name: 'redis', healthy: false },
        ],
      },
      { database: 'True' },
      { database: 1 },
      { message: 'database connected, no errors' },
      { message: 'rate limit: 3 requests were refused' },
      { description: 'reports failures of the database to Sentry' },
    ])('passes: %j', (more) => expect(withJson({ status: 'healthy', ...more }).status).toBe('pass'));
  });

  test.each([
    { error: 'disk full' },
    { errors: ['a', 'b'] },
    { unhealthy: ['database'] },
    { failed_checks: ['database'] },
    { error_message: 'the pool is empty' },
    { problems: ['database unreachable'] },
    { data: { error: 'x' } },
    { message: 'database connection failed' },
    { detail: 'cannot reach postgres' },
    { data: { description: 'The database is down.' } },
  ])('fails on an error beside the status: %j', (more) =>
    expect(withJson({ status: 'healthy', ...more })).toMatchObject({ status: 'fail', ids: ['error-told'] }),
  );

  test.each([
    { warnings: ['connection pool exhausted'] },
    { warning: 'disk 95 % full: writes will be refused, 3 failed' },
    { data: { warnings: [{ component: 'pool', message: 'timed out twice' }] } },
    { alerts: { pool: 'connections exhausted' } },
  ])('shows a warning beside the status: %j', (more) =>
    expect(withJson({ status: 'healthy', ...more })).toMatchObject({
      status: 'warn',
      ids: ['warning-told'],
    }),
  );

  test.each([
    { warnings: [] },
    { warnings: null, warning: '' },
    { warnings: 0, alerts: {} },
    { warnings: ['none'] },
    { warnings: ['Python 3.9 will be the last version that is supported'] },
  ])('nothing is wrong with %j', (more) =>
    expect(withJson({ status: 'healthy', ...more }).status).toBe('pass'),
  );

  test('of two statuses that contradict each other, believes the worse', () => {
    expect(withJson({ status: 'ok', healthy: false }).ids).toEqual(['unhealthy']);
    expect(withJson({ status: 'ok', ready: false }).ids).toEqual(['unhealthy']);
    expect(withJson({ data: { status: 'down' } }).ids).toEqual(['unhealthy']);
  });

  test('reads a body of any depth and length in time', () => {
    let deep: unknown = 'down';
    for (let level = 0; level < 1000; level += 1) deep = { database: deep };
    expect(withJson({ status: 'ok', list: deep }).status).toBe('pass');
  });

  test('does not pass on a status that it does not know, and shows it verbatim', () => {
    expect(withJson({ status: 'nominal' })).toMatchObject({
      status: 'unknown',
      text: 'HTTP 200 with the status "nominal", which may mean healthy or not',
    });
    expect(withJson({ status: 'x'.repeat(500) }).text.length).toBeLessThan(150);
    // A database that is down needs no interpretation.
    expect(withJson({ status: 'nominal', database: false }).ids).toEqual(['database']);
  });

  test.each([{ json: [] }, { json: { version: '1.0' } }, { json: { status: 3 } }, { json: null }])(
    'fails on JSON without a status: %j',
    ({ json }: { json: unknown }) => {
      expect(withJson(json)).toMatchObject({
        status: 'fail',
        ids: ['no-status'],
        messages: [`${URL} answers with JSON that has no health status`],
      });
    },
  );

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
    const judged = judge(check, (evidence) => (evidence.health = failed(evidence.health, outcome, detail)));
    expect(judged).toMatchObject({ status: 'fail', ids: [outcome], messages: [`${URL}: ${message}`] });
  });

  test.each([
    [401, 'needs-login', `${URL} answers 401: it demands a login, which a probe does not have`],
    [403, 'needs-login', `${URL} answers 403: it demands a login, which a probe does not have`],
    [
      404,
      'not-found',
      `${URL} answers 404: the application does not have this path, or it is served under another root path`,
    ],
    [204, 'status', `${URL} answers 204`],
    [500, 'server-error', `${URL} answers 500`],
  ])('fails on status %d', (status, id, message) => {
    expect(withHealth({ status, json: undefined })).toMatchObject({
      status: 'fail',
      ids: [id],
      messages: [message],
    });
  });

  test('repeats what a failing health check says of itself', () => {
    expect(withJson({ status: 'unhealthy', database: 'disconnected' }, 503).messages).toEqual([
      `${URL} answers 503: status "unhealthy", database "disconnected"`,
    ]);
  });

  test('fails on a redirect', () => {
    expect(withHealth({ status: 307, location: '/api/health/' })).toMatchObject({
      ids: ['redirect'],
      messages: [`${URL} answers 307, a redirect to /api/health/`],
    });
    expect(withHealth({ status: 302, location: undefined }).messages[0]).toContain('nowhere');
  });

  test('fails on another content type, on invalid JSON, and on a body that does not end', () => {
    expect(withHealth({ contentType: 'text/html', json: undefined })).toMatchObject({
      ids: ['content-type'],
      messages: [`${URL} answers with content type text/html`],
    });
    expect(withHealth({ contentType: undefined }).messages[0]).toContain('content type none');
    expect(withHealth({ json: undefined, jsonError: 'the body is not valid JSON' })).toMatchObject({
      ids: ['invalid-json'],
      messages: [`${URL} answers with a body that is not JSON: the body is not valid JSON`],
    });
    expect(withHealth({ truncated: true })).toMatchObject({
      ids: ['too-big'],
      messages: [
        `${URL} answers with more than can be read in one go; a health response should be lightweight`,
      ],
    });
  });

  test('accepts a JSON media type with a suffix', () => {
    expect(withHealth({ contentType: 'application/health+json; charset=utf-8' }).status).toBe('pass');
  });

  test('leaves it to functional/node-port when no URL led anywhere, and says what was tried', () => {
    const tried = [{ url: 'http://localhost:30081', outcome: 'refused', detail: 'connection refused' }];
    expect(judge(check, ({ route }) => Object.assign(route, { via: 'none', tried }))).toMatchObject({
      status: 'unknown',
      text: 'the backend was not reached (http://localhost:30081: connection refused)',
    });
    expect(judge(check, ({ route }) => Object.assign(route, { via: 'none', tried: [] })).text).toBe(
      'the backend was not reached (there was no URL to try)',
    );
  });
});

test.each([
  [404, '/health'],
  [404, '/healthz'],
  [401, '/livez'],
  [403, '/health'],
  [405, '/api/v2/health'],
])('answers %d, and the probes ask %s', (status, path) => {
  const judged = judge(check, ({ health, deployment }) => {
    Object.assign(health, { status, json: { detail: 'Not Found' } });
    for (const { readinessProbe } of deployment.spec.template.spec.containers)
      if (readinessProbe?.httpGet) readinessProbe.httpGet.path = path;
  });
  expect(judged.ids).toEqual(['probes-elsewhere']);
  expect(judged.messages[0]).toContain(
    `answers ${status}, and the probes ask ${path}: say --set http.healthPath=${path}`,
  );
});

test('an error of the endpoint itself is told as such, wherever the probes ask', () => {
  const judged = judge(check, ({ health, deployment }) => {
    Object.assign(health, { status: 500, json: undefined });
    for (const { readinessProbe } of deployment.spec.template.spec.containers)
      if (readinessProbe?.httpGet) readinessProbe.httpGet.path = '/health';
  });
  expect(judged.ids).toEqual(['server-error']);
});

test('a Deployment that cannot be read takes nothing from what the endpoint answers', () => {
  expect(check.meta.reads).not.toContain('deployment');
  const { route, health } = healthyEvidence();
  const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
  const status = 404;
  expect(check.evaluate({ route, health: { ...health, status } }, context, {})).toMatchObject({
    status: 'fail',
    findings: [{ messageId: 'not-found' }],
  });
  expect(check.evaluate({ route, health }, context)).toMatchObject({ status: 'pass' });
});
