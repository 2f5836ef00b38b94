import type { HttpOutcome } from '../evidence/evidence.js';

/** How a request fails that met a pod about to end, or a node that had not heard of a new one. An answer never does. */
export const UNANSWERED = [
  'refused',
  'timeout',
  'reset',
  'proxy-error',
] as const satisfies readonly HttpOutcome[];

/** Checks that send requests to the way in, or compare it with the pods. */
export const REQUESTS = [
  'functional/node-port',
  'functional/health',
  'functional/api-docs',
  'functional/auth-required',
  'load-balancing/distribution',
  'load-balancing/endpoints',
];

/** Messages of these checks: one request without an answer, or many of them. */
export const WITHOUT_ANSWER: ReadonlySet<string> = new Set([...UNANSWERED, 'requests-failed', 'unserved']);
