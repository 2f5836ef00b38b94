/** Deviations that the contract accepts: they no longer fail, they are told, and they end. */
import type { CheckContext } from '../rule/context.js';
import type { Finding } from '../rule/finding.js';
import type { AnyCheck, Verdict } from '../checks/check.js';
import type { Accepted } from '../contract/contract.js';
import { interpolate } from '../rule/interpolate.js';
import type { AcceptedDeviation } from './report.js';

/** Ids of findings that no check has of its own; their messages are the data's `what`. */
export const ACCEPTANCE_MESSAGES: Record<string, string> = {
  'acceptance-expired': '{message} (accepted until {until}: {reason})',
  'acceptance-unused': 'what the contract accepts here does not apply any more: {reason}',
};

/**
 * What is left of a verdict. An acceptance that has ended, and one that no longer meets anything, warns; a check that
 * the contract calls a known weakness warns instead of failing.
 */
export function accept(
  check: AnyCheck,
  verdict: Verdict,
  { contract, now }: CheckContext,
): { verdict: Verdict; accepted: AcceptedDeviation[] | undefined } {
  const entries = contract.accepted.filter((entry) => entry.check === check.meta.id);
  const isWeakness = contract.knownWeaknesses.includes(check.meta.id);
  const softened = (left: Verdict): Verdict =>
    isWeakness && left.status === 'fail' ? { ...left, status: 'warn' } : left;
  if (entries.length === 0 || verdict.status === 'unknown' || verdict.status === 'skip')
    return { verdict: softened(verdict), accepted: undefined };

  const messages = check.meta.messages as Record<string, string>;
  const findings: Finding[] = 'findings' in verdict ? verdict.findings : [];
  const accepted: AcceptedDeviation[] = [];
  const left: Finding[] = [];
  const ended: Finding[] = [];
  const used = new Set<Accepted>();
  for (const finding of findings) {
    const entry = entries.find((each) => meets(each, finding));
    if (entry === undefined) {
      left.push(finding);
      continue;
    }
    used.add(entry);
    const { reason, until } = entry;
    const message = interpolate(messages[finding.messageId] ?? finding.messageId, finding.data);
    if (until !== undefined && now > Date.parse(`${until}T23:59:59.999Z`)) {
      const data = { ...finding.data, message, until, reason };
      ended.push({ ...finding, messageId: 'acceptance-expired', data });
    } else accepted.push({ message, object: finding.object ?? null, reason, until: until ?? null });
  }
  const unused = entries
    .filter((entry) => !used.has(entry))
    .map(({ reason }): Finding => ({
      messageId: 'acceptance-unused',
      data: { reason, expected: 'a deviation', found: 'none' },
    }));
  const warnings = [...ended, ...unused];
  const told = accepted.length > 0 ? accepted : undefined;
  const [first, ...rest] = [...left, ...warnings];
  if (first === undefined) {
    const fact =
      'fact' in verdict
        ? verdict.fact
        : `accepted: ${[...new Set(accepted.map(({ reason }) => reason))].join('; ')}`;
    return { verdict: { status: 'pass', fact }, accepted: told };
  }
  const status = left.length > 0 && 'findings' in verdict ? verdict.status : 'warn';
  return { verdict: softened({ status, findings: [first, ...rest] }), accepted: told };
}

function meets({ object, finding }: Accepted, { messageId, object: found }: Finding): boolean {
  if (finding !== undefined && finding !== messageId) return false;
  if (object === undefined) return true;
  return found !== undefined && [found.name, `${found.kind}/${found.name}`].includes(object);
}
