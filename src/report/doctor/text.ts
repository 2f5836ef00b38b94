/** The doctor's report for a terminal: how far it got, then each root cause with its evidence and its fix. */
import type { Diagnosis, EvidenceItem } from '../../diagnoses/diagnosis.js';
import type { CheckResult, Report, Status } from '../../engine/report.js';
import { digest, duration, exitPhrase, objectName } from '../digest.js';
import { clean, indented, NARROW_COLUMNS, Rows, unpainted } from '../rows.js';
import { stanza } from '../stanza.js';
import { paint, type Style } from '../style.js';
import { header } from '../text.js';
import { wrap } from '../wrap.js';
import { drawPath } from './path.js';
import { ownHops, topicLines } from './topics.js';

/** Lines of evidence that are shown where the reader did not ask for all. */
const EVIDENCE_SHOWN = 4;

/** What is wrong, and a line for what is not. */
export function renderDoctorText(report: Report, style: Style): string {
  return render(report, style, false);
}

/** All the evidence, and every hop with its fact. */
export function renderDoctorWide(report: Report, style: Style): string {
  return render(report, style, true);
}

function render(report: Report, style: Style, wide: boolean): string {
  const { diagnoses = [], topics = [], unexplained = [] } = report;
  const [only] = topics;
  const drawn = topics.length === 1 && only ? drawPath(ownHops(only), style) : [];
  const blocks = [
    header(report, style),
    [
      ...drawn,
      ...(wide && drawn.length > 0 ? [''] : []),
      ...(wide || topics.length > 1 ? topicLines(topics, style, wide) : []),
    ],
    ...diagnoses.map((diagnosis) => diagnosisLines(diagnosis, report, style, wide)),
    unexplainedLines(unexplained, report, style, wide),
    allClear(report, style),
    footer(report, style),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function statusOf({ verdict, severity }: Diagnosis): Status {
  if (verdict === 'inconclusive') return 'unknown';
  return severity === 'warning' ? 'warn' : 'fail';
}

function diagnosisLines(diagnosis: Diagnosis, report: Report, style: Style, wide: boolean): string[] {
  const { color, columns, measure, symbols } = style;
  const status = statusOf(diagnosis);
  const head = `${paint(style, status)(symbols[status])} ${color.bold(clean(diagnosis.cause, style))}   ${color.dim(diagnosis.verdict)}`;
  const indent = columns < NARROW_COLUMNS ? 1 : 2;
  const rows = new Rows(style, indent);
  const { namespace } = report.target;
  const shown = wide ? diagnosis.evidence : diagnosis.evidence.slice(0, EVIDENCE_SHOWN);
  rows.list(
    'seen',
    shown.map((item) => evidenceLine(item, namespace)),
  );
  diagnosis.fix.forEach(({ description, command }, index) => {
    rows.add(index === 0 ? 'fix' : 'or', description);
    if (command !== null) rows.command(command);
  });
  if (diagnosis.fix.some(({ helmValue }) => helmValue !== null)) {
    rows.add('', 'Helm manages it: the next upgrade would undo a kubectl edit.', color.dim);
  }
  if (diagnosis.wouldConfirm !== null) rows.add('confirm', diagnosis.wouldConfirm);
  if (diagnosis.then !== null) rows.add('then', diagnosis.then);
  rows.items('ruled out', diagnosis.ruledOut);
  rows.items('explains', explained(diagnosis, report, wide));
  return [
    head,
    ...indented(wrap(clean(diagnosis.summary, style), columns - indent, measure), indent, unpainted),
    ...rows.lines,
  ];
}

/** Checks that fail, and causes that follow; checks that are only blocked by those are counted. */
function explained({ symptoms, folded }: Diagnosis, { checks }: Report, wide: boolean): string[] {
  const isBlocked = (id: string) => checks.some((check) => check.id === id && check.status === 'blocked');
  const blocked = symptoms.filter(isBlocked);
  const shown = wide ? symptoms : symptoms.filter((id) => !blocked.includes(id));
  const rest =
    blocked.length > 0 && !wide
      ? [`${blocked.length} blocked ${blocked.length === 1 ? 'check' : 'checks'}`]
      : [];
  return [...shown, ...folded, ...rest];
}

function evidenceLine({ source, object, field, value, at }: EvidenceItem, namespace: string): string {
  const where = [object ? shortName(object, namespace) : '', field ?? source].filter((part) => part !== '');
  const time = at === null ? '' : ` ${clock(at)}`;
  return `${where.join(' ')}: ${value}${time === '' ? '' : ` ·${time}`}`;
}

/** A pod goes by what tells it from the others of its ReplicaSet: its full name is in the summary. */
function shortName(object: { kind: string; namespace?: string; name: string }, namespace: string): string {
  if (object.kind !== 'Pod') return objectName(object, namespace);
  return `Pod …-${object.name.slice(object.name.lastIndexOf('-') + 1)}`;
}

/** The time of day, UTC as the API tells it. */
function clock(at: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;
}

/** A check that does not pass is told even where nothing explains it. */
function unexplainedLines(ids: readonly string[], report: Report, style: Style, wide: boolean): string[] {
  const results = ids.flatMap((id) => report.checks.filter((check) => check.id === id));
  const isTold = ({ status }: CheckResult) => wide || status === 'fail' || status === 'unknown';
  const context = { report, digest: digest(report), style, all: wide };
  const told = results.filter(isTold).flatMap((result) => stanza(result, context));
  const warnings = results.filter(({ status }) => status === 'warn' && !wide).map(({ id }) => id);
  const lines: string[] = [];
  if (told.length > 0) lines.push(style.color.bold('Fails, and nothing deeper was found:'), ...told);
  if (warnings.length > 0) {
    const rows = new Rows(style, 0);
    rows.items('warns', warnings);
    lines.push(...rows.lines);
  }
  return lines;
}

function allClear(
  { diagnoses = [], unexplained = [], exitCode, summary, topics = [] }: Report,
  style: Style,
): string[] {
  if (exitCode !== 0 || diagnoses.length + unexplained.length > 0) return [];
  const what = topics.map(({ topic }) => topic).join(', ');
  const text = `Nothing is wrong with ${what}: every hop is good, and ${summary.pass} checks pass.`;
  return indented(wrap(clean(text, style), style.columns, style.measure), 0, style.color.green);
}

function footer(report: Report, style: Style): string[] {
  const { color, symbols } = style;
  const { topics = [], diagnoses = [] } = report;
  const hops = topics.flatMap(({ path }) => path);
  const goodHops = hops.filter(({ state }) => state === 'good').length;
  const status: Status = report.exitCode === 0 ? 'pass' : report.exitCode === 1 ? 'fail' : 'unknown';
  const broken = hops.filter(({ state }) => state === 'broken');
  const found = diagnoses.filter(({ verdict }) => verdict !== 'inconclusive').length;
  const phrase =
    status === 'pass'
      ? 'healthy'
      : topics.length === 1 && broken.length === 1
        ? `broken at ${broken[0]?.hop ?? ''}`
        : `${found} ${found === 1 ? 'cause' : 'causes'} found`;
  const parts = [`${goodHops} of ${hops.length} hops good`, duration(report.durationMs), exitPhrase(report)];
  const line = [
    color.bold(paint(style, status)(`${symbols[status]} ${phrase}`)),
    ...parts.map((part) => color.dim(part)),
  ];
  return [line.join(color.dim(` ${symbols.separator} `))];
}
