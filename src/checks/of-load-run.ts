/** The checks of a load run, which `loadbalance` judges as `verify` judges its own. */
import type { AnyCheck, LoadSettings } from './check.js';
import { CHECKS } from './index.js';
import evenSpread from './load-balancing/even-spread.js';
import everyPodAnswered from './load-balancing/every-pod-answered.js';
import limit, { limitOf } from './load-balancing/limit.js';
import noErrors from './load-balancing/no-errors.js';
import podsReady from './load-balancing/pods-ready.js';

/** In the order of the report. */
export const LOAD_CHECKS: readonly AnyCheck[] = [podsReady, everyPodAnswered, noErrors, evenSpread, limit];

/** Those of one run, with a check for each limit that was set. */
export function checksOfRun({ thresholds }: LoadSettings): AnyCheck[] {
  // Setting a limit for errors says how many are too many.
  const hasErrorLimit = thresholds.some(({ metric }) => metric === 'errors');
  return LOAD_CHECKS.flatMap((check): AnyCheck[] => {
    if (check === limit) return thresholds.map(limitOf);
    return check === noErrors && hasErrorLimit ? [] : [check];
  });
}

/** Every check that any command judges. */
export const EVERY_CHECK: readonly AnyCheck[] = [...CHECKS, ...LOAD_CHECKS];

/** The check of an id, as any output prints it: a limit of a run has a number and what it limits behind it. */
export function checkOf(id: string): AnyCheck | undefined {
  const plain = id.replace(/^(load-balancing\/limit)-\d+-[a-z0-9]+$/, '$1');
  return EVERY_CHECK.find(({ meta }) => meta.id === plain);
}
