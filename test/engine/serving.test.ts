/** Is it up? Every answer, and what it is told by. */
import { describe, expect, test } from '@jest/globals';
import type { CheckResult, Status } from '../../src/engine/report.js';
import { servingOf, type ServingFacts } from '../../src/engine/serving.js';
import type { HttpExchange, Observed, Route } from '../../src/evidence/evidence.js';
import type { Deployment, Pod } from '../../src/evidence/objects.js';

const at = '2026-02-09T14:05:00Z';
const seen = <T>(value: T): Observed<T> => ({ ok: true, at, value });
const unseen: Observed<never> = { ok: false, at, why: 'unreachable', detail: 'connection refused' };

function result(id: string, status: Status, more: Partial<CheckResult> = {}): CheckResult {
  return { id, status, blockedBy: [], findings: [], message: `${id} ${status}`, ...more } as CheckResult;
}

function pods(ready: number, all: number): Observed<Pod[]> {
  return seen(
    Array.from({ length: all }, (_, index) => ({
      metadata: { name: `p${index}` },
      spec: { containers: [] },
      status: { conditions: [{ type: 'Ready', status: index < ready ? 'True' : 'False' }] },
    })),
  );
}

const answer = (status: number | undefined, more: Partial<HttpExchange> = {}) =>
  seen({
    url: 'http://localhost:30081/api/health',
    outcome: 'response',
    detail: '',
    status,
    ms: 26.6,
    ...more,
  } as HttpExchange);
const route = (via: Route['via'], tried: Route['tried'] = []) =>
  seen<Route>({
    via,
    baseUrl: 'http://localhost:30081',
    tried,
    balances: true,
    provesNodePort: via === 'nodeport',
  });
const refused = { url: 'http://localhost:30081', outcome: 'refused' as const, detail: 'connection refused' };

function world(more: Partial<ServingFacts> = {}): ServingFacts {
  return {
    route: route('nodeport'),
    health: answer(200),
    pods: pods(2, 2),
    deployment: seen({ spec: { replicas: 2 } } as Deployment),
    ...more,
  };
}

const HEALTHY = [result('functional/health', 'pass'), result('functional/node-port', 'pass')];

describe('up', () => {
  test('says how many pods are ready, and what the health endpoint answers', () => {
    expect(servingOf(world(), HEALTHY)).toEqual({
      state: 'up',
      facts: ['2 of 2 pods ready', 'GET /api/health 200 in 27 ms'],
    });
  });

  test('is not hidden by a warning of the health check', () => {
    expect(servingOf(world(), [result('functional/health', 'warn')])?.state).toBe('up');
  });

  test('needs no permission to list pods', () => {
    expect(servingOf(world({ pods: unseen }), HEALTHY)).toEqual({
      state: 'up',
      facts: ['GET /api/health 200 in 27 ms'],
    });
  });

  test('an old pod that was evicted is none of those that were planned', () => {
    const list = pods(2, 3);
    if (list.ok) Object.assign(list.value[2]?.status ?? {}, { phase: 'Failed' });
    expect(servingOf(world({ pods: list }), HEALTHY)?.facts[0]).toBe('2 of 2 pods ready');
  });
});

describe('degraded', () => {
  test('fewer pods are ready than the Deployment asks for', () => {
    expect(servingOf(world({ pods: pods(1, 2) }), HEALTHY)).toMatchObject({
      state: 'degraded',
      facts: ['1 of 2 pods ready', 'GET /api/health 200 in 27 ms'],
    });
  });

  test('pods that were never made count, too', () => {
    expect(servingOf(world({ pods: pods(1, 1) }), HEALTHY)?.facts[0]).toBe('1 of 2 pods ready');
  });

  test('the application answers, and its health endpoint fails', () => {
    const results = [result('functional/health', 'fail'), result('functional/auth-required', 'pass')];
    expect(servingOf(world({ health: answer(503) }), results)).toEqual({
      state: 'degraded',
      facts: ['GET /api/health 503 in 27 ms', '2 of 2 pods ready'],
    });
    expect(servingOf(world(), results)?.facts[0]).toBe(
      'GET /api/health 200 in 27 ms and says that it is not healthy',
    );
  });
});

describe('in the midst of a rollout', () => {
  const open = (id: string) =>
    result(id, 'unknown', {
      message: 'a rollout is under way: 1 pod starting',
      findings: [{ messageId: 'x', message: 'x', object: null, data: {} }],
    });

  test('the old pods serve, and what is under way is told with it', () => {
    expect(servingOf(world({ pods: pods(2, 3) }), [open('pods/ready'), ...HEALTHY])).toEqual({
      state: 'up',
      facts: ['2 of 2 pods ready', 'GET /api/health 200 in 27 ms', 'a rollout is under way: 1 pod starting'],
    });
  });

  test('a new pod is ready before the old one goes: no more are told than are wanted', () => {
    expect(servingOf(world({ pods: pods(3, 3) }), HEALTHY)?.facts[0]).toBe('2 of 2 pods ready');
  });

  test('fewer pods serve than are wanted, for a moment', () => {
    expect(servingOf(world({ pods: pods(1, 2) }), [open('pods/ready'), ...HEALTHY])).toMatchObject({
      state: 'degraded',
      facts: ['1 of 2 pods ready', expect.anything(), 'a rollout is under way: 1 pod starting'],
    });
  });

  test('a request that met a pod on its way out shows nothing, and is no sign of a backend that is down', () => {
    const results = [open('functional/node-port')];
    expect(servingOf(world({ route: route('none', [refused]) }), results)).toEqual({
      state: 'unknown',
      facts: [
        'http://localhost:30081: connection refused',
        '2 of 2 pods ready',
        'a rollout is under way: 1 pod starting',
      ],
    });
  });

  test('before the first pod is ready nobody is served', () => {
    const facts = world({ route: route('none', [refused]), pods: pods(0, 2) });
    expect(servingOf(facts, [open('pods/ready')])).toEqual({
      state: 'down',
      facts: ['0 of 2 pods ready', 'a rollout is under way: 1 pod starting'],
    });
  });
});

describe('down', () => {
  test('nothing but a failing health endpoint answers', () => {
    expect(servingOf(world({ health: answer(500) }), [result('functional/health', 'fail')])?.state).toBe(
      'down',
    );
  });

  test('there are no pods', () => {
    const facts = { ...world({ route: route('none'), pods: pods(0, 0) }), deployment: undefined };
    expect(servingOf(facts, [])).toEqual({ state: 'down', facts: ['no pods'] });
  });

  test('no pod is ready, whatever the way says', () => {
    const facts = world({ route: route('none', [refused]), pods: pods(0, 2) });
    expect(servingOf(facts, [])).toEqual({ state: 'down', facts: ['0 of 2 pods ready'] });
  });

  test('the ways that users take are refused', () => {
    const proxy = { url: 'https://api/proxy', outcome: 'proxy-error' as const, detail: 'no endpoints' };
    expect(servingOf(world({ route: route('none', [proxy, refused]) }), [])).toEqual({
      state: 'down',
      facts: ['http://localhost:30081: connection refused', '2 of 2 pods ready'],
    });
  });

  test('where no way could be tried, the check that stands in it says why', () => {
    const finding = { messageId: 'missing', message: 'there is no Service x', object: null, data: {} };
    const results = [
      result('service/exists', 'fail', { message: 'Service is missing', findings: [finding] }),
      result('functional/node-port', 'blocked', { blockedBy: ['service/exists'] }),
    ];
    expect(servingOf(world({ route: route('none') }), results)?.facts[0]).toBe('there is no Service x');
  });
});

describe('not known', () => {
  test('the API server does not answer, and nothing else was found to ask', () => {
    expect(servingOf(world({ route: unseen, pods: unseen }), [])).toEqual({
      state: 'unknown',
      facts: ['connection refused'],
    });
  });

  test('there is not a way to the backend from here', () => {
    expect(servingOf(world({ route: route('none') }), [])).toEqual({
      state: 'unknown',
      facts: ['no way to the backend from here', '2 of 2 pods ready'],
    });
  });

  test('the health endpoint says something that may mean either', () => {
    expect(servingOf(world(), [result('functional/health', 'unknown')])?.state).toBe('unknown');
  });

  test('is not said where nobody asked', () => {
    expect(servingOf({ route: undefined }, [])).toBeUndefined();
    expect(servingOf(world({ health: undefined }), [])).toBeUndefined();
  });
});
