import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/load-balancing/distribution.js';
import type { DistributionFacts } from '../../../src/evidence/evidence.js';
import { judge, type HealthyEvidence } from '../../support/check-context.js';

/** Samples so that the first pod served the first number of requests, and so on. */
function spread(counts: readonly number[]): DistributionFacts {
  const readyPods = counts.map((_count, index) => `pod-${index}`);
  const samples = counts.flatMap((count, index) =>
    Array.from({ length: count }, () => ({
      outcome: 'response' as const,
      status: 200,
      pod: readyPods[index],
      ms: 5,
    })),
  );
  return { requests: samples.length, samples, readyPods, unattributedReason: undefined };
}
const withCounts = (
  counts: readonly number[],
  change: (evidence: HealthyEvidence) => void = () => undefined,
) =>
  judge(check, (evidence) => {
    Object.assign(evidence, { distribution: spread(counts) });
    change(evidence);
  });

describe('load-balancing/distribution', () => {
  test('passes on an even spread, with the figures', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: '10 requests: 6 / 4, p = 0.75 (exact multinomial)',
    });
    expect(withCounts([9, 1])).toMatchObject({
      status: 'pass',
      text: '10 requests: 9 / 1, p = 0.021 (exact multinomial)',
    });
    expect(withCounts([7, 2, 1]).text).toContain('p = 0.093');
  });

  test('fails when one of two pods served none of ten', () => {
    expect(withCounts([10, 0])).toMatchObject({
      status: 'fail',
      ids: ['unserved'],
      messages: ['pod-1 served none of 10 requests (10 / 0); the probability of that by chance is 0.002'],
      findings: [{ object: { kind: 'Pod', name: 'pod-1' } }],
    });
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
    const judged = withCounts([6, 4], ({ distribution: { samples } }) => {
      Object.assign(samples[0] ?? {}, { status: 503 });
      Object.assign(samples[1] ?? {}, { status: 503, pod: undefined });
      Object.assign(samples[2] ?? {}, { outcome: 'refused', status: undefined, pod: undefined });
    });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['requests-failed'],
      messages: ['3 of 10 requests failed: 2 × HTTP 503, 1 × connection refused'],
    });
  });

  test.each([
    ['timeout', 'no answer in time'],
    ['reset', 'connection reset'],
    ['dns', 'name not resolved'],
    ['unreachable', 'no route'],
    ['tls', 'TLS error'],
    ['not-http', 'not HTTP'],
    ['body-timeout', 'body not finished in time'],
    ['proxy-error', 'proxy error'],
  ])('has words for %s', (outcome, words) => {
    const judged = withCounts([6, 4], ({ distribution }) =>
      Object.assign(distribution.samples[0] ?? {}, { outcome }),
    );
    expect(judged.messages).toEqual([`1 of 10 requests failed: 1 × ${words}`]);
  });

  test('never guesses which pod served a request', () => {
    const judged = withCounts([6, 4], ({ distribution }) => {
      for (const sample of distribution.samples.slice(0, 3)) Object.assign(sample, { pod: undefined });
      Object.assign(distribution, { unattributedReason: 'container backend writes no access log' });
    });
    expect(judged).toMatchObject({
      status: 'unknown',
      text: '3 of 10 requests cannot be put down to a ready pod: container backend writes no access log',
    });
  });

  test('is unknown when a pod served that was not ready before', () => {
    const judged = withCounts([6, 4], ({ distribution }) =>
      Object.assign(distribution.samples[0] ?? {}, { pod: 'pod-9' }),
    );
    expect(judged.text).toBe(
      '1 of 10 requests cannot be put down to a ready pod: pod-9 served some, and was not ready before',
    );
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
    const judged = judge(check, (evidence) => {
      Object.assign(evidence.distribution, {
        samples: [],
        unattributedReason: 'no request could be sent: nothing answers',
      });
    });
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
