/** Bounds on time: of one observation, or of a single request. */
import { setMaxListeners } from 'node:events';

/** Longest time for one observation, in milliseconds (docs: README, Bounds). */
export const RUN_LIMIT_MS = 30_000;

/** Milliseconds for each of many releases, which are looked at side by side. */
const RELEASE_LIMIT_MS = 500;

/** Longest time for one look at all of so many releases, in milliseconds. */
export function limitForAll(releases: number): number {
  return Math.max(RUN_LIMIT_MS, releases * RELEASE_LIMIT_MS);
}

/**
 * A signal that aborts when time is up or when `outer` does, whatever comes first.
 * @param limitMs milliseconds
 * @param what took longer, as a reader of the report knows it
 */
export function within(limitMs: number, outer: AbortSignal, what = 'the run'): Bound {
  return until(limitMs, outer, `not determined: ${what} took longer than ${Math.round(limitMs / 1000)} s`);
}

export interface Bound {
  signal: AbortSignal;
  dispose: () => void;
}

/**
 * As `within`.
 * @param says why, when time is up
 */
export function until(limitMs: number, outer: AbortSignal, says: string): Bound {
  const limit = new AbortController();
  // Every fact listens to it; Node would warn of a leak above ten.
  setMaxListeners(0, limit.signal);
  const timer = setTimeout(() => limit.abort(new Error(says)), limitMs);
  const onOuter = () => limit.abort(outer.reason);
  if (outer.aborted) onOuter();
  // Not AbortSignal.any: Node keeps what that makes, and all that listens to it, for as long as `outer` lives, which for
  // --watch is the whole run and every observation of it. And one made of AbortSignal.timeout never aborts once the garbage
  // collector has taken the timeout, which nothing else holds (Node 20).
  outer.addEventListener('abort', onOuter);
  return {
    signal: limit.signal,
    dispose: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', onOuter);
    },
  };
}
