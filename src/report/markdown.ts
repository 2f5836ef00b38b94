/** The report for a ticket or a comment on a pull request, in GitHub's Markdown. */
import type { CheckResult, Report, ReportFinding, Status } from '../engine/report.js';
import {
  countPhrases,
  digest,
  duration,
  exitPhrase,
  firstFindings,
  gravest,
  nameChecks,
  objectName,
  servingParts,
  targetParts,
  type Digest,
} from './digest.js';
import { markdownBlock, markdownCode, markdownText, tableCell } from './escape.js';
import type { Part } from '../rule/fix.js';
import { labelled } from './remedy.js';

/** One character for each status. */
export const MARKS: Record<Status, string> = {
  pass: '✔',
  fail: '✖',
  warn: '▲',
  unknown: '?',
  blocked: '○',
  skip: '–',
};

export function renderMarkdown(report: Report): string {
  const digested = digest(report);
  const told = report.checks.filter((result) => {
    const { id, status } = result;
    if (status === 'pass' || status === 'skip') return false;
    return status === 'fail' || status === 'warn' || !digested.foldedInto.has(id);
  });
  const sections = [
    heading(report),
    ...servingLine(report),
    ...report.notices.map((notice) => `> **Note:** ${markdownText(notice)}`),
    suiteTable(digested),
    ...told.map((result) => section(result, report, digested)),
    allChecks(report),
    ...(report.next === null ? [] : [`**Next:** ${markdownCode(report.next)}`]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Is it up? */
export function servingLine(report: Report): string[] {
  const serving = servingParts(report);
  if (!serving) return [];
  return [`**${MARKS[serving.status]} ${serving.parts.map(markdownText).join(' · ')}**`];
}

function heading(report: Report): string {
  const mark = MARKS[gravest(report.checks.map(({ status }) => status))];
  const counts = countPhrases(report).map(({ text }) => text);
  const facts = [
    ...targetParts(report).map((part) => markdownCode(part)),
    ...(report.target.route ? [`HTTP by ${markdownText(report.target.route.via)}`] : []),
    markdownText(report.startedAt),
    duration(report.durationMs),
    markdownText(exitPhrase(report)),
  ];
  return `## ${mark} ${markdownText(`${report.tool.name} ${report.command}`)}: ${counts.join(', ')}\n\n${facts.join(' · ')}`;
}

function suiteTable({ suites }: Digest): string {
  const rows = suites.map(
    ({ name, status, passed, judged, skipped, durationMs }) =>
      `| ${MARKS[status]} | ${markdownText(name)} | ${passed}/${judged} | ${skipped} | ${duration(durationMs)} |`,
  );
  return ['| | suite | passed | skipped | time |', '|---|---|---:|---:|---:|', ...rows].join('\n');
}

/** One check that does not pass, with its findings and its fix. */
export function section(
  result: CheckResult,
  report: Report,
  { blocks, alike, suites, remedyAs }: Digest,
): string {
  const lines = [
    `### ${MARKS[result.status]} ${markdownCode(result.id)} ${markdownText(result.message)}`,
    '',
  ];
  const { shown, more } = firstFindings(result);
  for (const finding of shown) lines.push(...findingLines(finding, report.target.namespace));
  if (more > 0) lines.push(`- ${more} more`);
  if (result.status === 'fail' || result.status === 'warn') {
    lines.push(
      `- **Why:** ${markdownText(result.why)}`,
      `- **Contract:** ${markdownText(result.contractSection)}`,
    );
  }
  const names = (ids: readonly string[]) => nameChecks(ids, suites).map(markdownText).join(', ');
  const also = alike.get(result.id);
  if (also) lines.push(`- **Also:** ${names(also)}`);
  const blocked = blocks.get(result.id);
  if (blocked) lines.push(`- **Blocks:** ${names(blocked)}`);
  const told = remedyAs.get(result.id);
  if (told !== undefined) lines.push(`- **Fix:** as for ${markdownCode(told)}`);
  else lines.push(...remedyLines(result.fix));
  return lines.join('\n').trimEnd();
}

function findingLines({ message, object, data }: ReportFinding, namespace: string): string[] {
  const facts = [
    ...(data.expected === undefined ? [] : [`expected ${markdownCode(String(data.expected))}`]),
    ...(data.found === undefined ? [] : [`found ${markdownCode(String(data.found))}`]),
    ...(object ? [markdownCode(objectName(object, namespace))] : []),
    ...(data.field === undefined ? [] : [markdownCode(String(data.field))]),
  ];
  return [`- ${markdownText(message)}${facts.length > 0 ? `<br>${facts.join(' · ')}` : ''}`];
}

/** A label that begins a line. */
export function capitalised(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}

function remedyLines(parts: readonly Part[]): string[] {
  return labelled(parts).flatMap(({ part, label }) => {
    const head = label === '' ? '' : `- **${capitalised(label)}:**`;
    const words = part.kind === 'text' ? part.text : (part.note ?? '');
    const line = [head, markdownText(words)].filter((each) => each !== '').join(' ');
    return [
      ...(line === '' ? [] : [head === '' ? `- ${line}` : line]),
      ...(part.kind === 'text' ? [] : ['', markdownBlock(part.command, 'sh'), '']),
    ];
  });
}

/** Every check in a line, folded away. */
export function allChecks({ checks }: Report): string {
  const rows = checks.map(
    ({ id, status, message, durationMs }) =>
      `| ${MARKS[status]} | ${tableCell(markdownCode(id))} | ${tableCell(markdownText(message))} | ${duration(durationMs)} |`,
  );
  return [
    `<details><summary>All ${checks.length} checks</summary>`,
    '',
    '| | check | what was seen | time |',
    '|---|---|---|---:|',
    ...rows,
    '',
    '</details>',
  ].join('\n');
}
