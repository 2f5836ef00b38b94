/** Several releases: a table with a line for each, worst first; and for scripts what does not pass, a line for each. */
import { count } from '../count.js';
import { byText } from '../text-order.js';
import type { Report } from '../engine/report.js';
import { diagnosisStatus, duration, verdictOf } from './digest.js';
import { clean } from './rows.js';
import { paint, type Style } from './style.js';
import { padEnd, padStart, wrap } from './wrap.js';

/** Worst first: as the exit codes rank. */
const ORDER = ['fail', 'unknown', 'warn', 'pass'];
/** The first problem is cut on a terminal, but not below this many columns. */
const LEAST_PROBLEM = 20;
const GAP = '  ';

/** `fail config/database-url`: each check that does not pass and no cause explains, and each cause; a line each. */
export function renderNames(report: Report): string {
  return lines(notPassing(report));
}

/** The same for several releases: `fail config/database-url todo/todo-chatbot`. */
export function renderNamesOf(reports: readonly Report[]): string {
  const hasContexts = new Set(reports.map(({ target }) => target.context)).size > 1;
  return lines(
    reports.flatMap((report) => {
      const { context, namespace, release } = report.target;
      const place = `${hasContexts ? `${context}/` : ''}${namespace}/${release ?? '-'}`;
      return notPassing(report).map((line) => `${line} ${place}`);
    }),
  );
}

function notPassing({ checks, diagnoses, unexplained }: Report): string[] {
  const told = checks.filter(
    ({ id, status }) =>
      !['pass', 'skip'].includes(status) && (unexplained === undefined || unexplained.includes(id)),
  );
  const causes = (diagnoses ?? []).map((each) => `${diagnosisStatus(each)} ${each.cause}`);
  return [...new Set([...causes, ...told.map(({ id, status }) => `${status} ${id}`)])];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

/** Of which releases a table tells. */
export interface Scope {
  /** Releases that there are, in all shards. */
  found: number;
  shard?: { index: number; of: number } | undefined;
}

/** One release in the table: a report, or what is left of one that was published. */
export interface Row {
  context: string;
  namespace: string;
  release: string;
  status: Verdict;
  /** Checks that pass, and those that were asked for. */
  passed: number;
  asked: number;
  failed: number;
  problem: string;
  durationMs: number;
  /** How long ago it was seen, where that is not now. */
  age?: string;
  /** What to type next; undefined: nothing. */
  next: string | undefined;
}

type Verdict = ReturnType<typeof verdictOf>['status'];

export function rowOf(report: Report): Row {
  const { target, summary, checks, durationMs, next } = report;
  return {
    context: target.context,
    namespace: target.namespace,
    release: target.release ?? '-',
    status: verdictOf(report).status,
    passed: summary.pass,
    asked: checks.length - summary.skip,
    failed: summary.fail,
    problem: firstProblem(report),
    durationMs,
    next: next ?? undefined,
  };
}

/** What is told around the rows. */
export interface Around {
  scope: Scope;
  /** Whether the first problem is cut at the terminal's edge; in a pipe each line is whole. */
  isCut: boolean;
  /** A line at the end, in place of the one that says where the details are. */
  details?: string;
}

/** CONTEXT (where there are several) NAMESPACE RELEASE STATUS PASSED FAILED FIRST PROBLEM, and the verdict of all. */
export function renderReleases(rows: readonly Row[], style: Style, around: Around): string {
  const { color, measure, columns } = style;
  const { scope, isCut, details = 'Details: -o wide shows the report of each' } = around;
  const sorted = worstFirst(rows);
  const hasContexts = new Set(rows.map(({ context }) => context)).size > 1;
  const lead = hasContexts ? ['CONTEXT'] : [];
  const hasAges = rows.some(({ age }) => age !== undefined);
  const shown = sorted.map((row) => ({
    row,
    cells: [
      ...(hasContexts ? [clean(row.context, style)] : []),
      clean(row.namespace, style),
      clean(row.release, style),
      row.status,
      ...(hasAges ? [row.age ?? '-'] : []),
      `${row.passed}/${row.asked}`,
      String(row.failed),
    ],
    problem: clean(row.problem, style),
  }));
  const head = [...lead, 'NAMESPACE', 'RELEASE', 'STATUS', ...(hasAges ? ['AGE'] : []), 'PASSED', 'FAILED'];
  const statusAt = lead.length + 2;
  const wide = head.map((title, index) =>
    Math.max(measure(title), ...shown.map(({ cells }) => measure(cells[index] ?? ''))),
  );
  const line = (cells: readonly string[], painted: (text: string, index: number) => string) =>
    cells
      .map((cell, index) => {
        const pad = index > statusAt ? padStart : padEnd;
        return painted(pad(cell, wide[index] ?? 0, measure), index);
      })
      .join(GAP);
  const used = wide.reduce((sum, size) => sum + size + GAP.length, 0);
  const room = isCut ? Math.max(LEAST_PROBLEM, columns - used) : Infinity;
  const body = shown.map(({ row, cells, problem }) => {
    const painted = paint(style, row.status);
    const told = cut(problem, room, style);
    return `${line(cells, (text, index) => (index === statusAt ? painted(text) : text))}${GAP}${told}`.trimEnd();
  });
  const title = color.bold(`${line(head, (text) => text)}${GAP}FIRST PROBLEM`);
  const end = verdict(sorted, style, scope).map((text) =>
    isCut ? wrap(text, columns, measure).join('\n') : text,
  );
  const next = sorted[0]?.next;
  const more = [
    ...(next === undefined ? [] : [`Next: ${color.bold(clean(next, style))}`]),
    ...(rows.length === 0 ? [] : [color.dim(details)]),
  ];
  const table = rows.length === 0 ? [] : [title, ...body, ''];
  return `${[...table, ...end, ...more].join('\n')}\n`;
}

/** The verdict of all, alone. */
export function renderReleasesVerdict(rows: readonly Row[], style: Style, scope: Scope): string {
  return `${verdict(worstFirst(rows), style, scope).join('\n')}\n`;
}

export function worstFirst<R extends Row>(rows: readonly R[]): R[] {
  const contexts = [...new Set(rows.map(({ context }) => context))];
  return [...rows].sort(
    (a, b) =>
      ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
      b.failed - a.failed ||
      contexts.indexOf(a.context) - contexts.indexOf(b.context) ||
      byText(a.namespace, b.namespace) ||
      byText(a.release, b.release),
  );
}

/** The cause, else the first check that fails, else the first that is not known. */
function firstProblem({ checks, diagnoses = [], unexplained }: Report): string {
  const [cause] = diagnoses;
  if (cause !== undefined) return `${cause.cause}: ${cause.headline}`;
  const open = checks.filter(({ id }) => unexplained === undefined || unexplained.includes(id));
  const first = ['fail', 'unknown', 'warn'].flatMap(
    (status) => open.find((each) => each.status === status) ?? [],
  );
  return first[0] === undefined ? '' : `${first[0].id}: ${first[0].message}`;
}

/** `✖ 1 of 3 releases does not pass · shard 0/4 of 12 releases · 1.2 s`. */
function verdict(sorted: readonly Row[], style: Style, { found, shard }: Scope): string[] {
  const { symbols, color } = style;
  const bad = sorted.filter(({ status }) => !['pass', 'warn'].includes(status)).length;
  const status = sorted[0]?.status ?? (shard === undefined ? 'unknown' : 'pass');
  const all = count(sorted.length, 'release');
  const words =
    bad === 0
      ? `${all} pass${sorted.length === 1 ? 'es' : ''}`
      : `${bad} of ${all} do${bad === 1 ? 'es' : ''} not pass`;
  const contexts = new Set(sorted.map(({ context }) => context)).size;
  const took = Math.max(0, ...sorted.map(({ durationMs }) => durationMs));
  const parts = [
    `${symbols[status]} ${sorted.length === 0 ? 'no release' : words}`,
    ...(shard === undefined ? [] : [`shard ${shard.index}/${shard.of} of ${count(found, 'release')}`]),
    ...(contexts > 1 ? [count(contexts, 'cluster')] : []),
    ...(took === 0 ? [] : [duration(took)]),
  ];
  return [color.bold(paint(style, status)(parts.join(` ${symbols.separator} `)))];
}

function cut(text: string, room: number, { measure, unicode }: Style): string {
  if (measure(text) <= room) return text;
  const mark = unicode ? '…' : '...';
  let kept = '';
  for (const character of text) {
    if (measure(kept + character) > room - measure(mark)) break;
    kept += character;
  }
  return `${kept.trimEnd()}${mark}`;
}

/** `fail todo/todo-chatbot`: each release that does not pass, a line each. */
export function renderRowNames(rows: readonly Row[]): string {
  const hasContexts = new Set(rows.map(({ context }) => context)).size > 1;
  return lines(
    worstFirst(rows)
      .filter(({ status }) => status !== 'pass')
      .map((row) => `${row.status} ${hasContexts ? `${row.context}/` : ''}${row.namespace}/${row.release}`),
  );
}
