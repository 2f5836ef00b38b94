/** What the checks of a load run say of facts, one thing wrong at a time. */
import { describe, expect, test } from '@jest/globals';
import type { DistributionFacts } from '../../src/evidence/load-facts.js';
import { OWN_LIMIT } from '../../src/load/judge/words.js';
import { parseThreshold, type Threshold } from '../../src/load/judge/threshold.js';
import { latency, loadFacts, podLoad } from '../support/load-facts.js';
import { loadReport } from './load-report.js';

type Options = Parameters<typeof loadReport>[1];

async function judged(
  counts: readonly number[],
  change: (facts: DistributionFacts) => void = () => undefined,
  options?: Options,
) {
  const report = await loadReport(loadFacts(counts, change), options);
  return {
    report,
    exitCode: report.exitCode,
    statuses: Object.fromEntries(
      report.checks.map(({ id, status }) => [id.slice('load-balancing/'.length), status]),
    ),
    messages: report.checks.flatMap(({ status, message, findings }) =>
      status === 'pass' ? [] : findings.length > 0 ? findings.map((finding) => finding.message) : [message],
    ),
  };
}

describe('a good run', () => {
  test('passes every check', async () => {
    const { exitCode, statuses } = await judged([4, 3, 3]);
    expect(exitCode).toBe(0);
    expect(statuses).toEqual({
      'pods-ready': 'pass',
      'every-pod-answered': 'pass',
      'no-errors': 'pass',
      'even-spread': 'pass',
    });
  });

  test('with requests whose pod is not known, where that changes nothing', async () => {
    const { statuses } = await judged([500, 498], (facts) => {
      facts.completed = 1000;
      facts.openToSteady = 2;
      facts.unattributed = [{ what: 'late', requests: 2 }];
    });
    expect(statuses).toMatchObject({ 'every-pod-answered': 'pass', 'even-spread': 'pass' });
  });
});

describe('a ready pod that answered nothing', () => {
  test('fails when it cannot be chance', async () => {
    const { exitCode, messages, statuses } = await judged([21, 21, 0]);
    expect(exitCode).toBe(1);
    expect(messages[0]).toBe(
      'pod-2 answered none of 42 requests; the probability of that by chance is less than 0.000001',
    );
    expect(statuses).toMatchObject({ 'every-pod-answered': 'fail', 'even-spread': 'blocked' });
  });

  test('is inconclusive when it can', async () => {
    const { exitCode, messages } = await judged([6, 4, 0]);
    expect(exitCode).toBe(3);
    expect(messages[0]).toBe(
      'inconclusive: pod-2 answered none of 10 requests, which with 3 pods happens by chance with probability 0.052; ' +
        '15 requests would decide it',
    );
  });

  test('fails at once when requests reached it and failed', async () => {
    const { exitCode, messages } = await judged([6, 2, 2], (facts) => {
      const problems = [{ what: 'no answer in time', requests: 2 }];
      facts.pods[2] = podLoad('pod-2', 2, { latency: null, errors: 2, problems });
      facts.problems = problems;
    });
    expect(exitCode).toBe(1);
    expect(messages).toContain(
      'pod-2 answered none of the 2 requests that reached it: 2 × no answer in time',
    );
  });

  test('is unknown where it may have answered those whose pod is not known', async () => {
    const { exitCode, messages } = await judged([10, 0], (facts) => {
      facts.completed = 20;
      facts.openToSteady = 10;
      facts.unattributed = [{ what: 'the log of pod pod-1 could not be read', requests: 10 }];
    });
    expect(exitCode).toBe(3);
    expect(messages[0]).toBe(
      'which pod served 10 of 20 requests is not known: the log of pod pod-1 could not be read',
    );
  });

  test('is not asked of pods that the way cannot lead to', async () => {
    const { exitCode, report } = await judged([10, 0], (facts) => {
      facts.dataPath.externalTrafficPolicy = 'Local';
      facts.dataPath.node = { name: 'minikube' };
      Object.assign(facts.pods[1] ?? {}, { node: 'other' });
    });
    expect(exitCode).toBe(0);
    expect(report.load?.pods.map((pod) => pod.judged)).toEqual([true, false]);
    expect(report.load?.notes[0]).toMatch(/Local/);
  });
});

describe('the way to the pods', () => {
  const proxied = {
    via: 'proxy',
    baseUrl: 'https://api/proxy',
    balances: false,
    provesNodePort: false,
  } as const;
  const tried = (...urls: string[]) =>
    urls.map((url) => ({ url, outcome: 'refused' as const, detail: 'connection refused' }));

  test('that was taken because the node port does not answer is a warning', async () => {
    const { exitCode, messages } = await judged([5, 5], undefined, {
      route: { ...proxied, tried: tried('http://localhost:30081', proxied.baseUrl) },
    });
    expect(exitCode).toBe(0);
    expect(messages).toEqual([
      'it was the API server that spread them evenly: what kube-proxy does is not known, because ' +
        'http://localhost:30081: connection refused. --via proxy asks for this way',
    ]);
  });

  test('that was asked for is none', async () => {
    const { messages } = await judged([5, 5], undefined, {
      route: { ...proxied, tried: tried(proxied.baseUrl) },
    });
    expect(messages).toEqual([]);
  });

  test('that pins a client fails the run, and what undoes that is the fix', async () => {
    const { report, messages } = await judged([10, 0], (facts) => {
      facts.dataPath.sessionAffinity = 'ClientIP';
    });
    expect(messages[0]).toMatch(/^pod-1 answered none of 10 requests: sessionAffinity .* ClientIP/);
    expect(report.next).toMatch(/patch service .*"sessionAffinity":"None"/);
    expect(report.load?.expectedShare).toBeNull();
  });

  test.each([
    [[6, 4], 'pass'],
    [[10, 0], 'unknown'],
  ] as const)('on which shares cannot be equal: %j', async (counts, answered) => {
    const { statuses, report } = await judged(
      counts,
      (facts) => {
        facts.dataPath.externalTrafficPolicy = 'Local';
        facts.pods.push(podLoad('pod-2', 5, { node: 'other' }));
      },
      { route: { via: 'url', balances: false, provesNodePort: false } },
    );
    expect(statuses).toMatchObject({
      'every-pod-answered': answered,
      'even-spread': answered === 'pass' ? 'skip' : 'blocked',
    });
    expect(report.load?.notes[0]).toMatch(/pods: minikube 2, other 1/);
  });

  test('on which it is not known who can be reached is enough where everyone answered', async () => {
    const { statuses } = await judged([6, 4], (facts) => {
      facts.dataPath.externalTrafficPolicy = 'Local';
      facts.dataPath.node = undefined;
    });
    expect(statuses).toMatchObject({ 'every-pod-answered': 'pass', 'even-spread': 'unknown' });
  });

  test('on which no request came through says nothing of single pods', async () => {
    const { statuses, messages } = await judged([0, 0], (facts) => {
      facts.completed = 10;
      facts.lost = [{ what: 'no answer in time', requests: 10 }];
      facts.problems = facts.lost;
    });
    expect(statuses).toMatchObject({ 'every-pod-answered': 'unknown', 'no-errors': 'fail' });
    expect(messages[0]).toBe('no request reached a pod that was ready all the time');
  });
});

describe('a limit', () => {
  const limits = (...texts: string[]) => ({
    thresholds: texts.map(parseThreshold).filter((each): each is Threshold => typeof each !== 'string'),
  });

  test('that is exceeded fails the run, and no other does', async () => {
    const { exitCode, report, statuses } = await judged(
      [50, 50],
      (facts) => (facts.latency = latency(100, 900)),
      limits('p99>500ms', 'p50>2s'),
    );
    expect(exitCode).toBe(1);
    expect(statuses).toMatchObject({ 'limit-1-p99': 'fail', 'limit-2-p50': 'pass', 'no-errors': 'pass' });
    const [finding] = report.checks.find(({ id }) => id.endsWith('limit-1-p99'))?.findings ?? [];
    expect(finding?.data).toEqual({ metric: 'p99', expected: 'p99 at most 500 ms', found: '900 ms' });
  });

  test('for errors replaces the rule that there are none', async () => {
    const { exitCode, statuses } = await judged(
      [50, 50],
      (facts) => (facts.problems = [{ what: 'HTTP 503', requests: 5 }]),
      limits('errors>10%'),
    );
    expect(exitCode).toBe(0);
    expect(statuses).not.toHaveProperty('no-errors');
    expect(statuses).toHaveProperty('limit-1-errors', 'pass');
  });
});

describe('failed requests', () => {
  test('fail the run and are told by kind and by pod', async () => {
    const { exitCode, messages } = await judged([50, 50], (facts) => {
      facts.problems = [{ what: 'HTTP 503', requests: 5 }];
      Object.assign(facts.pods[1] ?? {}, { errors: 5, problems: [{ what: 'HTTP 503', requests: 5 }] });
    });
    expect(exitCode).toBe(1);
    expect(messages).toEqual([
      '5 of 100 requests failed: 5 × HTTP 503',
      '5 of 50 requests that pod-1 served failed: 5 × HTTP 503',
    ]);
  });

  test('that are nobody’s leave the spread open where they could change it', async () => {
    const { statuses } = await judged([30, 20], (facts) => {
      facts.completed = 80;
      facts.lost = [{ what: 'connection refused', requests: 30 }];
      facts.problems = facts.lost;
    });
    expect(statuses).toMatchObject({ 'no-errors': 'fail', 'even-spread': 'unknown' });
  });

  test('are all there is when nothing answers', async () => {
    const { exitCode, messages } = await judged([0, 0], (facts) => (facts.endedBy = 'no-route'), {
      route: {
        via: 'none',
        tried: [{ url: 'http://localhost:30081', outcome: 'refused', detail: 'connection refused' }],
      },
    });
    expect(exitCode).toBe(1);
    expect(messages).toContain('no request could be sent: http://localhost:30081: connection refused');
  });
});

describe('the pods themselves', () => {
  test('fewer than the contract demands fail', async () => {
    const { exitCode, messages } = await judged([10], undefined, { replicas: 2 });
    expect(exitCode).toBe(1);
    expect(messages[0]).toBe('1 of 2 pods are ready');
  });

  test('more are fine, unless a number was expected', async () => {
    expect((await judged([4, 3, 3], undefined, { replicas: 2 })).exitCode).toBe(0);
    const { exitCode, messages } = await judged([4, 3, 3], undefined, { expectPods: 2 });
    expect(exitCode).toBe(1);
    expect(messages[0]).toBe('3 pods are ready, and 2 are expected');
  });

  test('that come, go, or are no ready endpoint are warnings', async () => {
    const { exitCode, messages } = await judged(
      [50, 48],
      (facts) => {
        facts.pods.push(
          podLoad('pod-2', 9, { state: 'joined' }),
          podLoad('pod-3', 0, { state: 'not-ready' }),
        );
        facts.changes = [{ pod: 'pod-2', what: 'joined', afterMs: 1234 }];
        facts.dataPath.endpoints = [{ pod: 'pod-0', zones: [] }];
      },
      { replicas: 2 },
    );
    expect(exitCode).toBe(0);
    expect(messages).toEqual([
      'pod-2 became ready 1.2 s after the first request',
      'pod-1 is ready, but not among the ready endpoints',
      'pod-3 is not ready: it is sent no requests',
    ]);
  });

  test('that were never ready all the time leave nothing to judge', async () => {
    const { exitCode, messages } = await judged([5, 5], (facts) => {
      for (const pod of facts.pods) pod.state = 'left';
    });
    expect(exitCode).toBe(1);
    expect(messages).toContain('no pod that this way leads to was ready all the time');
  });
});

test('a spread that is too uneven fails, with what was expected', async () => {
  const { exitCode, report } = await judged([600, 400]);
  expect(exitCode).toBe(1);
  const [finding] = report.checks.find(({ id }) => id.endsWith('even-spread'))?.findings ?? [];
  expect(finding?.data).toMatchObject({ expected: 'about 500 for each pod', found: '600 / 400' });
});

test('a slow answer counts for limits, not for the spread', async () => {
  const { exitCode } = await judged([50, 50], (facts) => (facts.latency = latency(100, 900)));
  expect(exitCode).toBe(0);
});

describe('requests that this machine had no socket for', () => {
  const own = { what: OWN_LIMIT, requests: 40 };

  test('are no error of the backend, and leave open whether it has any', async () => {
    const { exitCode, statuses, messages } = await judged([30, 30], (facts) => {
      facts.completed = 100;
      facts.problems = [own];
      facts.lost = [own];
    });
    expect(exitCode).toBe(3);
    expect(statuses['no-errors']).toBe('unknown');
    expect(messages.join(' ')).toContain('ulimit -n');
    expect(messages.join(' ')).not.toMatch(/Service|reset/);
  });

  test('do not excuse the errors beside them', async () => {
    const { statuses } = await judged([30, 30], (facts) => {
      facts.completed = 100;
      facts.problems = [own, { what: 'HTTP 503', requests: 1 }];
    });
    expect(statuses['no-errors']).toBe('fail');
  });
});
