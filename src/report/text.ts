/** The report for a terminal: verdict and next step in the last lines, details above them. */
import { SYMPTOMS } from '../engine/build-report.js';
import type { CheckResult, Report } from '../engine/report.js';
import {
  countPhrases,
  digest,
  duration,
  exitPhrase,
  GRAVITY,
  PERMISSIONS,
  replayParts,
  servingParts,
  targetParts,
  type SuiteDigest,
} from './digest.js';
import { brief, problem } from './problem.js';
import { clean, indented, NARROW_COLUMNS, shortened, unpainted } from './rows.js';
import { headLine, stanza, type StanzaContext } from './stanza.js';
import { paint, type Style } from './style.js';
import { fill, padStart, wrapItems } from './wrap.js';

/** The checks whose facts say most about their suite, for its one line; the other facts follow where there is room. */
const HEADLINES: readonly string[] = [
  'cluster/reachable',
  'cluster/nodes-ready',
  'deployment/rollout-complete',
  'deployment/image',
  'pods/ready',
  'pods/restarts',
  'service/ports',
  'service/selector-matches',
  'service/type',
  'config/database-url',
  'config/auth-secret-length',
  'functional/health',
  'functional/auth-required',
  'network/database-egress',
  'network/service-dns',
  'network/policies',
  'load-balancing/endpoints',
  'load-balancing/distribution',
];
/** More facts than this are noise. */
const FACTS_SHOWN = 3;
/** Problems that are told whole; the others have a line each. */
const PROBLEMS_SHOWN = 3;
/** Lines of a note; -o wide has it whole. */
const NOTE_LINES = 3;

/** Details of what is wrong, a line for each suite. */
export function renderText(report: Report, style: Style): string {
  return render(report, style, false);
}

/** Every check with its fact. */
export function renderWide(report: Report, style: Style): string {
  return render(report, style, true);
}

function render(report: Report, style: Style, wide: boolean): string {
  const context: StanzaContext = { report, digest: digest(report), style, all: wide };
  const blocks = [
    header(report, style, wide),
    servingLine(report, style),
    suiteBlock(context, wide),
    ...(wide ? [] : problemBlocks(context)),
    footer(context, wide),
  ].filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Is it up? Before anything else. */
export function servingLine(report: Report, style: Style): string[] {
  const serving = servingParts(report);
  if (!serving) return [];
  const { columns, measure, symbols, color } = style;
  const [first = '', ...rest] = wrapItems(
    // Why it is not known is told by the check that says so.
    serving.parts
      .filter(
        (part) => serving.status !== 'unknown' || !report.checks.some(({ message }) => message === part),
      )
      .map((part) => clean(part, style)),
    symbols.separator,
    columns - 2,
    measure,
  );
  const painted = (text: string) => color.bold(paint(style, serving.status)(text));
  return [painted(`${symbols[serving.status]} ${first}`), ...indented(rest, 2, painted)];
}

/** What does not pass, each told once: those that follow from another one stand below it. */
function problemBlocks(context: StanzaContext): string[][] {
  const { told, whole } = problems(context);
  return [
    ...whole.map((result) => problem(result, context, whole.length === 1)),
    told.filter((result) => !whole.includes(result)).flatMap((result) => brief(result, context)),
  ];
}

/** The results that are told, and which of them whole. */
function problems({ report: { checks }, digest: { foldedInto } }: StanzaContext): {
  told: CheckResult[];
  whole: CheckResult[];
} {
  const told = checks.filter(({ id, status }) => !['pass', 'skip'].includes(status) && !foldedInto.has(id));
  const roots = told.filter(({ id, status }) => status === 'fail' && !SYMPTOMS.has(id));
  const failed = told.filter(({ status }) => status === 'fail');
  // What is told whole: what is wrong, or else what shows it, or else what is not known.
  const denied = told.filter(({ id }) => id === PERMISSIONS);
  const first = [roots, failed, denied].find((some) => some.length > 0) ?? told;
  return { told, whole: first.slice(0, PROBLEMS_SHOWN) };
}

/** Which program looked at what. */
export function header(report: Report, style: Style, wide: boolean): string[] {
  const { color, columns, measure, symbols } = style;
  const name = clean(`${report.tool.name} ${report.command}`, style);
  const parts = [...targetParts(report), ...routeParts(report, wide)].map((part) => clean(part, style));
  const indent = columns < NARROW_COLUMNS ? 2 : measure(name) + 3;
  const [first = '', ...rest] = wrapItems(parts, symbols.separator, columns - indent, measure);
  const lines =
    columns < NARROW_COLUMNS
      ? [color.bold(name), ...indented([first, ...rest], indent, unpainted)]
      : [`${color.bold(name)}   ${first}`.trimEnd(), ...indented(rest, indent, unpainted)];
  const set = (report.defaults ?? []).map((part) => clean(part, style));
  lines.push(...indented(wrapItems(set, symbols.separator, columns - indent, measure), indent, color.dim));
  const replay = replayParts(report).map((part) => clean(part, style));
  lines.push(
    ...indented(wrapItems(replay, symbols.separator, columns - indent, measure), indent, color.yellow),
  );
  for (const notice of report.notices) {
    const most = wide ? Infinity : NOTE_LINES;
    const wrapped = shortened(clean(`Note: ${notice}`, style), columns - indent, most, style);
    lines.push(...indented(wrapped, indent, color.yellow));
  }
  return lines;
}

/** How the backend was asked; what that proves, where it is less than everything. */
function routeParts({ target: { route }, checks }: Report, wide: boolean): string[] {
  if (!route || (!wide && route.via === 'none')) return [];
  const isProven = checks.some(({ id, status }) => id === 'functional/node-port' && status === 'pass');
  const parts = [`HTTP by ${route.via}`, route.url, ...(wide || !isProven ? [`proves ${route.proves}`] : [])];
  return parts.filter((part) => part !== '');
}

function suiteBlock(context: StanzaContext, wide: boolean): string[] {
  const { suites } = context.digest;
  // Beside what is wrong, facts of what is well are noise.
  if (!wide && suites.some(({ status }) => status !== 'pass' && status !== 'skip'))
    return suitesByStatus(suites, context.style);
  const sizes = {
    name: Math.max(0, ...suites.map(({ name }) => name.length)),
    count: Math.max(0, ...suites.map((suite) => count(suite).length)),
    time: Math.max(0, ...suites.map((suite) => duration(suite.durationMs).length)),
  };
  const lines: string[] = [];
  for (const [index, suite] of suites.entries()) {
    // After details, so that the next suite stands out.
    if (wide && index > 0) lines.push('');
    lines.push(...suiteLines(suite, sizes, context, wide));
    if (wide) lines.push(...suite.results.flatMap((result) => resultLines(result, suite, context)));
  }
  return lines;
}

/** Those of one status on a line, gravest first. */
function suitesByStatus(suites: readonly SuiteDigest[], style: Style): string[] {
  const { columns, measure, symbols } = style;
  return GRAVITY.flatMap((status) => {
    const items = suites
      .filter((suite) => suite.status === status)
      .map(
        (suite) => `${suite.name} ${count(suite)}${suite.skipped > 0 ? ` (${suite.skipped} skipped)` : ''}`,
      );
    const lines = wrapItems(items, symbols.separator, columns - 2, measure);
    return lines.map((line, index) => `${index === 0 ? paint(style, status)(symbols[status]) : ' '} ${line}`);
  });
}

function resultLines(result: CheckResult, suite: SuiteDigest, context: StanzaContext): string[] {
  const { status, id } = result;
  const idColumns = Math.max(...suite.results.map((each) => each.id.length));
  const isTold =
    status === 'fail' || status === 'warn' || (status === 'unknown' && !context.digest.foldedInto.has(id));
  return isTold ? stanza(result, context, idColumns) : headLine(result, context.style, idColumns).lines;
}

function suiteLines(
  suite: SuiteDigest,
  sizes: { name: number; count: number; time: number },
  context: StanzaContext,
  wide: boolean,
): string[] {
  const { style } = context;
  const { measure, columns, color } = style;
  const painted = paint(style, suite.status);
  const symbol = painted(style.symbols[suite.status]);
  const name = suite.status === 'pass' ? suite.name : color.bold(suite.name);
  const gap = columns < NARROW_COLUMNS ? 1 : 2;
  const pad = ' '.repeat(gap);
  const cells = [
    `${symbol} ${name}${' '.repeat(sizes.name - suite.name.length)}`,
    padStart(count(suite), sizes.count, measure),
    color.dim(padStart(duration(suite.durationMs), sizes.time, measure)),
  ];
  const line = cells.join(pad);
  const used = 2 + sizes.name + gap + sizes.count + gap + sizes.time + gap + 1;
  const summary = wide
    ? []
    : summaryItems(suite, style, columns < NARROW_COLUMNS ? columns - 2 : columns - used);
  if (summary.length === 0) return [line];
  if (columns < NARROW_COLUMNS) return [line, ...indented(summary, 2, unpainted)];
  const [first = '', ...rest] = summary;
  return [`${line}${pad} ${first}`, ...indented(rest, used, unpainted)];
}

/** Passed of judged; nothing to count where all were skipped. */
function count({ passed, judged }: SuiteDigest): string {
  return judged === 0 ? '-' : `${passed}/${judged}`;
}

/** What a suite's line says behind the numbers, in lines of at most `room` columns. */
function summaryItems(suite: SuiteDigest, style: Style, room: number): string[] {
  const { separator } = style.symbols;
  const items: string[] = suite.status === 'pass' ? facts(suite, style, room) : [];
  if (suite.skipped > 0) items.push(`${suite.skipped} skipped`);
  return wrapItems(items, separator, room, style.measure);
}

/** The facts of a passing suite that fit on one line; at least one, which is wrapped where it must be. */
function facts(suite: SuiteDigest, style: Style, room: number): string[] {
  const rank = (id: string) => (HEADLINES.includes(id) ? HEADLINES.indexOf(id) : HEADLINES.length);
  const all = suite.results
    .filter(({ status }) => status === 'pass')
    .sort((a, b) => rank(a.id) - rank(b.id))
    .map(({ id, message }) => ({ headline: HEADLINES.includes(id), fact: clean(message, style) }))
    .filter(({ fact }) => fact !== '');
  const joint = style.measure(` ${style.symbols.separator} `);
  const chosen: string[] = [];
  let used = suite.skipped > 0 ? joint + `${suite.skipped} skipped`.length : 0;
  for (const { headline, fact } of all) {
    const gap = chosen.length > 0 ? joint : 0;
    // On a narrow terminal no other fact stands in for a headline that did not fit: lines are wrapped there anyway.
    if (style.columns < NARROW_COLUMNS && chosen.length === 0 && !headline && all[0]?.headline) break;
    const fitting = [fact, inShort(fact)].find((each) => used + gap + style.measure(each) <= room);
    if (chosen.length === FACTS_SHOWN || fitting === undefined) continue;
    chosen.push(fitting);
    used += gap + style.measure(fitting);
  }
  return chosen.length > 0 ? chosen : all.slice(0, 1).map(({ fact }) => inShort(fact));
}

/** Without what stands in parentheses at its end, which is for whoever has room for it. */
function inShort(fact: string): string {
  return fact.replace(/ \([^()]*\)$/, '');
}

function footer(context: StanzaContext, wide: boolean): string[] {
  const { report, style } = context;
  const { color, columns, measure, symbols } = style;
  const all = [
    ...countPhrases(report).map(({ status, text }) => ({
      isMinor: status === 'skip',
      text: `${symbols[status]} ${text}`,
      painted: (value: string) =>
        status === 'skip' ? color.dim(value) : color.bold(paint(style, status)(value)),
    })),
    { isMinor: false, text: duration(report.durationMs), painted: color.dim },
    { isMinor: false, text: exitPhrase(report), painted: color.bold },
  ];
  // What was skipped stands beside its suite: here it is not worth a line of its own.
  const major = all.filter(({ isMinor }) => !isMinor);
  const fits = (items: typeof all) => fill(items, 2, columns, measure).length === 1;
  const items = !fits(all) && fits(major) ? major : all;
  const roomy = fill(items, 3, columns, measure);
  // Two columns apart where that keeps it on one line.
  const [gap, filled] = roomy.length === 1 ? [3, roomy] : [2, fill(items, 2, columns, measure)];
  const lines = filled.map((line) => line.map(({ text, painted }) => painted(text)).join(' '.repeat(gap)));
  if (report.next === null) return lines;
  const next = clean(report.next, style);
  // Whole, however wide: it is there to be pasted. Only where it stands above it is not told in several lines again.
  const isAbove = !wide && measure(next) + 6 > columns && isShown(report.next, context);
  lines.push(isAbove ? 'Next: the command above, then verify again' : `Next: ${color.bold(next)}`);
  return lines;
}

/** Whether this is the one command of the problems that are told whole. */
function isShown(command: string, context: StanzaContext): boolean {
  const parts = problems(context).whole.flatMap(({ fix }) => fix);
  const commands = new Set(parts.flatMap((part) => (part.kind === 'text' ? [] : [part.command])));
  return commands.size === 1 && commands.has(command);
}
