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
    expect(first?.summary).toContain('10.9.9.2:8000, 10.9.9.3:8000, which no pod has: 2 of 4 connections');
    expect(first?.fix.at(-1)?.command).toMatch(/ delete endpointslice a\.b-c x$/);
  });

  test('is no trouble where it gets none', async () => {
    expect((await diagnosed(written({ terminating: true }, { ready: false }))).causes).toEqual([]);
  });
});
