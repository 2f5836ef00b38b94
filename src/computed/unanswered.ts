import type { HttpOutcome } from '../evidence/evidence.js';

/** How a request fails that met a pod about to end, or a node that had not heard of a new one. An answer never does. */
export const UNANSWERED = [
  'refused',
  'timeout',
  'reset',
  'proxy-error',
] as const satisfies readonly HttpOutcome[];
