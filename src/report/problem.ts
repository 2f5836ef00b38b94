/** A result that does not pass, as short as it can be told: `-o wide` has the rest (stanza.ts). */
import type { CheckResult, ReportFinding } from '../engine/report.js';
import { brieflySaid, isNews, namesObject } from './brevity.js';
import { nameChecks, objectName } from './digest.js';
import { clean, indented, Rows, shortened, shownValue } from './rows.js';
import { remedyOf, type StanzaContext } from './stanza.js';
import { paint } from './style.js';

/** Findings of one check that are listed where the reader did not ask for all. */
const FINDINGS_SHOWN = 2;
const INDENT = 4;
/** Lines of a heading and of what was seen; -o wide has all. */
const HEADING_LINES = 3;
const SEEN_LINES = 4;
/** Of each, where there are several. */
const SEVERAL_LINES = 2;

/** Title and id, what was seen, what to do, and what follows from it. @param isOnly no other is told beside it */
export function problem(result: CheckResult, context: StanzaContext, isOnly = true): string[] {
  const { digest, report, style } = context;
  const rows = new Rows(style, INDENT);
  seen(result, context, rows);
  // Of several, doctor looks; what puts one right is told all the same.
  if (isOnly || result.fix.some(({ kind }) => kind !== 'look')) remedyOf(result, context, rows);
  const blocked = digest.blocks.get(result.id)?.length ?? 0;
  rows.someItems('with it', [
    ...report.checks
      .filter(({ id, status }) => status === 'fail' && digest.foldedInto.get(id) === result.id)
      .map(({ id }) => id),
    ...nameChecks(digest.alike.get(result.id) ?? [], digest.suites),
    ...(blocked === 0 ? [] : [`${blocked} blocked ${blocked === 1 ? 'check' : 'checks'}`]),
  ]);
  return [...heading(result, context), ...rows.lines];
}

/** On a line, beside what is graver. */
export function brief(
  { id, message, findings, status }: CheckResult,
  { digest, report, style }: StanzaContext,
): string[] {
  const { columns, color, symbols } = style;
  const alike = digest.alike.get(id)?.length ?? 0;
  const name = alike === 0 ? id : `${id} and ${alike} more`;
  const said = brieflySaid(findings[0]?.message ?? message, report);
  const [head = '', ...rest] = shortened(
    clean(`${name} ${symbols.separator} ${said}`, style),
    columns - 2,
    1,
    style,
  );
  return [`${paint(style, status)(symbols[status])} ${head}`, ...indented(rest, 2, color.dim)];
}

/** The title as the sentence that it is; the id, for `checks explain`, behind it where there is room. */
function heading({ id, message, status }: CheckResult, { style }: StanzaContext): string[] {
  const { color, columns, measure, symbols } = style;
  const symbol = paint(style, status)(symbols[status]);
  const [first = '', ...rest] = shortened(clean(message, style), columns - 2, HEADING_LINES, style);
  const lines = [`${symbol} ${color.bold(first)}`, ...indented(rest, 2, color.bold)];
  const used = 2 + measure(rest.at(-1) ?? first);
  if (used + 3 + id.length <= columns) lines.push(`${lines.pop() ?? ''}   ${color.dim(id)}`);
  else lines.push(`  ${color.dim(id)}`);
  return lines;
}

function seen(result: CheckResult, { report, style }: StanzaContext, rows: Rows): void {
  const groups = [...alike(result.findings).values()];
  for (const [first, ...others] of groups.slice(0, FINDINGS_SHOWN)) {
    if (!first) continue;
    const { message, object, data } = first;
    const where =
      object === null || namesObject(first, object.name)
        ? ''
        : `${objectName(object, report.target.namespace)}: `;
    // What the sentence says already is not said again.
    const fact = (label: 'expected' | 'found', value: string | number | boolean | undefined) =>
      isNews(label, value, message, result.message) ? [`${label} ${shownValue(value ?? '')}`] : [];
    const kind = object?.kind === 'Pod' ? 'pod' : 'object';
    rows.text(
      [
        message === result.message
          ? where.replace(/: $/, '')
          : brieflySaid(`${where}${message}`, report, true),
        ...fact('expected', data.expected),
        ...fact('found', data.found),
        ...(others.length > 0 ? [`${others.length} more ${kind}${others.length > 1 ? 's' : ''} alike`] : []),
      ]
        .filter((part) => part !== '')
        .join(` ${style.symbols.separator} `),
      groups.length > 1 ? SEVERAL_LINES : SEEN_LINES,
    );
  }
  const more = groups.slice(FINDINGS_SHOWN).flat().length;
  if (more > 0) rows.text(`and ${more} more; -o wide shows all`);
}

/** Findings that say the same of other objects. */
function alike(findings: readonly ReportFinding[]): Map<string, ReportFinding[]> {
  const groups = new Map<string, ReportFinding[]>();
  for (const finding of findings) {
    const { message, object, data } = finding;
    const said = object ? message.replaceAll(object.name, '') : message;
    const key = [said, object?.kind, data.expected, data.field].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}
