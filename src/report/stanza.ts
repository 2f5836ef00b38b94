/** The details of one result in the terminal report. */
import type { CheckResult, Report, ReportFinding } from '../engine/report.js';
import { firstFindings, nameChecks, objectName, type Digest } from './digest.js';
import { clean, indented, NARROW_COLUMNS, Rows, shownValue, unpainted } from './rows.js';
import { paint, type Style } from './style.js';
import { wrap } from './wrap.js';

/** Narrower columns than this are hard to read. */
const HANGING_COLUMNS = 30;

export interface StanzaContext {
  report: Report;
  digest: Digest;
  style: Style;
  /** List every finding. */
  all: boolean;
}

/** One result with everything that is known of it; lines of at most `style.columns`, commands excepted. */
export function stanza(result: CheckResult, context: StanzaContext, idColumns = 0): string[] {
  const { lines, saysSection } = headLine(result, context.style, idColumns);
  return [...lines, ...details(result, context, saysSection)];
}

/** Symbol, id (padded to `idColumns`), what was seen, and, where there is room, which part of the contract demands it. */
export function headLine(
  result: CheckResult,
  style: Style,
  idColumns = 0,
): { lines: string[]; saysSection: boolean } {
  const { columns, measure, symbols, color } = style;
  const painted = paint(style, result.status);
  const message = clean(result.message, style);
  const loud = result.status === 'pass' || result.status === 'skip' ? unpainted : color.bold;
  const head = `  ${painted(symbols[result.status])} ${loud(result.id)}`;
  const padding = ' '.repeat(Math.max(0, idColumns - result.id.length));
  const used = 4 + result.id.length + padding.length + 2;
  if (columns >= NARROW_COLUMNS && used + measure(message) <= columns) {
    const line = `${head}${padding}  ${message}`;
    const section = `contract: ${clean(result.contractSection, style)}`;
    const room = columns - used - measure(message) - measure(section);
    const saysSection = showsSection(result) && room >= 3;
    return {
      lines: [saysSection ? line + ' '.repeat(room) + color.dim(section) : line.trimEnd()],
      saysSection,
    };
  }
  // In a list the message keeps to its column where that is wide enough to read.
  const hanging = idColumns > 0 && columns - used >= HANGING_COLUMNS;
  const indent = hanging ? used : columns < NARROW_COLUMNS ? 4 : 6;
  const wrapped = indented(wrap(message, columns - indent, measure), indent, unpainted);
  const [first = '', ...rest] = wrapped;
  return {
    lines: hanging ? [`${head}${padding}  ${first.slice(indent)}`, ...rest] : [head, ...wrapped],
    saysSection: false,
  };
}

function details(result: CheckResult, context: StanzaContext, saysSection: boolean): string[] {
  const { digest, style } = context;
  const rows = new Rows(style, style.columns < NARROW_COLUMNS ? 4 : 6);
  findings(result, context, rows);
  if (showsSection(result)) {
    rows.add('why', result.why);
    if (!saysSection) rows.add('contract', result.contractSection, style.color.dim);
  }
  const alike = digest.alike.get(result.id) ?? [];
  // Where every result has a line of its own, these say nothing new.
  if (!context.all) {
    rows.items('also', nameChecks(alike, digest.suites));
    rows.items('blocks', nameChecks(digest.blocks.get(result.id) ?? [], digest.suites));
  }
  remedyOf(result, context, rows);
  return rows.lines;
}

/** What to do; nothing where what fixes this one need not fix the others that cannot be judged for the same reason. */
export function remedyOf(result: CheckResult, { digest, report }: StanzaContext, rows: Rows): void {
  const alike = result.status === 'unknown' ? (digest.alike.get(result.id) ?? []) : [];
  const remedies = new Set(
    report.checks.filter(({ id }) => id === result.id || alike.includes(id)).map(({ remedy }) => remedy),
  );
  const told = digest.remedyAs.get(result.id);
  if (told !== undefined) rows.add('fix', `as for ${told}`);
  else if (remedies.size === 1) rows.fix(result.fix);
}

function showsSection({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'warn';
}

function findings(result: CheckResult, { report, style, all }: StanzaContext, rows: Rows): void {
  const { namespace } = report.target;
  const place = ({ object }: ReportFinding) => (object ? objectName(object, namespace) : undefined);
  const [first, ...rest] = result.findings;
  if (!first) return;
  if (rest.length === 0) {
    if (first.message !== result.message) rows.text(first.message);
    rows.datum('expected', first.data.expected);
    rows.datum('found', first.data.found, paint(style, result.status));
    rows.items(
      'object',
      [place(first), text(first.data.field)].filter((part) => part !== undefined),
    );
    return;
  }
  const shared = rest.every((finding) => place(finding) === place(first)) ? place(first) : undefined;
  if (shared !== undefined) rows.add('object', shared);
  const { shown, more } = all ? { shown: result.findings, more: 0 } : firstFindings(result);
  for (const finding of shown) {
    const { expected, found, field } = finding.data;
    rows.bullet(
      finding.message,
      [
        expected === undefined ? undefined : `expected ${shownValue(expected)}`,
        found === undefined ? undefined : `found ${shownValue(found)}`,
        shared === undefined ? place(finding) : undefined,
        text(field),
      ].filter((part) => part !== undefined),
    );
  }
  if (more > 0) rows.bullet(`${more} more; -o wide shows all`, []);
}

function text(value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
