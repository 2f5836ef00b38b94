/** The doctor's report for a terminal: how far it got, then each root cause with its evidence and its fix. */
import type { Diagnosis, EvidenceItem, TopicPath } from '../../diagnoses/diagnosis.js';
import type { CheckResult, Report, Status } from '../../engine/report.js';
import { diagnosisStatus, digest, duration, exitPhrase, objectName } from '../digest.js';
import { clean, indented, NARROW_COLUMNS, Rows, unpainted } from '../rows.js';
import { stanza } from '../stanza.js';
import { paint, type Style } from '../style.js';
import { header } from '../text.js';
import { wrap } from '../wrap.js';
import { drawPath, mark, stateOf } from './path.js';

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
  const drawn = topics.length === 1 && only ? drawPath(only.path, style) : [];
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

/** A line for each topic: its hops' facts, or where it is broken. */
function topicLines(topics: readonly TopicPath[], style: Style, wide: boolean): string[] {
  const { color, columns, measure } = style;
  const nameColumns = Math.max(...topics.map(({ topic }) => topic.length));
  return topics.flatMap((topic) => {
    const state = stateOf(topic);
    const head = `${mark(state, style)} ${state === 'good' ? topic.topic : color.bold(topic.topic)}`;
    const indent = nameColumns + 4;
    if (wide) {
      const hopColumns = Math.max(...topic.path.map(({ hop }) => hop.length));
      return [
        head,
        ...topic.path.flatMap(({ hop, state: each, detail, ms }) => {
          const text = clean(ms === null ? detail : `${detail} (${Math.round(ms)} ms)`, style);
          const [first = '', ...rest] = wrap(text, columns - hopColumns - 6, measure);
          return [
            `  ${mark(each, style)} ${hop.padEnd(hopColumns)}  ${first}`.trimEnd(),
            ...indented(rest, hopColumns + 6, unpainted),
          ];
        }),
      ];
    }
    const said = topic.path
      .filter((hop) => hop.state === state && hop.detail !== '')
      .map(({ hop, detail }) => (state === 'good' ? detail : `${hop}: ${detail}`));
    const text = clean([...new Set(said)].join(` ${style.symbols.separator} `), style);
    const [first = '', ...rest] = wrap(text, columns - indent, measure);
    return [
      `${head}${' '.repeat(nameColumns - topic.topic.length)}  ${first}`.trimEnd(),
      ...indented(rest, indent, unpainted),
    ];
  });
}

function diagnosisLines(diagnosis: Diagnosis, report: Report, style: Style, wide: boolean): string[] {
  const { color, columns, measure, symbols } = style;
  const status = diagnosisStatus(diagnosis);
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
  rows.items('explains', [...diagnosis.symptoms, ...diagnosis.folded]);
  return [
    head,
    ...indented(wrap(clean(diagnosis.summary, style), columns - indent, measure), indent, unpainted),
    ...rows.lines,
  ];
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
  if (told.length > 0) lines.push(style.color.bold('Fails, and no cause explains it:'), ...told);
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
  const brokenAt = hops.find(({ state }) => state === 'broken')?.hop;
  const found = diagnoses.filter(({ verdict }) => verdict !== 'inconclusive').length;
  const phrase =
    status === 'pass'
      ? 'healthy'
      : topics.length === 1 && brokenAt !== undefined
        ? `broken at ${brokenAt}`
        : `${found} ${found === 1 ? 'cause' : 'causes'} found`;
  const parts = [`${goodHops} of ${hops.length} hops good`, duration(report.durationMs), exitPhrase(report)];
  const line = [
    color.bold(paint(style, status)(`${symbols[status]} ${phrase}`)),
    ...parts.map((part) => color.dim(part)),
  ];
  return [line.join(color.dim(` ${symbols.separator} `))];
}
