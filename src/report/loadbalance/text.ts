/** A load run for a terminal: the table, how it went over time, what that means, and the next command. */
import type { CheckResult, Report } from '../../engine/report.js';
import { duration, objectName, replayParts, targetParts } from '../digest.js';
import { toAscii } from '../escape.js';
import { clean, indented, NARROW_COLUMNS, Rows, unpainted } from '../rows.js';
import { paint, type Style } from '../style.js';
import { fill, padEnd, padStart, wrap, wrapItems } from '../wrap.js';
import { certainty, checkLine, modelOf, percent, timeOf, type LoadModel } from './model.js';

/** Widest bar. */
const BAR_COLUMNS = 24;
const SPARKS = '▁▂▃▄▅▆▇█';

export function renderLoadText(report: Report, style: Style): string {
  const model = modelOf(report);
  const blocks = [
    header(report, model, style),
    model.load.completed === 0 ? [] : table(model, style),
    model.load.completed === 0 ? [] : strips(model, style),
    notes(model, style),
    report.checks.flatMap((check) => checkLines(check, report, style)),
    footer(report, model, style),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function header(report: Report, { load }: LoadModel, style: Style): string[] {
  const { color, columns, measure, symbols } = style;
  const name = clean(`${report.tool.name} ${report.command}`, style);
  const parts = [...targetParts(report), `GET ${load.url}`].map((part) => clean(part, style));
  const indent = columns < NARROW_COLUMNS ? 2 : measure(name) + 3;
  const [first = '', ...rest] = wrapItems(parts, symbols.separator, columns - indent, measure);
  const lines =
    columns < NARROW_COLUMNS
      ? [color.bold(name), ...indented([first, ...rest], indent, unpainted)]
      : [`${color.bold(name)}   ${first}`, ...indented(rest, indent, unpainted)];
  const set = (report.defaults ?? []).map((part) => clean(part, style));
  lines.push(...indented(wrapItems(set, symbols.separator, columns - indent, measure), indent, color.dim));
  const replay = replayParts(report).map((part) => clean(part, style));
  lines.push(
    ...indented(wrapItems(replay, symbols.separator, columns - indent, measure), indent, color.yellow),
  );
  const way = [load.hops.join(' → '), `a new connection for each request`, ...pace(load)];
  const items = way.filter((item) => item !== '').map((item) => clean(item, style));
  lines.push(...wrapItems(items, symbols.separator, columns, measure).map((line) => color.dim(line)));
  for (const notice of report.notices) {
    lines.push(...wrap(clean(`Note: ${notice}`, style), columns, measure).map((line) => color.yellow(line)));
  }
  return lines;
}

function pace({ concurrency, ratePerSecond, completed, requestsPerSecond }: LoadModel['load']): string[] {
  return [
    `${concurrency} at a time`,
    ...(ratePerSecond === null ? [] : [`${ratePerSecond} a second wanted`]),
    ...(completed >= 100 ? [`${requestsPerSecond} a second`] : []),
  ];
}

/** Longest name of a row; the end of a pod's name tells it apart, the beginning of other words. */
const NAME_COLUMNS = 28;
const NARROW_NAME_COLUMNS = 12;

function table(model: LoadModel, style: Style): string[] {
  const { load, pods, others } = model;
  const { color, columns, measure, unicode } = style;
  const ascii = (text: string) => clean(text, style);
  const most = columns < NARROW_COLUMNS ? NARROW_NAME_COLUMNS : NAME_COLUMNS;
  const names = [
    ...pods.map((row) => `${row.letter} ${row.short.slice(-(most - 2))}`),
    ...others.map(({ what }) => what),
  ].map(ascii);
  const nameColumns = Math.max(4, ...names.map(measure).filter((wide) => wide <= most));
  const { heads, cells, widths } = figures(
    model,
    columns - nameColumns - 8 - (columns < NARROW_COLUMNS ? 0 : LEAST_BAR),
    style,
  );
  const fixed = nameColumns + 2 + 6 + widths.reduce((sum, width) => sum + 2 + width, 0);
  const bar = Math.max(0, Math.min(BAR_COLUMNS, columns - fixed - 2));
  const shares = [...pods, ...others].map(({ share }) => share);
  const whole = Math.max(0.01, load.expectedShare ?? 0, ...shares);
  const bars = (share: number) => (bar < 4 ? '' : barOf((share / whole) * bar, bar, unicode));
  const gap = bar < 4 ? '' : '  ';
  const right = (row: readonly string[]) =>
    row.map((cell, index) => `  ${padStart(cell, widths[index] ?? 0, measure)}`).join('');

  const lines = [
    color.dim(
      `${padEnd('pod', nameColumns, measure)}  ${padEnd('share', bar + gap.length + 6, measure)}${right(heads)}`,
    ),
  ];
  [...pods, ...others].forEach(({ share }, index) => {
    const row = pods[index];
    const isLow = row !== undefined && (row.requests === 0 || row.errors > 0);
    const painted = row === undefined ? color.yellow : isLow ? color.red : color.green;
    const name = names[index] ?? '';
    const isLong = measure(name) > nameColumns;
    // A name that has no room beside its figures stands above them.
    if (isLong) lines.push(...wrap(name, columns, measure));
    const line = `${padEnd(isLong ? '' : name, nameColumns, measure)}  ${painted(bars(share))}${gap}${padStart(percent(share), 6, measure)}`;
    lines.push(`${line}${right(cells[index] ?? [])}`.trimEnd());
    if (row !== undefined && row.remark !== '') lines.push(color.yellow(`  ${ascii(row.remark)}`));
  });
  if (load.expectedShare !== null) {
    const at = Math.min(bar - 1, Math.max(0, Math.round((load.expectedShare / whole) * bar) - 1));
    const marker = bar < 4 ? '' : `${' '.repeat(at)}${unicode ? '┆' : '|'}${' '.repeat(bar - at - 1)}`;
    lines.push(
      color.dim(
        `${padEnd('even', nameColumns, measure)}  ${marker}${gap}${padStart(percent(load.expectedShare), 6, measure)}`,
      ),
    );
  }
  return lines;
}

/** Least columns of a bar that says something, with the gap behind it. */
const LEAST_BAR = 10;
/** What gives way first where there is no room. */
const GIVE_WAY = ['p90', 'p99', 'p50', 'kept open', 'max'];

/** The columns of numbers; some give way where there is no room for all. */
function figures(
  { pods, others, times, counts }: LoadModel,
  room: number,
  { measure }: Style,
): { heads: string[]; cells: string[][]; widths: number[] } {
  const heads = [...counts, ...times, 'errors'];
  const rows = [
    ...pods.map((row) => [...row.counts, ...row.times, String(row.errors)]),
    ...others.map((row) => [...row.counts, ...times.map(() => ''), '']),
  ];
  const widths = heads.map((head, index) =>
    Math.max(head.length, ...rows.map((row) => measure(row[index] ?? ''))),
  );
  let shown = heads.map((_head, index) => index);
  const used = () => shown.reduce((sum, index) => sum + 2 + (widths[index] ?? 0), 0);
  for (const name of GIVE_WAY) if (used() > room) shown = shown.filter((index) => heads[index] !== name);
  const pick = <T>(values: readonly T[]) => values.filter((_value, index) => shown.includes(index));
  return { heads: pick(heads), cells: rows.map(pick), widths: pick(widths) };
}

/** A bar in eighths of a column. */
function barOf(length: number, columns: number, unicode: boolean): string {
  const whole = Math.floor(length);
  const eighths = unicode ? ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][Math.floor((length - whole) * 8)] : '';
  return `${(unicode ? '█' : '#').repeat(whole)}${eighths ?? ''}`.padEnd(columns);
}

/** Order, latencies, connecting, statuses: side by side where they fit. */
function strips({ load, pods }: LoadModel, style: Style): string[] {
  const { columns, measure, unicode, color } = style;
  const letters = new Map(pods.map(({ pod, letter }) => [pod, letter]));
  const room = Math.max(10, columns - 7);
  const ends = unicode ? '…' : '...';
  const order = load.order.map((pod) => (pod === null ? '?' : (letters.get(pod) ?? '?'))).join(' ');
  const items: { label: string; value: string }[] = [];
  if (pods.length > 1 && order !== '') {
    // Each letter with its space takes two columns.
    const fitting = order.slice(0, 2 * Math.floor((room - ends.length) / 2));
    items.push({ label: 'order', value: order.length > room ? fitting + ends : order });
  }
  const { latency, connect, firstByte } = load;
  if (latency !== null) {
    const peak = Math.max(1, ...load.histogram.map(({ count }) => count));
    const sparks = unicode
      ? load.histogram
          .map(({ count }) => (count === 0 ? ' ' : SPARKS[Math.ceil((count / peak) * 8) - 1]))
          .join('')
      : '';
    items.push({
      label: 'latency',
      value: `${sparks}  ${timeOf(latency.min)} – ${timeOf(latency.max)}`.trim(),
    });
  }
  if (connect !== null)
    items.push({ label: 'connect', value: `p50 ${timeOf(connect.p50)}, max ${timeOf(connect.max)}` });
  if (firstByte !== null) {
    items.push({ label: 'first byte', value: `p50 ${timeOf(firstByte.p50)}, max ${timeOf(firstByte.max)}` });
  }
  const statuses = [
    ...load.statuses.map(({ status, requests }) => `${status} ×${requests}`),
    ...load.problems
      .filter(({ what }) => !what.startsWith('HTTP '))
      .map(({ what, requests }) => `${what} ×${requests}`),
  ];
  items.push({ label: 'status', value: statuses.join(', ') });
  // Not `clean`, which would close the gaps: nothing in here is the cluster's own text.
  const ascii = (text: string) => (unicode ? text : toAscii(text));
  const texts = items.map(({ label, value }) => ({ label, text: ascii(`${label}  ${value}`) }));
  return fill(texts, GAP.length, columns, measure).flatMap((line) => {
    const [first] = line;
    if (line.length === 1 && first && measure(first.text) > columns)
      return wrap(first.text, columns, measure);
    return [line.map(({ label, text }) => `${color.dim(label)}${text.slice(label.length)}`).join(GAP)];
  });
}

function notes({ notes: all }: LoadModel, style: Style): string[] {
  return all.flatMap((note) => {
    const lines = wrap(clean(note, style), style.columns - 2, style.measure);
    return indented(lines, 2, style.color.yellow).map((line, index) =>
      index === 0 ? `${style.color.yellow(style.symbols.bullet)}${line.slice(1)}` : line,
    );
  });
}

/** Columns of what a check says, before the fact. */
const TEXT_COLUMNS = 34;

function checkLines(check: CheckResult, report: Report, style: Style): string[] {
  const { columns, measure, symbols, color } = style;
  const { text, fact } = checkLine(check);
  const painted = paint(style, check.status);
  const head = `${painted(symbols[check.status])} `;
  const label = clean(text, style);
  const said = clean(fact, style);
  const joined = `${padEnd(label, TEXT_COLUMNS, measure)}  ${said}`.trimEnd();
  const lines =
    2 + measure(joined) <= columns
      ? [head + (fact === '' ? color.bold(joined) : joined)]
      : [`${head}${label}`, ...indented(wrap(said, columns - 4, measure), 4, unpainted)];
  const rows = new Rows(style, 4);
  for (const { message, data, object } of check.findings) {
    const place = object ? [objectName(object, report.target.namespace)] : [];
    const expected = data.expected === undefined ? [] : [`expected ${String(data.expected)}`];
    rows.bullet(message, [...expected, ...place]);
  }
  if (check.status === 'fail' || check.status === 'unknown') rows.fix(check.fix);
  const odds = check.id.endsWith('/even-spread') && report.load ? certainty(report.load) : undefined;
  if (odds !== undefined) {
    lines.push(...indented(wrap(clean(odds, style), columns - 2, measure), 2, color.dim));
  }
  return [...lines, ...rows.lines];
}

/** Between things that share a line. */
const GAP = ' '.repeat(6);

function footer(report: Report, { verdict }: LoadModel, style: Style): string[] {
  const { color, symbols, columns, measure } = style;
  const words = `${symbols[verdict.status]} ${verdict.words}`;
  const rest = [duration(report.durationMs), ...(report.exitCode === 0 ? [] : [`exit ${report.exitCode}`])];
  const fitting = wrapItems([words, ...rest], symbols.separator, columns, measure);
  const lines = fitting.map((line) => line.replace(words, color.bold(paint(style, verdict.status)(words))));
  if (report.next === null) return lines;
  const label = report.exitCode === 0 ? 'more certainty:' : 'Next:';
  const next = `${label} ${color.bold(clean(report.next, style))}`;
  const [only = ''] = fitting;
  const fitsBeside =
    fitting.length === 1 && measure(only) + GAP.length + measure(`${label} ${report.next}`) <= columns;
  return report.exitCode === 0 && fitsBeside ? [`${lines.join('')}${GAP}${next}`] : [...lines, next];
}
