/** What shows each cause of memory that is short. */
import { cgroup, evicted, killed, limit, together, uses } from '../../support/memory-states.js';
import { ago } from '../../support/pod-states.js';
import type { Shown } from './shown.js';

export const MEMORY: readonly (readonly [...Shown, exitCode: 0 | 1])[] = [
  ['memory/oom-killed', killed(), 1],
  ['memory/limit-too-low', together(killed(), limit('128Mi')), 1],
  // The last run lasted 200 s; after 100 s half of the limit is in use again.
  [
    'memory/leak',
    together(
      killed({ startedAt: ago(300), finishedAt: ago(100) }, { secondsAgo: 100, restarts: 4 }),
      uses(520),
    ),
    1,
  ],
  ['memory/child-killed', cgroup({ oomKills: 3 }), 1],
  ['memory/node-pressure', evicted, 1],
  [
    'memory/node-pressure',
    ({ nodes }) => {
      const condition = nodes[0]?.status?.conditions?.find(({ type }) => type === 'MemoryPressure');
      if (condition) condition.status = 'True';
    },
    1,
  ],
  ['memory/near-limit', together(uses(900), uses(880, 1)), 0],
  ['memory/skewed', uses(400), 0],
  ['memory/no-limit', limit(undefined), 0],
  [
    'metrics/not-installed',
    ({ metrics }) => void (metrics.api = { state: 'not-installed', why: 'not-found', detail: '404' }),
    0,
  ],
  [
    'metrics/unavailable',
    ({ metrics }) => void (metrics.api = { state: 'unavailable', why: 'failed', detail: '503' }),
    0,
  ],
];
