/** A backend that is reached and answers otherwise than the contract has it. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed, type Circumstances } from '../support/diagnosed.js';

type Change = (evidence: HealthyEvidence) => void;

const SERVICE: Circumstances = { topic: 'service' };

describe('what it answers', () => {
  const docs =
    (status: number, body = ''): Change =>
    (evidence) =>
      Object.assign(evidence.docs, { status, body });
  const tasks =
    (status: number, more: object = {}): Change =>
    (evidence) =>
      Object.assign(evidence.tasks, { status, ...more });

  test.each<[string, Change, RegExp]>([
    ['documentation that is gone', docs(404), /\/docs answers 404: the documentation is turned off/],
    ['a host that is not trusted', docs(400, 'Invalid host header'), /Invalid host header/],
    ['tasks for everybody', tasks(200), /authentication is bypassed/],
    [
      'a trailing slash',
      tasks(307, { location: 'http://localhost:30081/api/tasks/' }),
      /with or without its trailing slash/,
    ],
    ['another root path', tasks(404), /another root path/],
  ])('%s', async (_name, change, words) => {
    const { causes, diagnoses, exitCode } = await diagnosed(change, SERVICE);
    expect(causes).toEqual(['service/http-error']);
    expect(diagnoses[0]?.summary).toMatch(words);
    expect(exitCode).toBe(1);
  });

  const failing: Change = (evidence) => {
    docs(500, 'Internal Server Error')(evidence);
    const [first] = evidence.logs;
    if (first?.log.ok)
      first.log.value.lines.push(
        ...[
          'INFO:     10.0.0.7:40112 - "GET /docs HTTP/1.1" 500 Internal Server Error',
          'ERROR:    Exception in ASGI application',
          'Traceback (most recent call last):',
          '  File "/app/main.py", line 41, in docs',
          '    return swagger(settings["docs"])',
          "KeyError: 'docs'",
          'INFO:     10.0.0.7:40116 - "GET /docs-old HTTP/1.1" 500 Internal Server Error',
          'ERROR:    Exception in ASGI application',
          'Traceback (most recent call last):',
          '  File "/app/main.py", line 57, in old',
          'ValueError: of another path',
        ].map((text) => ({ at: '2026-02-09T14:31:00Z', text })),
      );
  };

  test('its own failure: the log of that moment, with the exception where it has one', async () => {
    const { causes, diagnoses } = await diagnosed(failing, SERVICE);
    expect(causes).toEqual(['service/http-error']);
    expect(diagnoses[0]?.summary).toBe(
      "/docs answers 500: the application itself fails there, with KeyError: 'docs' (/app/main.py:41).",
    );
    expect(diagnoses[0]?.evidence.map(({ source }) => source)).toContain('log');
    expect(diagnoses[0]?.fix).toHaveLength(1);
    expect(diagnoses[0]?.fix[0]?.command).toContain('logs deployment/todo-chatbot-backend');
    const quiet = await diagnosed(tasks(500, { contentType: 'application/json' }), SERVICE);
    expect(quiet.diagnoses[0]?.summary).toBe('/api/tasks answers 500: the application itself fails there.');
    expect(quiet.diagnoses[0]?.fix[0]?.command).toContain('logs deployment/todo-chatbot-backend');
  });

  test('a gateway’s page says nothing of the application', async () => {
    const { diagnoses } = await diagnosed(
      tasks(502, { contentType: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' }),
      SERVICE,
    );
    expect(diagnoses[0]?.fix[0]?.description).toBe('See which application answers there.');
  });

  test('a health status is the health topic’s', async () => {
    const { causes } = await diagnosed((evidence) => {
      Object.assign(evidence.health, {
        status: 503,
        json: { status: 'unhealthy', database: 'disconnected' },
      });
    });
    expect(causes[0]).toMatch(/^(health|db)\//);
    expect(causes).not.toContain('service/http-error');
  });
});

describe('an EndpointSlice that somebody wrote', () => {
  const written =
    (...more: { ready?: boolean; terminating?: boolean; slice?: string }[]): Change =>
    ({ endpoints }) => {
      const [first] = endpoints.addresses;
      for (const [index, each] of more.entries())
        if (first)
          endpoints.addresses.push({
            ...first,
            address: `10.9.9.${index}`,
            podName: undefined,
            slice: 'x',
            ...each,
          });
    };

  test('counts as far as it gets requests', async () => {
    const { diagnoses } = await diagnosed(
      written({ terminating: true }, { ready: false }, { slice: 'a.b-c' }, {}),
    );
    const [first] = diagnoses;
    expect(first?.cause).toBe('service/foreign-endpoints');
    expect(first?.summary).toContain(
      '10.9.9.2:8000, 10.9.9.3:8000, which no pod of the backend has: 2 of 4 connections',
    );
    expect(first?.fix.at(-1)?.command).toMatch(/ delete endpointslice a\.b-c x$/);
  });

  test('is no trouble where its address is a pod’s', async () => {
    const twice: Change = ({ endpoints, pods }) => {
      const [first] = endpoints.addresses;
      const address = pods[0]?.status?.podIP ?? '';
      if (first) endpoints.addresses.push({ ...first, address, podName: undefined, slice: 'by-hand' });
    };
    expect((await diagnosed(twice)).causes).toEqual([]);
  });

  test('is no trouble where it gets none', async () => {
    expect((await diagnosed(written({ terminating: true }, { ready: false }))).causes).toEqual([]);
  });
});
