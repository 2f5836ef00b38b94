/**
 * GitHub Actions: a workflow command for each result that is not green, which GitHub shows as an annotation, and a
 * job summary. The commands are printed; the summary goes to the file that $GITHUB_STEP_SUMMARY names.
 */
import type { CheckResult, Report } from '../engine/report.js';
import { countPhrases, digest, exitPhrase, firstFindings, objectName } from './digest.js';
import { defuseCommands, githubMessage, githubProperty, oneLine } from './escape.js';
import { fixLines } from './remedy.js';

export interface GithubOutput {
  /** Lines for stdout. */
  commands: string;
  /** Markdown for the job summary. */
  summary: string;
}

/** @param summary the report in Markdown, as the command has it */
export function renderGithub(report: Report, summary: string): GithubOutput {
  const { foldedInto } = digest(report);
  const lines = report.checks.flatMap(
    (result) => annotation(result, report, foldedInto.has(result.id)) ?? [],
  );
  const counts = countPhrases(report).map(({ text }) => text);
  lines.push(`${report.tool.name} ${plain(report.command)}: ${counts.join(', ')}, ${exitPhrase(report)}`);
  if (report.next !== null) lines.push(`Next: ${plain(report.next)}`);
  return { commands: `${lines.join('\n')}\n`, summary };
}

/** The workflow command for one check; undefined where there is nothing to say. */
export function annotation(result: CheckResult, { target }: Report, folded: boolean): string | undefined {
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
  lines.push(...fixLines(result.fix));
  const properties = [...placeProperties(result), `title=${githubProperty(result.id)}`];
  return `::${level} ${properties.join(',')}::${githubMessage(lines.join('\n'))}`;
}

/** What is judged before it is applied stands in a file: there the annotation is shown. */
function placeProperties({ findings }: CheckResult): string[] {
  const place = findings.map(({ data }) => data.place).find((each) => typeof each === 'string');
  const [, file, line] = /^(.+?)(?::(\d+))?$/.exec(place ?? '') ?? [];
  if (file === undefined) return [];
  return [`file=${githubProperty(file)}`, ...(line === undefined ? [] : [`line=${line}`])];
}

/** One line of this program's own output, in which nothing is a workflow command. */
export function plain(text: string): string {
  return defuseCommands(oneLine(text));
}
