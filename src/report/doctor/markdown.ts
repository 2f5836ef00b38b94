/** The doctor's report for a ticket or a comment on a pull request, in GitHub's Markdown. */
import type { Diagnosis, HopState, PathHop, TopicPath } from '../../rule/diagnosis.js';
import type { Report } from '../../engine/report.js';
import { diagnosisStatus, digest, duration, exitPhrase, targetParts } from '../digest.js';
import { markdownBlock, markdownCode, markdownText, tableCell } from '../escape.js';
import { allChecks, capitalised, MARKS, section, servingLine } from '../markdown.js';
import { stateOf } from './path.js';
import { allClear, evidenceLine, explained, HELM_NOTE, isHelms, outcome } from './words.js';
import { KIND_WORDS } from '../remedy.js';

const HOP_MARKS: Record<HopState, string> = {
  good: MARKS.pass,
  broken: MARKS.fail,
  unknown: MARKS.unknown,
  'not-reached': MARKS.blocked,
  skipped: MARKS.skip,
};

export function renderDoctorMarkdown(report: Report): string {
  const { diagnoses = [], topics = [], unexplained = [] } = report;
  const clear = allClear(report);
  const digested = digest(report);
  const sections = [
    heading(report),
    ...servingLine(report),
    ...report.notices.map((notice) => `> **Note:** ${markdownText(notice)}`),
    ...diagnoses.map((diagnosis) => diagnosisSection(diagnosis, report)),
    ...report.checks
      .filter(({ id }) => unexplained.includes(id))
      .map((result) => section(result, report, digested)),
    topicTable(topics),
    ...(clear === undefined ? [] : [markdownText(clear)]),
    allChecks(report),
  ];
  return `${sections.join('\n\n')}\n`;
}

function heading(report: Report): string {
  const { status, phrase } = outcome(report);
  const facts = [
    ...targetParts(report).map((part) => markdownCode(part)),
    markdownText(report.startedAt),
    duration(report.durationMs),
    markdownText(exitPhrase(report)),
  ];
  const name = markdownText(`${report.tool.name} ${report.command}`);
  return `## ${MARKS[status]} ${name}: ${markdownText(phrase)}\n\n${facts.join(' · ')}`;
}

function topicTable(topics: readonly TopicPath[]): string {
  const rows = topics.map(
    (topic) => `| ${HOP_MARKS[stateOf(topic)]} | ${topic.topic} | ${topic.path.map(hopCell).join(' → ')} |`,
  );
  return ['| | topic | path |', '|---|---|---|', ...rows].join('\n');
}

function hopCell({ hop, state, ms }: PathHop): string {
  const time = ms === null ? '' : ` ${Math.round(ms)} ms`;
  return tableCell(`${markdownText(hop)} ${HOP_MARKS[state]}${time}`);
}

function diagnosisSection(diagnosis: Diagnosis, report: Report): string {
  const { cause, verdict, summary, evidence, fix, then, wouldConfirm, ruledOut } = diagnosis;
  const names = (list: readonly string[]) => list.map(markdownText).join(', ');
  const lines = [
    `### ${MARKS[diagnosisStatus(diagnosis)]} ${markdownCode(cause)} ${verdict}`,
    '',
    markdownText(summary),
    '',
    ...evidence.map((item) => `- **Seen:** ${markdownText(evidenceLine(item, report.target.namespace))}`),
    ...(wouldConfirm === null ? [] : [`- **To be sure:** ${markdownText(wouldConfirm)}`]),
    ...(ruledOut.length > 0 ? [`- **Ruled out:** ${names(ruledOut)}`] : []),
    ...(diagnosis.symptoms.length + diagnosis.folded.length > 0
      ? [`- **Explains:** ${names(explained(diagnosis, report, false))}`]
      : []),
    ...fix.flatMap(({ kind, description, command }) => [
      `- **${capitalised(KIND_WORDS[kind])}:** ${markdownText(description)}`,
      ...(command === null ? [] : ['', markdownBlock(command, 'sh'), '']),
    ]),
    ...(isHelms(diagnosis) ? [`- ${markdownText(HELM_NOTE)}`] : []),
    ...(then === null ? [] : [`- **Then:** ${markdownCode(then)}`]),
  ];
  return lines.join('\n').trimEnd();
}
