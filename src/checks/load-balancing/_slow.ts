import type { Target } from '../../contract/target.js';
import type { PodLoad } from '../../evidence/load-facts.js';
import { podRef } from '../../rule/object-ref.js';
import type { Finding } from '../check.js';

/** Pods that are slow where another one is quick: one request of verify's own meets one of them by chance. */
export function slowFindings(pods: readonly PodLoad[], limitMs: number, target: Target): Finding<'slow'>[] {
  const timed = pods.flatMap(({ pod, latency }) => (latency === null ? [] : [{ pod, ms: latency.p50 }]));
  const quickest = Math.min(...timed.map(({ ms }) => ms));
  if (quickest > limitMs) return [];
  return timed
    .filter(({ ms }) => ms > limitMs)
    .map(({ pod, ms }) => ({
      messageId: 'slow',
      data: {
        pod,
        expected: `at most ${limitMs} ms`,
        found: `${Math.round(ms)} ms`,
        other: `${Math.round(quickest)} ms`,
      },
      object: podRef(target, pod),
    }));
}
