/**
 * GitHub Actions: a workflow command for each result that is not green, which GitHub shows as an annotation, and a
 * job summary. The commands are printed; the summary goes to the file that $GITHUB_STEP_SUMMARY names.
 */
import type { Diagnosis } from '../diagnoses/diagnosis.js';
import type { CheckResult, Report } from '../engine/report.js';
import {
  countPhrases,
  diagnosisStatus,
  digest,
  exitPhrase,
  firstFindings,
  isUnexplained,
  objectName,
} from './digest.js';
import { defuseCommands, githubMessage, githubProperty, oneLine } from './escape.js';

export interface GithubOutput {
  /** Lines for stdout. */
  commands: string;
  /** Markdown for the job summary. */
  summary: string;
}

/** @param summary the report in Markdown, as the command has it */
export function renderGithub(report: Report, summary: string): GithubOutput {
  const { foldedInto } = digest(report);
  const causes = (report.diagnoses ?? []).map((each) => diagnosed(each, report.target.namespace));
  // What a cause explains is told with the cause.
  const open = report.checks.filter((result) => isUnexplained(report, result));
  const checks = open.flatMap((result) => annotation(result, report, foldedInto.has(result.id)) ?? []);
  const lines = [...causes, ...checks];
  const counts = countPhrases(report).map(({ text }) => text);
  lines.push(`${report.tool.name} ${plain(report.command)}: ${counts.join(', ')}, ${exitPhrase(report)}`);
  if (report.next !== null) lines.push(`Next: ${plain(report.next)}`);
  return { commands: `${lines.join('\n')}\n`, summary };
}

function annotation(result: CheckResult, { target }: Report, folded: boolean): string | undefined {
  if (result.status === 'pass' || result.status === 'skip') return undefined;
  // A check that is told with its cause would hide the cause among its symptoms: GitHub shows ten annotations a step.
  if (folded) return undefined;
  const level = result.status === 'warn' ? 'warning' : 'error';
  const lines = [`${result.status}: ${oneLine(result.message)}`];
  const { shown, more } = firstFindings(result);
  for (const { message, data, object } of shown) {
    const facts = [
      ...(data.expected === undefined ? [] : [`expected ${String(data.expected)}`]),
      ...(data.found === undefined ? [] : [`found ${String(data.found)}`]),
      ...(object ? [objectName(object, target.namespace)] : []),
      ...(data.field === undefined ? [] : [String(data.field)]),
    ];
    lines.push(`- ${oneLine(message)}${facts.length > 0 ? ` (${oneLine(facts.join(', '))})` : ''}`);
  }
  if (more > 0) lines.push(`- ${more} more`);
  if (result.remedy !== null) lines.push(`fix: ${result.remedy}`);
  return `::${level} title=${githubProperty(result.id)}::${githubMessage(lines.join('\n'))}`;
}

function diagnosed(diagnosis: Diagnosis, namespace: string): string {
  const { cause, verdict, summary, evidence, fix, then } = diagnosis;
  const lines = [`${verdict}: ${oneLine(summary)}`];
  for (const { object, field, source, value, at } of evidence) {
    const facts = [
      ...(object ? [objectName(object, namespace)] : []),
      field ?? source,
      ...(at === null ? [] : [at]),
    ];
    lines.push(`- ${oneLine(value)} (${oneLine(facts.join(', '))})`);
  }
  for (const { description, command } of fix) {
    lines.push(`fix: ${oneLine(description)}`);
    if (command !== null) lines.push(command);
  }
  if (then !== null) lines.push(`then: ${oneLine(then)}`);
  const level = diagnosisStatus(diagnosis) === 'warn' ? 'warning' : 'error';
  return `::${level} title=${githubProperty(cause)}::${githubMessage(lines.join('\n'))}`;
}

function plain(text: string): string {
  return defuseCommands(oneLine(text));
}
