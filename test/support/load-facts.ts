/** Facts of a load run in which each pod served so many requests, for tests of what judges them. */
import type { DistributionFacts, Latency, PodLoad } from '../../src/evidence/load-facts.js';

/** All requests took as long. */
export function latency(count: number, ms = 5): Latency {
  return {
    count,
    mean: ms,
    min: ms,
    p50: ms,
    p90: count >= 10 ? ms : null,
    p99: count >= 100 ? ms : null,
    max: ms,
  };
}

export function podLoad(pod: string, requests: number, more: Partial<PodLoad> = {}): PodLoad {
  const times = requests > 0 ? latency(requests) : null;
  return {
    pod,
    state: 'steady',
    node: 'minikube',
    requests,
    errors: 0,
    problems: [],
    latency: times,
    connect: times,
    firstByte: times,
    ...more,
  };
}

/** @param counts requests by pod; an array names the pods pod-0, pod-1, … */
export function loadFacts(
  counts: readonly number[] | Readonly<Record<string, number>>,
  change: (facts: DistributionFacts) => void = () => undefined,
): DistributionFacts {
  const named = Array.isArray(counts)
    ? counts.map((requests, index): [string, number] => [`pod-${index}`, requests as number])
    : Object.entries(counts as Record<string, number>);
  const total = named.reduce((sum, [, requests]) => sum + requests, 0);
  const facts: DistributionFacts = {
    dataPath: {
      sessionAffinity: 'None',
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      endpoints: named.map(([pod]) => ({ pod, zones: [] })),
      node: { name: 'minikube', zone: undefined },
    },
    requests: total,
    completed: total,
    unfinished: 0,
    endedBy: 'requests',
    elapsedMs: 400,
    path: '/api/health',
    concurrency: 5,
    attributedBy: ['access log'],
    pods: named.map(([pod, requests]) => podLoad(pod, requests)),
    lost: [],
    unattributed: [],
    openToSteady: 0,
    statuses: [{ status: 200, requests: total }],
    problems: [],
    latency: latency(total),
    connect: latency(total),
    firstByte: latency(total),
    histogram: [{ toMs: 5, count: total }],
    order: named.flatMap(([pod, requests]) => Array<string>(Math.min(20, requests)).fill(pod)),
    changes: [],
    notes: [],
    keepAlive: null,
  };
  change(facts);
  return facts;
}
