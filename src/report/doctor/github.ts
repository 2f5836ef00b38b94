/** GitHub Actions: an annotation for each diagnosis and each check that nothing explains, and a job summary. */
import type { Diagnosis } from '../../rule/diagnosis.js';
import type { Report } from '../../engine/report.js';
import { diagnosisStatus, exitPhrase } from '../digest.js';
import { githubMessage, githubProperty, oneLine } from '../escape.js';
import { annotation, plain, type GithubOutput } from '../github.js';
import { evidenceLine, outcome } from './words.js';
import { KIND_WORDS } from '../remedy.js';

/** @param summary the report as Markdown */
export function renderDoctorGithub(report: Report, summary: string): GithubOutput {
  const { diagnoses = [], unexplained = [], checks } = report;
  const lines = [
    ...diagnoses.map((diagnosis) => diagnosisAnnotation(diagnosis, report)),
    ...checks
      .filter(({ id }) => unexplained.includes(id))
      .flatMap((result) => annotation(result, report, false) ?? []),
    `${report.tool.name} ${plain(report.command)}: ${outcome(report).phrase}, ${exitPhrase(report)}`,
  ];
  if (report.next !== null) lines.push(`Next: ${plain(report.next)}`);
  return { commands: `${lines.join('\n')}\n`, summary };
}

function diagnosisAnnotation(diagnosis: Diagnosis, { target }: Report): string {
  const { cause, verdict, summary, evidence, fix } = diagnosis;
  const level = diagnosisStatus(diagnosis) === 'warn' ? 'warning' : 'error';
  const lines = [
    `${verdict}: ${oneLine(summary)}`,
    ...evidence.map((item) => `- ${oneLine(evidenceLine(item, target.namespace))}`),
    ...fix.flatMap(({ kind, description, command }) => [
      `${KIND_WORDS[kind]}: ${oneLine(description)}`,
      ...(command === null ? [] : [command]),
    ]),
  ];
  return `::${level} title=${githubProperty(cause)}::${githubMessage(lines.join('\n'))}`;
}
