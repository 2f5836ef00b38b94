/** A load run for a ticket or a comment, in GitHub's Markdown. */
import type { Report } from '../../engine/report.js';
import { duration, targetParts } from '../digest.js';
import { markdownBlock, markdownCode, markdownText, tableCell } from '../escape.js';
import { certainty, checkLine, modelOf, percent, timeOf } from './model.js';

const ICONS = { pass: '✅', fail: '❌', warn: '⚠️', unknown: '❓', blocked: '⏸️', skip: '➖' };

export function renderLoadMarkdown(report: Report): string {
  const { load, pods, others, counts, times, notes, verdict } = modelOf(report);
  const row = (cells: readonly string[]) => `| ${cells.map(tableCell).join(' | ')} |`;
  const heads = ['pod', 'share', ...counts, ...times, 'errors'];
  const table = [
    row(heads),
    row(heads.map((_head, index) => (index === 0 ? '---' : '---:'))),
    ...pods.map((pod) =>
      row([
        markdownCode(pod.pod) + (pod.remark === '' ? '' : ` (${markdownText(pod.remark)})`),
        percent(pod.share),
        ...pod.counts,
        ...pod.times,
        String(pod.errors),
      ]),
    ),
    ...others.map((other) =>
      row([markdownText(other.what), percent(other.share), ...other.counts, ...times.map(() => ''), '']),
    ),
  ];
  const odds = certainty(load);
  const { latency } = load;
  const lines = [
    `### ${ICONS[verdict.status]} ${markdownText(`${report.tool.name} ${report.command}: ${verdict.words}`)}`,
    '',
    [...targetParts(report), ...load.hops].map(markdownText).join(' · '),
    '',
    `${load.completed} × GET ${markdownCode(load.url)} in ${duration(load.elapsedMs)}, a new connection for each` +
      (latency === null ? '' : `, ${timeOf(latency.min)} to ${timeOf(latency.max)}`),
    '',
    ...table,
    '',
    ...report.checks.flatMap((check) => {
      const { text, fact } = checkLine(check);
      const said = [text, fact].filter((part) => part !== '').map(markdownText);
      const findings = check.findings.map(({ message }) => `  - ${markdownText(message)}`);
      return [`- ${ICONS[check.status]} ${said.join(': ')}`, ...findings];
    }),
    ...(odds === undefined ? [] : ['', markdownText(odds)]),
    ...notes.map((note) => `\n> ${markdownText(note)}`),
    ...(report.next === null ? [] : ['', markdownBlock(report.next, 'sh')]),
  ];
  return `${lines.join('\n')}\n`;
}
