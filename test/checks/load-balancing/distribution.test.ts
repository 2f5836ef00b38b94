import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/load-balancing/distribution.js';
import { judge, type HealthyEvidence } from '../../support/check-context.js';
import { loadFacts, podLoad } from '../../support/load-facts.js';

const withCounts = (
  counts: readonly number[],
  change: (evidence: HealthyEvidence) => void = () => undefined,
) =>
  judge(check, (evidence) => {
    Object.assign(evidence, { distribution: loadFacts(counts) });
    change(evidence);
  });

describe('load-balancing/distribution', () => {
  test('passes on an even spread, with the figures', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: '10 requests spread 6 / 4 (an even spread differs this much in 75 % of runs)',
    });
    expect(withCounts([9, 1])).toMatchObject({
      status: 'pass',
      text: '10 requests spread 9 / 1 (an even spread differs this much in 2.1 % of runs)',
    });
    expect(withCounts([7, 2, 1]).text).toContain('in 9.3 % of runs');
  });

  test('fails when one of two pods served none of ten', () => {
    expect(withCounts([10, 0])).toMatchObject({
      status: 'fail',
      ids: ['unserved'],
      messages: ['pod-1 served none of 10 requests (10 / 0); the probability of that by chance is 0.002'],
      findings: [{ object: { kind: 'Pod', name: 'pod-1' } }],
    });
  });

  test('fails where a pod answers 200 and says that it is not well, by its name and its words', () => {
    const judged = withCounts([6, 4], ({ distribution }) => {
      distribution.flaws = [
        { pod: 'pod-1', what: 'database "disconnected"', requests: 3 },
        { pod: 'pod-1', what: 'status "unhealthy"', requests: 1 },
      ];
    });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['flawed'],
      messages: [
        '4 of 4 requests that pod-1 answered with HTTP 200 say: 3 × database "disconnected", 1 × status "unhealthy"',
      ],
      findings: [{ object: { kind: 'Pod', name: 'pod-1' } }],
    });
  });

  test.each<[string, number[], string, string[]]>([
    ['one of two', [9, 3010], 'warn', ['pod-1 answers in 3010 ms at the median, and another pod in 9 ms']],
    ['all: that is told of the endpoint', [2900, 3010], 'pass', []],
    ['none', [900, 9], 'pass', []],
  ])('warns of slow pods: %s', (_name, medians, status, messages) => {
    const judged = withCounts([6, 4], ({ distribution }) => {
      for (const [index, ms] of medians.entries()) {
        const latency = distribution.pods[index]?.latency;
        if (latency) latency.p50 = ms;
      }
    });
    expect(judged.status).toBe(status);
    expect(judged.messages).toEqual(messages);
    expect(judged.ids).toEqual(messages.map(() => 'slow'));
  });

  test('calls one of three unserved pods inconclusive, and says what would decide', () => {
    expect(withCounts([6, 4, 0])).toMatchObject({
      status: 'unknown',
      text:
        'pod-2 served none of 10 requests, which with 3 pods happens by chance with probability 0.052: ' +
        '15 requests would decide (--set loadBalancing.requests=15)',
    });
    expect(withCounts([4, 3, 3, 0]).text).toContain('probability 0.22: 21 requests would decide');
  });

  test('fails on an unserved pod once there were enough requests', () => {
    expect(withCounts([7, 7, 7, 0])).toMatchObject({ status: 'fail', ids: ['unserved'] });
  });

  test('fails when so many are unserved that it cannot be chance, each by name', () => {
    const judged = withCounts([10, 0, 0]);
    expect(judged.ids).toEqual(['unserved', 'unserved']);
    expect(judged.messages[1]).toBe(
      'pod-2 served none of 10 requests (10 / 0 / 0); the probability of that by chance is 0.000051',
    );
  });

  test('fails on a spread that is too uneven', () => {
    expect(withCounts([90, 10])).toMatchObject({
      status: 'fail',
      ids: ['uneven'],
      messages: [
        '100 requests were spread 90 / 10; the probability of a spread as uneven by chance is less than 0.000001',
      ],
      findings: [{ data: { expected: 'about 50 each' } }],
    });
    expect(withCounts([60, 40]).status).toBe('pass');
  });

  // 21 requests over 4 pods are what the check itself recommends; there the two ways to fail come closest to the limit.
  test.each([
    [8, 2],
    [10, 2],
    [15, 3],
    [21, 4],
  ])('%d requests over %d pods: an even choice is failed no more often than agreed', (requests, pods) => {
    let failed = 0;
    for (const counts of descending(requests, pods)) {
      if (withCounts(counts).status === 'fail') failed += multinomial(counts) * orders(counts);
    }
    expect(failed).toBeGreaterThan(0.001);
    expect(failed).toBeLessThanOrEqual(0.01);
  });

  test('fails when requests fail, and counts them by kind', () => {
    const judged = withCounts([6, 4], ({ distribution }) =>
      Object.assign(distribution, {
        problems: [
          { what: 'HTTP 503', requests: 2 },
          { what: 'connection refused', requests: 1 },
        ],
      }),
    );
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['requests-failed'],
      messages: ['3 of 10 requests failed: 2 × HTTP 503, 1 × connection refused'],
    });
  });

  test('takes any other status than 200 for a failure', () => {
    const judged = withCounts([6, 4], ({ distribution }) =>
      Object.assign(distribution, {
        statuses: [
          { status: 200, requests: 9 },
          { status: 302, requests: 1 },
        ],
      }),
    );
    expect(judged.messages).toEqual(['1 of 10 requests failed: 1 × HTTP 302']);
  });

  test.each([
    ['could make it uneven', [30, 20], 30, 80],
    ['may be the ones of the pod that served none', [10, 0], 1, 11],
  ])('never guesses which pod served a request, where that %s', (_why, counts, open, total) => {
    const judged = withCounts(counts, ({ distribution }) => {
      distribution.completed = total;
      distribution.openToSteady = open;
      distribution.unattributed = [{ what: 'container backend writes no access log', requests: open }];
    });
    expect(judged).toMatchObject({
      status: 'unknown',
      text: `which pod served ${open} of ${total} requests is not known: container backend writes no access log`,
    });
  });

  test('passes where the spread is even whoever served the requests that are not attributed', () => {
    const judged = withCounts([50, 48], ({ distribution }) => {
      distribution.completed = 100;
      distribution.openToSteady = 2;
      distribution.unattributed = [{ what: 'late', requests: 2 }];
    });
    expect(judged).toMatchObject({ status: 'pass' });
  });

  test.each(['foreign', 'not-ready'] as const)('is unknown when a pod served that is %s', (state) => {
    const judged = withCounts([6, 3], ({ distribution }) => {
      distribution.completed = 10;
      distribution.pods.push(podLoad('pod-9', 1, { state }));
    });
    expect(judged.text).toBe(
      '1 of 10 requests cannot be put down to a ready pod: pod-9 served some, and was not ready before',
    );
  });

  test('judges the pods that were ready all the time', () => {
    const judged = withCounts([6, 4], ({ distribution }) => {
      distribution.completed = 11;
      distribution.pods.push(
        podLoad('pod-9', 1, { state: 'joined' }),
        podLoad('pod-8', 0, { state: 'left' }),
      );
    });
    expect(judged).toMatchObject({
      status: 'pass',
      text: '11 requests spread 6 / 4 (an even spread differs this much in 75 % of runs)',
    });
  });

  test('is skipped with a single pod', () => {
    expect(withCounts([10])).toMatchObject({
      status: 'skip',
      text: 'there is one ready pod: nothing to spread',
    });
  });

  test('does not judge a way that does not balance', () => {
    const judged = judge(check, ({ route }) =>
      Object.assign(route, { balances: false, baseUrl: 'https://proxy' }),
    );
    expect(judged).toMatchObject({
      status: 'skip',
      text: 'requests over https://proxy do not pass kube-proxy, so they say nothing about its balancing',
    });
  });

  test('is unknown when nothing was sent', () => {
    const judged = judge(check, (evidence) =>
      Object.assign(evidence.distribution, loadFacts([0, 0]), { endedBy: 'no-route' }),
    );
    expect(judged).toMatchObject({ status: 'unknown', text: 'no request could be sent: nothing answers' });
  });
});

/** Every way to spread requests over pods, the busiest pod first. */
function descending(requests: number, pods: number, most = requests): number[][] {
  if (pods === 1) return requests <= most ? [[requests]] : [];
  const first = Array.from({ length: Math.min(requests, most) + 1 }, (_, count) => count);
  return first.flatMap((count) =>
    descending(requests - count, pods - 1, count).map((rest) => [count, ...rest]),
  );
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** In how many orders these counts may stand. */
function orders(counts: readonly number[]): number {
  const same = new Map<number, number>();
  for (const count of counts) same.set(count, (same.get(count) ?? 0) + 1);
  return [...same.values()].reduce((ways, times) => ways / factorial(times), factorial(counts.length));
}

/** The probability of exactly these counts in this order when every pod is equally likely. */
function multinomial(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    factorial(total) /
    counts.reduce((product, count) => product * factorial(count), 1) /
    counts.length ** total
  );
}
