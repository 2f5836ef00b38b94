/** Would it work there? The rules of `install/`, judged over a plan and what is in a cluster. Pure. */
import type { CheckContext } from '../../rule/context.js';
import type { AnyCheck } from '../../checks/check.js';
import type { CheckResult, Status } from '../../engine/report.js';
import { grant } from '../../engine/grant.js';
import { remedyText, type Part } from '../../rule/fix.js';
import { ADMISSION_RULES } from './admission.js';
import { NAME_RULES } from './names.js';
import { NODE_RULES } from './nodes.js';
import type { Known, Planned, Rule, There } from './rule.js';
import { UPGRADE_RULES } from './upgrade.js';

const SECTION = 'Kubernetes Resources; Deployment Verification';

/** In the order of an installation: what is refused, what is not created, what does not run. */
const INSTALL_RULES: readonly Rule[] = [
  ...NAME_RULES,
  ...UPGRADE_RULES.slice(0, 1),
  ...ADMISSION_RULES,
  ...NODE_RULES,
  ...UPGRADE_RULES.slice(1),
];

/** In the form in which checks are chosen and explained; what they judge by is `judgeInstallation`. */
export function installChecks(): AnyCheck[] {
  return INSTALL_RULES.map(({ id, title, failureTitle, why, fix }) => ({
    meta: {
      ...{ id, title, failureTitle, why, severity: 'error', contractSection: SECTION },
      ...{ reads: [], needs: [], messages: {}, remedy: ({ target }: CheckContext) => fix(target.namespace) },
    },
    evaluate: () => ({ status: 'skip', reason: 'verify --against judges it' }),
  }));
}

export function judgeInstallation(planned: Planned, there: There, context: CheckContext): CheckResult[] {
  return INSTALL_RULES.map((rule) => judgeOne(rule, planned, there, context));
}

function judgeOne(rule: Rule, planned: Planned, there: There, context: CheckContext): CheckResult {
  const result = (status: Status, message: string, more: Partial<CheckResult> = {}): CheckResult => ({
    ...{ id: rule.id, suite: 'install', title: rule.title, status, severity: 'error', message },
    ...{
      findings: [],
      remedy: null,
      fix: [],
      blockedBy: [],
      why: rule.why,
      contractSection: SECTION,
      durationMs: 0,
    },
    ...more,
  });
  const gap = rule.reads.map((part) => there[part]).find((part) => !part.ok);
  if (gap?.ok === false) {
    const { why, detail, access } = gap;
    const fix = access === undefined ? [] : [...grant(access, context)];
    return why === 'not-collected'
      ? result('skip', detail)
      : result('unknown', detail, { ...told(fix), ...(access && { access }) });
  }
  const known = Object.fromEntries(
    rule.reads.map((part) => [part, (there[part] as { value: unknown }).value]),
  ) as unknown as Known;
  const { problems, fact, unknown } = rule.judge(planned, { ...known, keys: there.keys });
  const findings = problems.map(({ message, object, data = {} }) => ({
    ...{ messageId: rule.id.replace('install/', ''), message, object, data },
  }));
  if (findings.length === 0) return unknown === undefined ? result('pass', fact) : result('unknown', unknown);
  const status = problems.every(({ warns }) => warns === true) ? 'warn' : 'fail';
  return result(status, rule.failureTitle, { findings, ...told(rule.fix(planned.namespace)) });
}

function told(fix: Part[]): Pick<CheckResult, 'remedy' | 'fix'> {
  return { remedy: remedyText(fix) ?? null, fix };
}
