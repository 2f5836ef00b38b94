import type { Diagnosis } from '../rule/diagnosis.js';
import type { CheckResult, Summary } from './report.js';

/** Whether a check itself failed: what it would have said is not known, and the exit code is 4. */
export function hasDefect(results: readonly CheckResult[]): boolean {
  return results.some(({ defect }) => defect === true);
}

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

/**
 * The exit code of the doctor: never 0 where `verify` would not be 0 over the same checks.
 * @param results every check of the run
 * @returns 1 a cause was found (one that only warns: with `strict`), or a check failed that is not merely undecided;
 *   3 something could not be determined; else 0
 */
export function exitCodeOfDiagnosis(
  diagnoses: readonly Diagnosis[],
  results: readonly CheckResult[],
  strict: boolean,
): 0 | 1 | 3 {
  const found = diagnoses.filter(({ verdict }) => verdict !== 'inconclusive');
  if (found.some(({ severity }) => strict || severity === 'error')) return 1;
  // While a rollout is under way, checks fail for which nobody knows yet whether anything is wrong. What else is not known
  // leaves a check that fails as it is: that its cause was not found makes nothing well.
  const open = new Set(
    diagnoses.flatMap(({ cause, symptoms }) => (cause === 'rollout/under-way' ? symptoms : [])),
  );
  const settled = results.filter(({ id }) => !open.has(id));
  const code = settled.length === 0 ? 3 : exitCodeOf(summarise(settled), strict);
  return code === 0 && found.length < diagnoses.length ? 3 : code;
}
