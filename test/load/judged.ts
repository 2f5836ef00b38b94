/** What the checks of a load run say of facts, in short. */
import type { DistributionFacts } from '../../src/evidence/load-facts.js';
import { loadFacts } from '../support/load-facts.js';
import { loadReport } from './load-report.js';

export async function judged(
  counts: readonly number[],
  change: (facts: DistributionFacts) => void = () => undefined,
  options?: Parameters<typeof loadReport>[1],
) {
  const report = await loadReport(loadFacts(counts, change), options);
  return {
    report,
    exitCode: report.exitCode,
    statuses: Object.fromEntries(
      report.checks.map(({ id, status }) => [id.slice('load-balancing/'.length), status]),
    ),
    messages: report.checks.flatMap(({ status, message, findings }) =>
      status === 'pass' ? [] : findings.length > 0 ? findings.map((finding) => finding.message) : [message],
    ),
    messageIds: report.checks.flatMap(({ findings }) => findings.map(({ messageId }) => messageId)),
  };
}
