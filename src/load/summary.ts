/** Puts a run's records together into facts, in one pass and in memory that does not grow with their number. */
import type { DistributionFacts, Latency, PodLoad, Tally } from '../evidence/load-facts.js';
import { Histogram } from '../stats/buckets.js';
import { isError, type Ledger, type Outcome } from './ledger.js';
import { OUTCOME_WORDS } from '../computed/load-tally.js';
import type { Members } from './members.js';

/** Requests whose pods are listed in the order in which they were sent. */
const ORDER_LENGTH = 100;
const HISTOGRAM_COLUMNS = 16;

/** Samples from which on a percentile says more than the longest time does. */
const SUPPORT = { p90: 10, p99: 100 };

class Times {
  readonly total = new Histogram();
  readonly connect = new Histogram();
  readonly firstByte = new Histogram();

  add(ledger: Ledger, index: number): void {
    const { connect, firstByte, total } = ledger.bucketsOf(index);
    this.total.add(total);
    if (connect !== undefined) this.connect.add(connect);
    if (firstByte !== undefined) this.firstByte.add(firstByte);
  }

  facts(): Pick<PodLoad, 'latency' | 'connect' | 'firstByte'> {
    return {
      latency: latencyOf(this.total),
      connect: latencyOf(this.connect),
      firstByte: latencyOf(this.firstByte),
    };
  }
}

class Counter<K> {
  readonly #counts = new Map<K, number>();

  add(key: K): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Most frequent first. */
  entries(): [K, number][] {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }
}

interface PodSums {
  requests: number;
  problems: Counter<string>;
  times: Times;
}

type Counted = Pick<
  DistributionFacts,
  | 'completed'
  | 'pods'
  | 'lost'
  | 'unattributed'
  | 'statuses'
  | 'problems'
  | 'latency'
  | 'connect'
  | 'firstByte'
  | 'histogram'
  | 'order'
>;

/**
 * @param numbers requests have numbers below this one
 * @param openReason why responses are not attributed, where any are
 */
export function summarise(
  ledger: Ledger,
  numbers: number,
  members: Members,
  openReason: () => string,
): Counted {
  const byPod = new Map<string, PodSums>();
  const all = new Times();
  const problems = new Counter<string>();
  const lost = new Counter<string>();
  const statuses = new Counter<number>();
  let unattributed = 0;
  let completed = 0;
  for (let index = 0; index < numbers; index += 1) {
    const outcome = ledger.outcomeOf(index);
    if (outcome === 'unsent' || outcome === 'cut') continue;
    completed += 1;
    const status = ledger.statusOf(index);
    const problem = isError(outcome, status) ? problemOf(outcome, status) : undefined;
    if (problem !== undefined) problems.add(problem);
    const isResponse = outcome === 'response';
    if (isResponse) {
      all.add(ledger, index);
      statuses.add(status);
    }
    const pod = ledger.podOf(index);
    if (pod === undefined) {
      if (isResponse) unattributed += 1;
      else lost.add(problemOf(outcome, status));
      continue;
    }
    const sums = byPod.get(pod) ?? { requests: 0, problems: new Counter(), times: new Times() };
    byPod.set(pod, sums);
    sums.requests += 1;
    if (problem !== undefined) sums.problems.add(problem);
    if (isResponse) sums.times.add(ledger, index);
  }
  return {
    completed,
    pods: podsOf(byPod, members),
    lost: tallies(lost),
    unattributed: unattributed === 0 ? [] : [{ what: openReason(), requests: unattributed }],
    statuses: statuses.entries().map(([status, requests]) => ({ status, requests })),
    problems: tallies(problems),
    ...all.facts(),
    histogram: all.total.columns(HISTOGRAM_COLUMNS),
    order: Array.from({ length: Math.min(numbers, ORDER_LENGTH) }, (_, index) => ledger.podOf(index) ?? null),
  };
}

function podsOf(byPod: ReadonlyMap<string, PodSums>, members: Members): PodLoad[] {
  const leaving = new Set(
    members.pods
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata.name),
  );
  const names = new Set([...members.names, ...byPod.keys()]);
  return (
    [...names]
      .map((pod): PodLoad => {
        const sums = byPod.get(pod);
        return {
          pod,
          state: members.stateOf(pod),
          node: members.nodeOf(pod),
          requests: sums?.requests ?? 0,
          errors: sums?.problems.total ?? 0,
          problems: sums ? tallies(sums.problems) : [],
          ...(sums?.times.facts() ?? { latency: null, connect: null, firstByte: null }),
        };
      })
      // Pods of an earlier rollout that were on their way out are no part of this.
      .filter(({ pod, state, requests }) => requests > 0 || state !== 'not-ready' || !leaving.has(pod))
  );
}

function tallies(counter: Counter<string>): Tally[] {
  return counter.entries().map(([what, requests]) => ({ what, requests }));
}

function problemOf(outcome: Outcome, status: number): string {
  if (outcome === 'response') return `HTTP ${status}`;
  return outcome === 'cut' || outcome === 'unsent' ? outcome : OUTCOME_WORDS[outcome];
}

function latencyOf(times: Histogram): Latency | null {
  const { count, mean } = times;
  if (count === 0) return null;
  const quantile = (q: number, support = 1) => (count >= support ? round(times.quantile(q)) : null);
  return {
    count,
    mean: round(mean),
    min: round(times.quantile(Number.MIN_VALUE)),
    p50: round(times.quantile(0.5)),
    p90: quantile(0.9, SUPPORT.p90),
    p99: quantile(0.99, SUPPORT.p99),
    max: round(times.quantile(1)),
  };
}

/** To a microsecond, or four digits: the buckets know no more. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
