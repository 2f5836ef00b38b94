/** Load runs that show what the checks of `loadbalance` find: what is said of each is the example on its page. */
import { parseThreshold, type Threshold } from '../../src/computed/load-threshold.js';
import { latency, loadFacts } from '../support/load-facts.js';
import type { loadReport } from './load-report.js';

const [LIMIT] = [parseThreshold('p99>500ms')].filter((each): each is Threshold => typeof each !== 'string');

/** By the id of the check, or what it begins with. */
export const SHOWN_BY_LOAD_CHECKS: Readonly<Record<string, Parameters<typeof loadReport>>> = {
  'load-balancing/pods-ready': [loadFacts([10]), { replicas: 2 }],
  'load-balancing/every-pod-answered': [loadFacts([21, 21, 0])],
  'load-balancing/no-errors': [
    loadFacts([50, 50], (facts) => (facts.problems = [{ what: 'HTTP 503', requests: 5 }])),
  ],
  'load-balancing/even-spread': [loadFacts([600, 400])],
  'load-balancing/limit': [
    loadFacts([50, 50], (facts) => (facts.latency = latency(100, 900))),
    { thresholds: LIMIT ? [LIMIT] : [] },
  ],
};
