/** Decides once, for one stream, how text looks there: colour, symbols, columns. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Status } from '../engine/report.js';
import { narrowMeasure, type Measure } from './width.js';

export interface Symbols extends Record<Status, string> {
  separator: string;
  bullet: string;
  /** What was left out. */
  ellipsis: string;
  /** From one step to the next. */
  arrow: string;
  spinner: readonly string[];
}

export interface Style {
  color: ChalkInstance;
  symbols: Symbols;
  /** False where only ASCII can be shown. */
  unicode: boolean;
  /** Widest line, in columns. */
  columns: number;
  measure: Measure;
}

/** What the decision is made from. */
export interface StyleInput {
  isTTY: boolean;
  /** Columns of the terminal, undefined where there is none. */
  columns: number | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** --color / --no-color; undefined: neither was given. */
  color?: boolean | undefined;
  /** --ascii. */
  ascii?: boolean | undefined;
}

const UNICODE: Symbols = {
  pass: '✔',
  fail: '✖',
  warn: '▲',
  blocked: '○',
  unknown: '?',
  skip: '–',
  separator: '·',
  bullet: '•',
  ellipsis: '…',
  arrow: '─▶',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ASCII: Symbols = {
  pass: '+',
  fail: 'x',
  warn: '!',
  blocked: 'o',
  unknown: '?',
  skip: '-',
  separator: '|',
  bullet: '*',
  ellipsis: '...',
  arrow: '->',
  spinner: ['-', '\\', '|', '/'],
};

/** Where nothing says how wide the output is. */
const DEFAULT_COLUMNS = 80;
/** Longer lines are hard to read: what is wider is left empty. */
const MAX_COLUMNS = 120;
/** Below this nothing can be laid out; the terminal wraps. */
const MIN_COLUMNS = 40;

/** The style of one stream. */
export function decideStyle(input: StyleInput): Style {
  const unicode = input.ascii !== true && decideUnicode(input.env);
  return {
    color: new Chalk({ level: decideColor(input) ? 1 : 0 }),
    symbols: unicode ? UNICODE : ASCII,
    unicode,
    columns: Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, decideColumns(input))),
    measure: narrowMeasure,
  };
}

/** The style of a text that goes to a file: the same on every machine. */
export function fileStyle(): Style {
  return decideStyle({ isTTY: false, columns: MAX_COLUMNS, env: {} });
}

/**
 * Whether to colour: the flag, else FORCE_COLOR (which outranks NO_COLOR, as in Node itself), else NO_COLOR where it is
 * not empty (no-color.org), else whether this is a terminal that can.
 */
export function decideColor({ isTTY, env, color }: StyleInput): boolean {
  if (color !== undefined) return color;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (env.NO_COLOR) return false;
  return isTTY && env.TERM !== 'dumb';
}

/** ASCII where the terminal is dumb, is the Linux console (its font lacks the symbols), or the locale is not UTF-8. */
export function decideUnicode(env: StyleInput['env']): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  // The first that is set and not empty decides, as in setlocale(3). None at all says nothing: containers often have none.
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value);
  return locale === undefined || /utf-?8/i.test(locale);
}

function decideColumns({ columns, env }: StyleInput): number {
  if (columns !== undefined && columns > 0) return columns;
  const fromEnv = Number(env.COLUMNS);
  return Number.isInteger(fromEnv) && fromEnv > 0 ? fromEnv : DEFAULT_COLUMNS;
}

/** The colour of a status. */
export function paint({ color }: Style, status: Status): (text: string) => string {
  switch (status) {
    case 'pass':
      return color.green;
    case 'fail':
      return color.red;
    case 'warn':
      return color.yellow;
    case 'unknown':
      return color.magenta;
    case 'blocked':
      return color.cyan;
    case 'skip':
      return color.dim;
  }
}
