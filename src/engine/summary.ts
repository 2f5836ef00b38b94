import type { CheckResult, Summary } from './report.js';

/** Counts the results by status. */
export function summarise(results: readonly CheckResult[]): Summary {
  const summary: Summary = { pass: 0, warn: 0, fail: 0, unknown: 0, blocked: 0, skip: 0 };
  for (const { status } of results) summary[status] += 1;
  return summary;
}

/**
 * The exit code of a run (docs: README, Exit codes).
 * @returns 1 a check failed (with `strict`: or warned), 3 something could not be determined, else 0.
 *   A run in which nothing at all was judged is 3: it proved nothing.
 */
export function exitCodeOf(summary: Summary, strict: boolean): 0 | 1 | 3 {
  if (summary.fail > 0 || (strict && summary.warn > 0)) return 1;
  if (summary.unknown > 0 || summary.blocked > 0) return 3;
  return summary.pass + summary.warn > 0 ? 0 : 3;
}
