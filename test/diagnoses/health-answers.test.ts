/** Answers of the health endpoint that are no health status, and pods that answer otherwise than the others. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { readiness, REFUSED, TIMED_OUT, type Change } from '../support/health-states.js';
import { notReady, podEvent } from '../support/pod-states.js';

const HEALTH = { topic: 'health' } as const;

const answers =
  (more: object): Change =>
  ({ health }) => {
    Object.assign(health, { json: undefined, body: '', ...more });
  };

describe('an answer that is no health status', () => {
  test.each<[string, Change, string]>([
    ['204 without a body', answers({ status: 204, contentType: undefined }), 'answers 204'],
    ['a page', answers({ status: 200, contentType: 'text/html; charset=utf-8' }), 'is not JSON'],
    [
      'a Python dict as text',
      answers({ status: 200, contentType: 'application/json', jsonError: 'Unexpected token' }),
      'is not JSON',
    ],
    ['JSON without a status', answers({ status: 200, json: { version: '1.2.3' } }), 'no health status'],
    ['a redirect to the path with a slash', answers({ status: 307, location: '/api/health/' }), 'a redirect'],
    ['a redirect to a login', answers({ status: 302, location: '/login' }), 'a redirect'],
    ['a rate limit', answers({ status: 429 }), 'how often it may be asked'],
    ['a method', answers({ status: 405 }), 'not for GET'],
    ['I am a teapot', answers({ status: 418 }), 'no answer of a health endpoint'],
  ])('%s', async (_, change, words) => {
    const { diagnoses, exitCode } = await diagnosed(change, HEALTH);
    expect(diagnoses.map(({ cause }) => cause)).toEqual(['health/wrong-answer']);
    expect(diagnoses[0]?.summary).toContain(words);
    expect(diagnoses[0]?.symptoms).toContain('functional/health');
    expect(exitCode).toBe(1);
  });

  test('one limit that everything meets is one root', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      for (const each of [evidence.health, evidence.docs, evidence.tasks])
        Object.assign(each, { status: 429, json: undefined, body: '' });
    });
    expect(diagnoses.map(({ cause }) => cause)).toEqual(['health/wrong-answer']);
    expect(diagnoses[0]?.symptoms).toEqual(
      expect.arrayContaining(['functional/health', 'functional/api-docs', 'functional/auth-required']),
    );
  });
});

describe('a database that is not the contract’s is not told as one that is down', () => {
  const says = (database: unknown) => answers({ status: 200, json: { status: 'healthy', database } });

  test.each<[unknown, string, string]>([
    ['mocked', 'does not work with the contract’s database', 'uses DATABASE_URL'],
    ['MockDatabase', 'does not work with the contract’s database', 'uses DATABASE_URL'],
    ['in-memory', 'does not work with the contract’s database', 'uses DATABASE_URL'],
    [{ status: 'ok', type: 'sqlite' }, 'does not work with the contract’s database', 'uses DATABASE_URL'],
    ['disabled', 'does not work with the contract’s database', 'uses DATABASE_URL'],
    ['readonly', 'takes no writes', 'the host of the primary'],
    [{ status: 'ok', writable: false }, 'takes no writes', 'the host of the primary'],
  ])('%j', async (database, words, fix) => {
    const { diagnoses, exitCode } = await diagnosed(says(database), HEALTH);
    expect(diagnoses.map(({ cause }) => cause)).toEqual(['health/database-replaced']);
    expect(diagnoses[0]?.summary).toContain(words);
    expect(diagnoses[0]?.fix[0]?.description).toContain(fix);
    expect(exitCode).toBe(1);
  });

  test.each(['down', 'disconnected', 'out of memory', 'connection refused, fallback in use', 'locked'])(
    '%s: it cannot be used',
    async (database) => {
      const { diagnoses } = await diagnosed(says(database), HEALTH);
      expect(diagnoses.map(({ cause }) => cause)).toEqual(['health/database-down']);
    },
  );
});

describe('a status that the probe is refused with', () => {
  test.each([
    [400, 'Host header'],
    [405, 'not for GET'],
    [421, 'host name'],
    [429, 'how often'],
    [422, 'no answer of a health endpoint'],
  ])('%i', async (status, words) => {
    const { diagnoses } = await diagnosed(readiness(`HTTP probe failed with statuscode: ${status}`), HEALTH);
    expect(diagnoses.map(({ cause }) => cause)).toEqual(['health/wrong-answer']);
    expect(diagnoses[0]?.summary).toContain(words);
  });
});

const inside =
  (index: number, point: object): Change =>
  ({ vantage }) => {
    const pod = vantage.pods[index]?.inside;
    if (pod?.ok)
      pod.value.localhost = {
        url: 'http://127.0.0.1:8000/api/health',
        detail: '',
        ms: 3,
        status: undefined,
        outcome: 'response',
        ...point,
      };
  };

describe('one of the pods, which counts as ready', () => {
  test.each<[string, object, string, string]>([
    ['answers 500', { status: 500 }, 'health/server-error', 'answers 500'],
    ['answers 503', { status: 503 }, 'health/server-error', 'answers 503'],
    [
      'does not answer',
      { outcome: 'timeout', ms: 5000, detail: 'no answer' },
      'health/too-slow',
      'within 5 s',
    ],
    [
      'says with 200 that it is not well',
      { status: 200, flaw: { about: 'status', words: 'status "unhealthy"' } },
      'health/server-error',
      'answers 200 with status "unhealthy", and requests still come to it: the status is 200, so no probe notices',
    ],
    [
      'says with 200 that it has no database',
      { status: 200, flaw: { about: 'database', words: 'database "disconnected"' } },
      'health/database-down',
      'answers 200 with database "disconnected"',
    ],
  ])('%s', async (_, point, cause, words) => {
    const { diagnoses } = await diagnosed(inside(1, point), HEALTH);
    expect(diagnoses).toMatchObject([{ cause, object: { kind: 'Pod', name: POD_NAMES[1] } }]);
    expect(diagnoses[0]?.summary).toContain(words);
    expect(diagnoses[0]?.summary).toContain('1 of 2 pods');
    expect(diagnoses[0]?.fix.at(-1)?.command).toContain(`delete pod ${POD_NAMES[1]}`);
  });

  const slow =
    (...counts: number[]): Change =>
    ({ distribution }) => {
      for (const [index, ms] of counts.entries()) {
        const latency = distribution.pods[index]?.latency;
        if (latency) latency.p50 = ms;
      }
    };

  test('is slow, as the load run has met: a warning, and by its name', async () => {
    const { diagnoses, exitCode } = await diagnosed((evidence) => {
      inside(1, { status: 200, ms: 3004 })(evidence);
      slow(9, 3010)(evidence);
    });
    expect(diagnoses).toMatchObject([
      { cause: 'health/too-slow', severity: 'warning', object: { kind: 'Pod', name: POD_NAMES[1] } },
    ]);
    expect(diagnoses[0]?.summary).toContain('takes 3004 ms inside the pod');
    expect(diagnoses[0]?.symptoms).toContain('load-balancing/distribution');
    expect(exitCode).toBe(0);
  });

  test('was slow once, and the load run met it quick: nothing', async () => {
    const { causes } = await diagnosed(inside(1, { status: 200, ms: 3004 }));
    expect(causes).toEqual([]);
  });

  test('asked through the API server where the image has nothing to ask with', async () => {
    const flaw = { about: 'database' as const, words: 'database "disconnected"' };
    const { diagnoses } = await diagnosed(({ vantage }) => {
      for (const [index, pod] of vantage.pods.entries()) {
        if (pod.inside.ok) pod.inside.value.localhost = undefined;
        Object.assign(pod.proxy, { outcome: 'response', status: 200, ...(index === 0 && { flaw }) });
      }
    }, HEALTH);
    expect(diagnoses).toMatchObject([{ cause: 'health/database-down', object: { name: POD_NAMES[0] } }]);
    expect(diagnoses[0]?.evidence[0]).toMatchObject({
      source: 'asked through the API server',
      value: 'HTTP 200, database "disconnected"',
    });
  });

  test('met by the user’s own request: still the pod, not the Service', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      inside(1, { status: 200, flaw: { about: 'database', words: 'database "down"' } })(evidence);
      Object.assign(evidence.health, { json: { status: 'healthy', database: 'down' } });
    }, HEALTH);
    expect(diagnoses).toMatchObject([
      { cause: 'health/database-down', object: { kind: 'Pod', name: POD_NAMES[1] } },
    ]);
    expect(diagnoses[0]?.symptoms).toContain('functional/health');
  });

  test('says that nothing looks at it where there is no readiness probe', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      inside(0, { status: 500 })(evidence);
      for (const { spec } of evidence.pods) delete spec.containers[0]?.readinessProbe;
    }, HEALTH);
    expect(diagnoses[0]?.summary).toContain('no readiness probe takes it out of service');
  });

  test('all of them: it is the application, not a pod', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      inside(0, { status: 500 })(evidence);
      inside(1, { status: 500 })(evidence);
      Object.assign(evidence.health, { status: 500, json: undefined });
    }, HEALTH);
    expect(diagnoses.map(({ object }) => object?.kind)).toEqual(['Service']);
  });
});

test('a container that shuts down for the first time because of its liveness probe is told by that probe', async () => {
  const { diagnoses } = await diagnosed((evidence) => {
    notReady(evidence, 0);
    const told = (probe: string, words: string, secondsAgo: number) =>
      podEvent(evidence, 0, 'Unhealthy', `${probe} probe failed: ${words}`, { secondsAgo, count: 3 });
    told('Liveness', TIMED_OUT, 20);
    podEvent(evidence, 0, 'Killing', 'Container backend failed liveness probe, will be restarted', {
      secondsAgo: 20,
    });
    told('Readiness', REFUSED, 2);
  }, HEALTH);
  expect(diagnoses.map(({ cause }) => cause)).toEqual(['health/too-slow']);
  expect(diagnoses[0]?.summary).toContain('liveness probe');
});

test('a slow answer is a warning, and no reason for a probe that is not the contract’s', async () => {
  const { diagnoses, unexplained, exitCode } = await diagnosed((evidence) => {
    evidence.health.ms = 2400;
    const [own] = evidence.deployment.spec.template.spec.containers;
    if (own) own.livenessProbe = { exec: { command: ['sh', '-c', 'true'] } };
  }, HEALTH);
  expect(diagnoses.map(({ cause, severity }) => [cause, severity])).toEqual([['health/too-slow', 'warning']]);
  expect(diagnoses[0]?.symptoms).toEqual(['functional/health-latency']);
  expect(unexplained).toContain('deployment/liveness-probe');
  expect(exitCode).toBe(1);
});
