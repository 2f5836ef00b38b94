/** A check that fails by nothing but a change that is under way: it is not known yet whether anything is wrong. */
import type { CheckContext } from '../rule/context.js';
import type { Finding } from '../rule/finding.js';
import type { AnyCheck, Verdict } from '../checks/check.js';
import { changeUnderWay, type Change } from '../computed/change.js';
import type { EvidenceKey, EvidenceMap } from '../evidence/evidence.js';

/** Reads a fact; undefined where it cannot be read, was not asked for, or has something odd in it. */
export type ReadFact = <K extends EvidenceKey>(key: K) => Promise<EvidenceMap[K] | undefined>;

/**
 * @param verdict what is left of the check's verdict
 * @param evidence what the check was given
 * @returns unknown, with the same findings, where a change accounts for each of them; else the verdict as it is
 */
export async function openWhileUnderWay(
  check: AnyCheck,
  verdict: Verdict,
  evidence: object,
  context: CheckContext,
  read: ReadFact,
): Promise<Verdict> {
  const passing = check.meta.passing as
    Record<string, (finding: Finding, change: Change, evidence: object) => boolean> | undefined;
  if (verdict.status !== 'fail' || passing === undefined) return verdict;
  const { findings } = verdict;
  if (!findings.every(({ messageId }) => messageId in passing)) return verdict;

  const [deployment, pods] = await Promise.all([read('deployment'), read('pods')]);
  if (pods === undefined) return verdict;
  // Events tell of errors that the objects do not show, and that the Deployment was scaled.
  const change = changeUnderWay({ deployment, pods, events: await read('events') }, context);
  const isAccountedFor =
    change !== undefined &&
    findings.every((finding) => passing[finding.messageId]?.(finding, change, evidence) === true);
  return isAccountedFor
    ? { status: 'unknown', reason: `a rollout is under way: ${change.says}`, findings }
    : verdict;
}
