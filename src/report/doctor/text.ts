/** The doctor's report for a terminal: how far it got, then each root cause with its evidence and its fix. */
import type { Diagnosis } from '../../rule/diagnosis.js';
import type { CheckResult, Report } from '../../engine/report.js';
import { brieflySaid } from '../brevity.js';
import { diagnosisStatus, digest, duration, exitPhrase } from '../digest.js';
import { clean, indented, NARROW_COLUMNS, Rows, shortened, unpainted } from '../rows.js';
import { problem } from '../problem.js';
import { stanza } from '../stanza.js';
import { paint, type Style } from '../style.js';
import { header, servingLine } from '../text.js';
import { wrap, wrapItems } from '../wrap.js';
import { drawPath } from './path.js';
import { ownSteps, topicLines } from './topics.js';
import {
  aboutCause,
  allClear,
  evidenceLine,
  evidenceOfOne,
  explained,
  HELM_NOTE,
  isHelms,
  outcome,
} from './words.js';
import { KIND_WORDS } from '../remedy.js';

/** Pieces of evidence that are shown where the reader did not ask for all. */
const EVIDENCE_SHOWN = 2;
/** Lines of each, and of the cause's sentence. */
const EVIDENCE_LINES = 2;
const HEADLINE_LINES = 3;
/** Of what would make sure. */
const CONFIRM_LINES = 2;
/** Of the last sentence: a longer one is in what stands above it. */
const FOOTER_LINES = 2;
/** Of an error that kept from looking. */
const GAP_LINES = 2;

/** What is wrong, and a line for what is not. */
export function renderDoctorText(report: Report, style: Style): string {
  return render(report, style, false);
}

/** All the evidence, and every step with its fact. */
export function renderDoctorWide(report: Report, style: Style): string {
  return render(report, style, true);
}

function render(report: Report, style: Style, wide: boolean): string {
  const { diagnoses = [], topics = [] } = report;
  const [only] = topics;
  const blocks = [
    header(report, style, wide),
    servingLine(report, style),
    ...diagnoses.map((diagnosis) => diagnosisLines(diagnosis, report, style, wide)),
    ...unexplainedBlocks(report, style, wide),
    topics.length === 1 && only ? drawPath(ownSteps(only), style) : [],
    wide || topics.length > 1 ? topicLines(topics, style, wide) : [],
    clearLines(report, style),
    footer(report, style),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function diagnosisLines(diagnosis: Diagnosis, report: Report, style: Style, wide: boolean): string[] {
  const { color, columns, measure, symbols } = style;
  const status = diagnosisStatus(diagnosis);
  const indent = columns < NARROW_COLUMNS ? 1 : 2;
  const most = wide ? Infinity : diagnosis.verdict === 'inconclusive' ? GAP_LINES : HEADLINE_LINES;
  const [first = '', ...rest] = shortened(
    clean(wide ? diagnosis.headline : headlineOf(diagnosis, report), style),
    columns - 2,
    most,
    style,
  );
  const about = wrapItems(
    aboutCause(diagnosis, report).map((part) => clean(part, style)),
    symbols.separator,
    columns - 2,
    measure,
  );
  const head = [
    `${paint(style, status)(symbols[status])} ${color.bold(first)}`,
    ...indented(rest, 2, color.bold),
    ...indented(about, 2, color.dim),
  ];
  const rows = new Rows(style, indent);
  const seen = wide
    ? diagnosis.evidence.map((item) => evidenceLine(item, report.target.namespace))
    : evidenceOfOne(diagnosis, report.target.namespace).slice(0, EVIDENCE_SHOWN);
  rows.list('seen', seen, wide ? Infinity : EVIDENCE_LINES);
  let told = '';
  let said = '';
  for (const { kind, description, command } of diagnosis.fix) {
    const label = KIND_WORDS[kind];
    if (description !== said) rows.add(label === told ? '' : label, description);
    said = description;
    if (command !== null) rows.command('', command);
    told = label;
  }
  if (wide && isHelms(diagnosis)) rows.add('', HELM_NOTE, color.dim);
  if (diagnosis.wouldConfirm !== null)
    rows.add('confirm', diagnosis.wouldConfirm, unpainted, wide ? Infinity : CONFIRM_LINES);
  if (diagnosis.then !== null) rows.command('then', diagnosis.then);
  // The longer label leaves no space behind it where labels are narrow.
  if (wide) rows.items(columns < NARROW_COLUMNS ? 'excluded' : 'ruled out', diagnosis.ruledOut);
  const explains = explained(diagnosis, report, wide);
  if (wide) rows.items('explains', explains);
  else rows.someItems('explains', explains);
  return [...head, ...rows.lines];
}

/** A check that does not pass is told even where nothing explains it. */
function unexplainedBlocks(report: Report, style: Style, wide: boolean): string[][] {
  const results = (report.unexplained ?? []).flatMap((id) =>
    report.checks.filter((check) => check.id === id),
  );
  const isTold = ({ status }: CheckResult) => wide || status !== 'warn';
  const context = { report, digest: digest(report), style, all: wide };
  const told = results.filter(isTold).flatMap((result) => (wide ? stanza : problem)(result, context));
  const rows = new Rows(style, 0);
  rows.items(
    'warns',
    results.filter((result) => !isTold(result)).map(({ id }) => id),
  );
  return [told.length > 0 ? [style.color.bold(withoutCause(report)), ...told] : [], rows.lines];
}

/** What stands above checks that nothing explains. */
function withoutCause({ diagnoses = [] }: Report): string {
  return diagnoses.length > 0 ? 'Also fails, for a reason of its own:' : 'No deeper cause was found:';
}

/** The pod that stands below it need not have its whole name in it, too. */
function headlineOf({ headline, object, pods }: Diagnosis, report: Report): string {
  const named = object?.kind === 'Pod' && pods.includes(object.name);
  return brieflySaid(headline, report, !named);
}

function clearLines(report: Report, style: Style): string[] {
  const text = allClear(report);
  if (text === undefined) return [];
  return indented(wrap(clean(text, style), style.columns, style.measure), 0, style.color.green);
}

/** The sentence of the first cause again, because the last line is what stays on the screen. */
function footer(report: Report, style: Style): string[] {
  const { color, columns, measure, symbols } = style;
  const { status, phrase, brief = phrase } = outcome(report);
  const times = report.exitCode === 0 ? [duration(report.durationMs)] : [];
  const end = [...times, exitPhrase(report)].join(` ${symbols.separator} `);
  const last = ` ${symbols.separator} ${clean(end, style)}`;
  // One line, and the rest of it beside what it came to.
  const said = clean(brieflySaid(phrase, report), style);
  const isLong = wrap(`${said}${last}`, columns - 2, measure).length > FOOTER_LINES;
  const [told = '', ...left] = wrap(isLong ? clean(brief, style) : said, columns - 2, measure);
  const room = columns - 2 - measure(last);
  const more = left.length === 0 ? [] : shortened(left.join(' '), room, 1, style);
  const whole =
    more.length > 0
      ? [told, ...more.slice(0, -1), `${more.at(-1) ?? ''}${last}`]
      : wrap(`${told}${last}`, columns - 2, measure);
  const [first = '', ...rest] = whole;
  const painted = (line: string) => color.bold(paint(style, status)(line));
  return [painted(`${symbols[status]} ${first}`), ...indented(rest, 2, painted)];
}
