/**
 * `src/checks/check.ts` as the mutation test sees it: a check that finds something wrong passes instead. `BLINDED` names
 * the one check that does, by the beginning of its id; without it all do.
 */
import type { AnyCheck, Verdict } from '../../src/checks/check.js';

export * from '../../src/checks/check.js';

const blinded = process.env.BLINDED ?? '';

/** What passes, is skipped or is unknown stays so: only a test of what a check finds wrong can notice. */
export function defineCheck(check: AnyCheck): AnyCheck {
  if (!check.meta.id.startsWith(blinded)) return check;
  return {
    ...check,
    evaluate(...given): Verdict {
      const verdict: Verdict = check.evaluate(...given);
      const isWrong = verdict.status === 'fail' || verdict.status === 'warn';
      return isWrong ? { status: 'pass', fact: 'nothing is found' } : verdict;
    },
  };
}
