/** `checks list`: every check, or every cause, in a line, from plain data. */
import { markdownCode, markdownText, tableCell } from './escape.js';
import { jsonDocument } from './json.js';
import { clean, NARROW_COLUMNS } from './rows.js';
import type { Status } from '../engine/report.js';
import { paint, type Style } from './style.js';
import { padEnd, wrap, wrapItems } from './wrap.js';

export const LIST_FORMATS = ['text', 'json', 'yaml', 'markdown'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

export interface ListedCheck {
  id: string;
  title: string;
  severity: 'error' | 'warning';
  contractSection: string;
  /** The command that judges it where that is not `verify`. */
  command?: 'loadbalance';
  /** What a bundle's evidence says of it. */
  judged?: { status: Status; message: string };
}

/**
 * The list in one format; ends with a line feed.
 * @param isTerminal whether text is laid out for a reader; elsewhere it is a record a line, its fields apart by tabs
 */
export async function renderList(
  checks: readonly ListedCheck[],
  format: ListFormat,
  style: Style,
  isTerminal: boolean,
): Promise<string> {
  const plain = checks.map(({ id, title, severity, contractSection, command, judged }) => ({
    id,
    title,
    severity,
    contractSection,
    ...(command && { command }),
    ...(judged && { judged }),
  }));
  switch (format) {
    case 'text':
      return isTerminal
        ? textList(plain.map(withCommand), style)
        : records(plain.map(withCommand).map(checkFields), style);
    case 'json':
      return jsonDocument(plain);
    case 'yaml':
      return (await import('./yaml.js')).yamlDocument(plain);
    case 'markdown':
      return markdownList(plain.map(withCommand));
  }
}

/** Who judges it where that is not `verify`, for a reader. */
function withCommand(check: ListedCheck): ListedCheck {
  return check.command ? { ...check, title: `${check.title} (${check.command})` } : check;
}

export interface ListedCause {
  id: string;
  title: string;
  severity: 'error' | 'warning';
  topic: string;
}

/** The causes in one format, as `renderList`. */
export async function renderCauseList(
  causes: readonly ListedCause[],
  format: ListFormat,
  style: Style,
  isTerminal: boolean,
): Promise<string> {
  switch (format) {
    case 'text':
      return isTerminal
        ? textCauses(causes, style)
        : records(
            causes.map(({ id, severity, title }) => [id, severity, title]),
            style,
          );
    case 'json':
      return jsonDocument(causes);
    case 'yaml':
      return (await import('./yaml.js')).yamlDocument(causes);
    case 'markdown':
      return markdownCauses(causes);
  }
}

/** For `cut`, `awk` and `while read`. */
function records(all: readonly (readonly string[])[], style: Style): string {
  return all.map((fields) => `${fields.map((field) => clean(field, style)).join('\t')}\n`).join('');
}

function checkFields({ id, title, severity, contractSection, judged }: ListedCheck): string[] {
  return judged ? [id, judged.status, judged.message] : [id, severity, title, contractSection];
}

function textCauses(causes: readonly ListedCause[], style: Style): string {
  const { columns, color, measure } = style;
  const idColumns = Math.max(0, ...causes.map(({ id }) => id.length)) + 2;
  const isNarrow = columns < NARROW_COLUMNS;
  const lines = causes.flatMap(({ id, title, severity }) => {
    const words = clean(severity === 'warning' ? `${title} (warns)` : title, style);
    if (isNarrow) return [color.bold(id), ...wrap(words, columns - 2, measure).map((line) => `  ${line}`)];
    const [first = '', ...rest] = wrap(words, columns - idColumns, measure);
    return [
      `${color.bold(id)}${' '.repeat(idColumns - id.length)}${first}`,
      ...rest.map((line) => ' '.repeat(idColumns) + line),
    ];
  });
  const closing = wrap(`${causes.length} causes. todo-k8s checks explain <id> tells more.`, columns, measure);
  return `${[...lines, '', ...closing].join('\n')}\n`;
}

function markdownCauses(causes: readonly ListedCause[]): string {
  const rows = causes.map(({ id, title, severity, topic }) =>
    ['', tableCell(markdownCode(id)), markdownText(title), severity, topic, ''].join(' | ').trim(),
  );
  return `${['| cause | what is wrong | severity | topic |', '|---|---|---|---|', ...rows].join('\n')}\n`;
}

/** Wide enough for a column of its own for the contract's section. */
const TABLE_COLUMNS = 100;
const SEVERITY_COLUMNS = 'warning'.length;

/** A table where its columns fit, else the contract's section below the title, else a few lines for each check. */
function textList(checks: readonly ListedCheck[], style: Style): string {
  const { columns, color, measure } = style;
  const idColumns = Math.max(0, ...checks.map(({ id }) => id.length));
  const room = columns - idColumns - SEVERITY_COLUMNS - 4;
  const lines = checks.flatMap((check) => {
    const { id, title, severity, contractSection } = check;
    if (columns < NARROW_COLUMNS)
      return [color.bold(id), ...stacked(check, columns - 2, style).map((line) => `  ${line}`)];
    const { judged } = check;
    const plainly = severity === 'error' ? color.red : color.yellow;
    const painted = judged ? paint(style, judged.status) : plainly;
    const word = judged?.status ?? severity;
    const head = `${color.bold(id)}${' '.repeat(idColumns - id.length)}  ${painted(word)}${' '.repeat(SEVERITY_COLUMNS - word.length)}  `;
    const margin = ' '.repeat(columns - room);
    const right = judged
      ? wrap(clean(judged.message, style), room, measure)
      : columns < TABLE_COLUMNS
        ? stacked({ title, contractSection }, room, style)
        : sideBySide(clean(title, style), clean(contractSection, style), room, style);
    return right.map((line, index) => (index === 0 ? head : margin) + line);
  });
  const closing = wrap(`${checks.length} checks. todo-k8s checks explain <id> tells more.`, columns, measure);
  return `${[...lines, '', ...closing].join('\n')}\n`;
}

function stacked(
  check: { title: string; contractSection: string; severity?: string; judged?: ListedCheck['judged'] },
  room: number,
  style: Style,
): string[] {
  const { color, measure, symbols } = style;
  if (check.judged)
    return wrap(clean(`${check.judged.status}: ${check.judged.message}`, style), room, measure);
  const below = [
    `contract: ${clean(check.contractSection, style)}`,
    ...(check.severity ? [check.severity] : []),
  ];
  return [
    ...wrap(clean(check.title, style), room, measure),
    ...wrapItems(below, symbols.separator, room, measure).map((line) => color.dim(line)),
  ];
}

function sideBySide(title: string, section: string, room: number, { color, measure }: Style): string[] {
  const titleColumns = Math.floor(room * 0.58);
  const left = wrap(title, titleColumns, measure);
  const right = wrap(section, room - titleColumns - 2, measure);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const part = right[index];
    if (part === undefined) return left[index] ?? '';
    return `${padEnd(left[index] ?? '', titleColumns, measure)}  ${color.dim(part)}`;
  });
}

function markdownList(checks: readonly ListedCheck[]): string {
  const isJudged = checks.some(({ judged }) => judged !== undefined);
  const rows = checks.map(({ id, title, severity, contractSection, judged }) => {
    const said = judged
      ? [judged.status, markdownText(judged.message)]
      : [severity, markdownText(contractSection)];
    return ['', tableCell(markdownCode(id)), markdownText(title), ...said, ''].join(' | ').trim();
  });
  if (isJudged)
    return `${['| check | what must hold | status | what was seen |', '|---|---|---|---|', ...rows].join('\n')}\n`;
  return `${['| check | what must hold | severity | contract |', '|---|---|---|---|', ...rows].join('\n')}\n`;
}
