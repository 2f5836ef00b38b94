/** Several releases: a table with a line for each, worst first; and for scripts what does not pass, a line for each. */
import { count } from '../count.js';
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
  return lines(
    reports.flatMap((report) => {
      const { namespace, release } = report.target;
      return notPassing(report).map((line) => `${line} ${namespace}/${release ?? '-'}`);
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

/**
 * NAMESPACE RELEASE STATUS PASSED FAILED FIRST PROBLEM, and the verdict of all.
 * @param isCut whether the first problem is cut at the terminal's edge; in a pipe each line is whole
 */
export function renderReleases(reports: readonly Report[], style: Style, isCut: boolean): string {
  const { color, measure, columns } = style;
  const sorted = worstFirst(reports);
  const rows = sorted.map((report) => {
    const { fail, skip } = report.summary;
    return {
      report,
      cells: [
        clean(report.target.namespace, style),
        clean(report.target.release ?? '-', style),
        verdictOf(report).status,
        `${report.summary.pass}/${report.checks.length - skip}`,
        String(fail),
      ],
      problem: clean(firstProblem(report), style),
    };
  });
  const head = ['NAMESPACE', 'RELEASE', 'STATUS', 'PASSED', 'FAILED'];
  const wide = head.map((title, index) =>
    Math.max(measure(title), ...rows.map(({ cells }) => measure(cells[index] ?? ''))),
  );
  const isNumber = (index: number) => index > 2;
  const line = (cells: readonly string[], painted: (text: string, index: number) => string) =>
    cells
      .map((cell, index) => {
        const pad = isNumber(index) ? padStart : padEnd;
        return painted(pad(cell, wide[index] ?? 0, measure), index);
      })
      .join(GAP);
  const used = wide.reduce((sum, size) => sum + size + GAP.length, 0);
  const room = isCut ? Math.max(LEAST_PROBLEM, columns - used) : Infinity;
  const body = rows.map(({ report, cells, problem }) => {
    const painted = paint(style, verdictOf(report).status);
    const told = cut(problem, room, style);
    return `${line(cells, (text, index) => (index === 2 ? painted(text) : text))}${GAP}${told}`.trimEnd();
  });
  const title = color.bold(`${line(head, (text) => text)}${GAP}FIRST PROBLEM`);
  const end = verdict(sorted, style).map((text) => (isCut ? wrap(text, columns, measure).join('\n') : text));
  const next = sorted[0]?.next;
  const more = [
    ...(next === undefined || next === null ? [] : [`Next: ${color.bold(clean(next, style))}`]),
    color.dim('Details: -o wide shows the report of each'),
  ];
  return `${[title, ...body, '', ...end, ...more].join('\n')}\n`;
}

/** The verdict of all, alone. */
export function renderReleasesVerdict(reports: readonly Report[], style: Style): string {
  return `${verdict(worstFirst(reports), style).join('\n')}\n`;
}

function worstFirst(reports: readonly Report[]): Report[] {
  return [...reports].sort((a, b) => rank(a) - rank(b) || b.summary.fail - a.summary.fail);
}

function rank(report: Report): number {
  return ORDER.indexOf(verdictOf(report).status);
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

/** `✖ 1 of 3 releases does not pass · 1.2 s · exit 1`. */
function verdict(sorted: readonly Report[], style: Style): string[] {
  const { symbols, color } = style;
  const bad = sorted.filter((report) => !['pass', 'warn'].includes(verdictOf(report).status)).length;
  const status = sorted[0] === undefined ? 'unknown' : verdictOf(sorted[0]).status;
  const all = count(sorted.length, 'release');
  const words =
    bad === 0
      ? `${all} pass${sorted.length === 1 ? 'es' : ''}`
      : `${bad} of ${all} do${bad === 1 ? 'es' : ''} not pass`;
  const took = duration(Math.max(0, ...sorted.map(({ durationMs }) => durationMs)));
  const text = `${symbols[status]} ${words} ${symbols.separator} ${took}`;
  return [color.bold(paint(style, status)(text))];
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
