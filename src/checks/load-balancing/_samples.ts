/** Sorts the sample requests, and puts figures into words. */
import type { DistributionFacts, HttpOutcome } from '../../evidence/evidence.js';

type Sample = DistributionFacts['samples'][number];

const OUTCOME_WORDS: Record<Exclude<HttpOutcome, 'response'>, string> = {
  refused: 'connection refused',
  timeout: 'no answer in time',
  reset: 'connection reset',
  dns: 'name not resolved',
  unreachable: 'no route',
  tls: 'TLS error',
  'not-http': 'not HTTP',
  'body-timeout': 'body not finished in time',
  'proxy-error': 'proxy error',
};

/** Why a request counts as failed; undefined when it did not. */
export function failureOf({ outcome, status = 0 }: Sample): string | undefined {
  if (outcome !== 'response') return OUTCOME_WORDS[outcome];
  return status === 200 ? undefined : `HTTP ${status}`;
}

/** `2 × HTTP 503, 1 × connection refused`, the most frequent first. */
export function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([word, number]) => `${number} × ${word}`)
    .join(', ');
}

/** Requests that each pod served, in the order of `pods`. */
export function countByPod(samples: readonly Sample[], pods: readonly string[]): number[] {
  return pods.map((pod) => samples.filter((sample) => sample.pod === pod).length);
}

/** A probability with two significant digits below 10 %, else with two decimals. */
export function inWords(probability: number): string {
  if (probability < 1e-6) return 'less than 0.000001';
  return probability < 0.1 ? String(Number(probability.toPrecision(2))) : probability.toFixed(2);
}
