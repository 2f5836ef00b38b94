/** Puts figures into words. */
import type { HttpOutcome } from '../evidence/evidence.js';
import type { DistributionFacts, Tally } from '../evidence/load-facts.js';
import { UNANSWERED } from './unanswered.js';

/** Above this many pods nobody reads each one's count. */
const MAX_SHARES = 20;

/** What is said of requests that this process had no socket for. */
export const OWN_LIMIT = 'not sent: this machine gives todo-k8s no more sockets';

export const OUTCOME_WORDS: Record<Exclude<HttpOutcome, 'response'>, string> = {
  refused: 'connection refused',
  timeout: 'no answer in time',
  reset: 'connection reset',
  dns: 'name not resolved',
  unreachable: 'no route',
  tls: 'TLS error',
  'not-http': 'not HTTP',
  'body-timeout': 'body not finished in time',
  'proxy-error': 'proxy error',
  'own-limit': OWN_LIMIT,
};

const UNANSWERED_WORDS: ReadonlySet<string> = new Set(UNANSWERED.map((outcome) => OUTCOME_WORDS[outcome]));

/** None of these requests got an answer, and any of them may have met a pod that came or went. */
export function areUnanswered(problems: readonly Tally[]): boolean {
  return problems.every(({ what }) => UNANSWERED_WORDS.has(what));
}

/** Pods came or went between the first request of the load run and the last. */
export function hasMoved({ pods }: Pick<DistributionFacts, 'pods'>): boolean {
  return pods.some(({ state }) => state === 'left' || state === 'joined');
}

/** A run that was made again when a change had settled leaves nothing open, unless pods came or went once more. */
export function mayStillSettle(facts: Pick<DistributionFacts, 'again' | 'pods'>): boolean {
  return facts.again === undefined || facts.again.chance === true || hasMoved(facts);
}

/** Counts of requests, in the order of pods: `6 / 4`. */
export function sharesOf(counts: readonly number[]): string {
  if (counts.length <= MAX_SHARES) return counts.join(' / ');
  const sorted = [...counts].sort((a, b) => a - b);
  return `${sorted[0] ?? 0} to ${sorted.at(-1) ?? 0} each over ${counts.length} pods`;
}

/** Why the backend cannot be judged by failures; undefined where some are not this machine's own. */
export function onlyOwnLimit(problems: readonly Tally[]): string | undefined {
  if (problems.length === 0 || problems.some(({ what }) => what !== OWN_LIMIT)) return undefined;
  const requests = problems.reduce((sum, each) => sum + each.requests, 0);
  return `${requests} requests could not be sent: todo-k8s has as many files open as it may. Raise the limit (ulimit -n), or lower --concurrency`;
}

/** `2 × HTTP 503, 1 × connection refused` */
export function tallyWords(tallies: readonly Tally[]): string {
  return tallies.map(({ what, requests }) => `${requests} × ${what}`).join(', ');
}

/** Says that it was asked again, and why. */
export function repeated({ again }: DistributionFacts): string {
  if (again === undefined) return '';
  if (again.chance === true) return `; sent again, because ${again.because}`;
  const seconds = Math.round(again.afterMs / 1000);
  return `; asked again after ${seconds} s, because pods had just come or gone: ${again.because}`;
}

/** How often chance alone makes a spread at least as uneven, in words that go behind the counts. */
export function byChance(probability: number): string {
  if (probability >= 0.995) return 'as even as it can be';
  const percent =
    probability < 0.1 ? Number((probability * 100).toPrecision(2)) : Math.round(probability * 100);
  return `an even spread differs this much in ${percent} % of runs`;
}

/** A probability with two significant digits below 10 %, else with two decimals. */
export function chance(probability: number): string {
  if (probability < 1e-6) return 'less than 0.000001';
  return probability < 0.1 ? String(Number(probability.toPrecision(2))) : probability.toFixed(2);
}
