/**
 * JUnit XML, as CI servers read it: a suite for each suite, a case for each check.
 *
 * A failed check is a `failure`. An unknown one is an `error`: the test could not be done, and a CI job must not be
 * green because nobody could look. A blocked one is `skipped`: what blocks it is a failure or an error already, and
 * counting one cause twice hides how many causes there are. A warning is a pass with output, unless the run counts
 * warnings (--strict): then it is a failure of type `warning`. The doctor's diagnoses are a suite of their own.
 */
import junitReportBuilder, { type Builder, type TestCase } from 'junit-report-builder';
import type { Diagnosis } from '../rule/diagnosis.js';
import type { CheckResult, Report, Status } from '../engine/report.js';
import { evidenceLine } from './doctor/words.js';
import { diagnosisStatus, digest, exitPhrase, failedByWarnings, objectName, targetParts } from './digest.js';
import { oneLine, xmlCdata, xmlText } from './escape.js';
import { fixLines, KIND_WORDS } from './remedy.js';

// The package's types speak of a `default` that its CommonJS build does not have: the module is the builder.
const builder = junitReportBuilder as unknown as Builder;

export function renderJunit(report: Report): string {
  const junit = builder.newBuilder().name(attribute(`${report.tool.name} ${report.command}`));
  const strict = failedByWarnings(report);
  for (const suite of digest(report).suites) {
    const element = junit.testSuite().name(attribute(suite.name)).time(seconds(suite.durationMs));
    element.timestamp(attribute(report.startedAt));
    element.property('target', attribute(targetParts(report).join(' ')));
    element.property('exit', attribute(exitPhrase(report)));
    for (const result of suite.results) {
      const testCase = element
        .testCase()
        .className(attribute(`${report.tool.name}.${result.suite}`))
        .name(attribute(`${result.id}: ${result.title}`));
      testCase.time(seconds(result.durationMs));
      tell(testCase, result, report.target.namespace, strict);
    }
  }
  const { diagnoses, topics = [] } = report;
  if (diagnoses) {
    const element = junit.testSuite().name('doctor').timestamp(attribute(report.startedAt));
    for (const diagnosis of diagnoses) {
      const testCase = element.testCase().className(`${attribute(report.tool.name)}.doctor`);
      tellDiagnosis(
        testCase.name(attribute(`${diagnosis.cause}: ${diagnosis.title}`)),
        diagnosis,
        report,
        strict,
      );
    }
    // A suite without cases looks as if nothing had been tested.
    for (const { topic } of topics.filter((each) =>
      diagnoses.every((diagnosis) => diagnosis.topic !== each.topic),
    )) {
      element
        .testCase()
        .className(`${attribute(report.tool.name)}.doctor`)
        .name(`${topic}: no cause was found`);
    }
  }
  return `${junit.build()}\n`;
}

function tellDiagnosis(testCase: TestCase, diagnosis: Diagnosis, { target }: Report, strict: boolean): void {
  const { summary, evidence, fix, verdict } = diagnosis;
  const lines = [
    `${verdict}: ${oneLine(summary)}`,
    ...evidence.map((item) => `- ${oneLine(evidenceLine(item, target.namespace))}`),
    ...fix.flatMap(({ kind, description, command }) => [
      `${KIND_WORDS[kind]}: ${oneLine(description)}`,
      ...(command === null ? [] : [command]),
    ]),
  ];
  const text = xmlCdata(lines.join('\n'));
  mark(testCase, { status: diagnosisStatus(diagnosis), message: attribute(summary) }, text, strict);
}

function tell(testCase: TestCase, result: CheckResult, namespace: string, strict: boolean): void {
  const { status } = result;
  mark(
    testCase,
    { status, message: attribute(result.message) },
    xmlCdata(details(result, namespace)),
    strict,
  );
}

function mark(
  testCase: TestCase,
  { status, message }: { status: Status; message: string },
  text: string,
  strict: boolean,
): void {
  switch (status) {
    case 'pass':
      testCase.standardOutput(text);
      break;
    case 'fail':
      testCase.failure(message, 'fail').stacktrace(text);
      break;
    case 'warn':
      if (strict) testCase.failure(message, 'warning').stacktrace(text);
      else testCase.standardOutput(text);
      break;
    case 'unknown':
      testCase.error(message, 'unknown', text);
      break;
    case 'blocked':
    case 'skip':
      testCase.skipped().standardOutput(text);
      break;
  }
}

function details(result: CheckResult, namespace: string): string {
  const lines = [`${result.status}: ${oneLine(result.message)}`];
  for (const { message, data, object } of result.findings) {
    lines.push(`- ${oneLine(message)}`);
    if (data.expected !== undefined) lines.push(`  expected: ${oneLine(String(data.expected))}`);
    if (data.found !== undefined) lines.push(`  found: ${oneLine(String(data.found))}`);
    const place = [
      object ? objectName(object, namespace) : '',
      data.field === undefined ? '' : String(data.field),
    ];
    const where = place.filter((part) => part !== '').join(', ');
    if (where !== '') lines.push(`  object: ${oneLine(where)}`);
  }
  if (result.status === 'fail' || result.status === 'warn') {
    lines.push(`why: ${oneLine(result.why)}`, `contract: ${oneLine(result.contractSection)}`);
  }
  lines.push(...fixLines(result.fix));
  return lines.join('\n');
}

function attribute(text: string): string {
  return xmlText(oneLine(text));
}

/** JUnit counts in seconds. */
function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
