/** `diff` for people: what changed, area by area, worst first; and as JSON. */
import type { Area, Change, DiffResult, SideSummary } from '../diff/model.js';
import { AREAS } from '../diff/model.js';
import type { Status } from '../engine/report.js';
import { oneLine, safeJson, toAscii } from './escape.js';
import { paint, type Style } from './style.js';
import { wrap } from './wrap.js';

const TITLES: Record<Area, string> = {
  checks: 'what verify says',
  contract: 'what is expected (contract)',
  release: 'release and cluster',
  deployment: 'Deployment',
  service: 'Service',
  config: 'ConfigMap',
  secret: 'Secret (values are never compared)',
  network: 'NetworkPolicies',
  nodes: 'nodes',
  pods: 'pods',
  http: 'answers over HTTP',
  events: 'events since then',
};

/** Ends with a line feed. */
export function renderDiff(result: DiffResult, style: Style): string {
  const { color, symbols } = style;
  const lines = [
    color.bold('todo-k8s diff'),
    ...side('from', result.a, style),
    ...side('to', result.b, style),
    ...result.notices.flatMap((notice) => hanging(`  ${symbols.warn} `, notice, style)),
    '',
    ...AREAS.flatMap((area) => section(area, result, style)),
    ...result.notCompared.flatMap(({ evidence, reason }) =>
      hanging(`${symbols.unknown} ${evidence} not compared: `, reason, style),
    ),
    ...(result.notCompared.length > 0 ? [''] : []),
    closing(result, style),
    '',
  ];
  const text = lines.join('\n');
  return style.unicode ? text : toAscii(text);
}

/** The result as one JSON document. */
export function renderDiffJson(result: DiffResult): string {
  return `${safeJson(JSON.stringify(result, null, 2))}\n`;
}

function side(label: string, summary: SideSummary, style: Style): string[] {
  const dot = ` ${style.symbols.separator} `;
  const { label: name, at, namespace, context, release } = summary;
  const where = [context, namespace, ...(release === null ? [] : [`release ${release}`])];
  const texts = [oneLine(name), at, ...where.map(oneLine), `verify: ${verdict(summary)}`];
  return hanging(`  ${label.padEnd(5)}`, texts.join(dot), style);
}

function verdict({ summary }: SideSummary): string {
  const words = { fail: 'failed', unknown: 'unknown', blocked: 'blocked', warn: 'warned', pass: 'passed' };
  const counts = Object.entries(words).map(([status, word]) => ({ count: summary[status as Status], word }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
    .join(', ');
}

/** Areas whose changes stand for themselves; those of the others are told object by object. */
const UNGROUPED: ReadonlySet<Area> = new Set(['checks', 'events', 'http', 'contract', 'release']);

function section(area: Area, { changes }: DiffResult, style: Style): string[] {
  const own = changes.filter((change) => change.area === area);
  if (own.length === 0) return [];
  const heading = style.color.bold(TITLES[area]);
  if (area === 'checks') return [heading, ...checkLines(own, style), ''];
  const lines: string[] = [];
  let object = '';
  for (const change of own) {
    // An object that several fields of changed is named once.
    const isGrouped = change.field !== '' && !UNGROUPED.has(area);
    if (isGrouped && change.object !== object) lines.push(`  ${oneLine(change.object)}`);
    object = change.object;
    lines.push(...changeLines(area, change, isGrouped ? '    ' : '  ', style));
  }
  return [heading, ...lines, ''];
}

function checkLines(changes: readonly Change[], style: Style): string[] {
  const { color, symbols } = style;
  // What only waits for another check says nothing of its own.
  const blocked = changes.filter(({ after }) => after?.startsWith('blocked') === true);
  const others = changes.filter((change) => !blocked.includes(change));
  const lines = others.flatMap(({ object, before, after }) => {
    const status = (after?.split(':', 1)[0] ?? 'unknown') as Status;
    const was = before?.split(':', 1)[0] ?? '';
    const text = `${object}: ${was} ${arrow(style)} ${after ?? ''}`;
    return hanging(`  ${paint(style, status)(symbols[status])} `, text, style, 4);
  });
  if (blocked.length === 0) return lines;
  const names = blocked.map(({ object }) => object).join(', ');
  return [...lines, ...hanging(`  ${color.dim(symbols.blocked)} `, `blocked by these: ${names}`, style, 4)];
}

function changeLines(area: Area, change: Change, indent: string, style: Style): string[] {
  const { color } = style;
  const { object, field, before, after, contract } = change;
  const demand = contract === null ? '' : ` (contract: ${contract})`;
  const subject = area === 'events' ? `${field}, ${object}` : field === '' ? object : field;
  const said = (value: string) => (subject === '' ? value : `${subject}: ${value}`);
  const put = (mark: string, text: string) =>
    hanging(`${indent}${mark} `, `${text}${demand}`, style, indent.length + 2);
  if (before === null) return put(color.green('+'), said(after ?? ''));
  if (after === null) return put(color.red('-'), said(before));
  return put(color.yellow('~'), said(`${before} ${arrow(style)} ${after}`));
}

function arrow({ unicode }: Style): string {
  return unicode ? '→' : '->';
}

/** A text behind a label, its further lines below its beginning. */
function hanging(label: string, text: string, { columns, measure }: Style, width = label.length): string[] {
  return wrap(oneLine(text), columns - width, measure).map((part, index) =>
    index === 0 ? `${label}${part}` : `${' '.repeat(width)}${part}`,
  );
}

function closing({ changes, notCompared, exitCode }: DiffResult, { color, symbols }: Style): string {
  const count = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
  if (exitCode === 1) return `${color.yellow(symbols.warn)} ${count}   exit 1`;
  if (exitCode === 0) return `${color.green(symbols.pass)} nothing changed that matters   exit 0`;
  return `${color.magenta(symbols.unknown)} nothing that could be compared changed; ${notCompared.length} kinds of evidence could not   exit 3`;
}
