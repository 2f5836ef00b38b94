/** Bounds one observation. */
import { setMaxListeners } from 'node:events';

/** Longest time for one observation, in milliseconds (docs: README, Bounds). */
export const RUN_LIMIT_MS = 30_000;

/**
 * A signal that aborts when time is up or when `outer` does, whatever comes first.
 * @param limitMs milliseconds
 */
export function within(limitMs: number, outer: AbortSignal): { signal: AbortSignal; dispose: () => void } {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new Error(`not determined: the run took longer than ${Math.round(limitMs / 1000)} s`));
  }, limitMs);
  const signal = AbortSignal.any([outer, limit.signal]);
  // Every fact listens to it; Node would warn of a leak above ten.
  setMaxListeners(0, signal);
  return { signal, dispose: () => clearTimeout(timer) };
}
