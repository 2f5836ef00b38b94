/** What the health endpoint says where it was asked on the way from the container to the user. */
import type { VantagePoint } from '../evidence/deep-facts.js';

/** It got an answer by HTTP, whatever the status: the way is free. */
export function answers(point: VantagePoint | undefined): boolean {
  return point?.outcome === 'response';
}

/** `HTTP 200 in 4 ms`, or what came in place of it. */
export function said({ outcome, status, detail, ms }: VantagePoint): string {
  return outcome === 'response' ? `HTTP ${status ?? '?'} in ${ms} ms` : detail === '' ? outcome : detail;
}
