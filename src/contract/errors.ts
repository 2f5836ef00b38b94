/** What is wrong with a contract, and where: the words that every overlay shares. */

/** Where a value was written. `source` is a file's path as the user gave it, `--set`, or a Helm release. */
export interface Place {
  source: string;
  /** From 1; absent for sources that are no files. */
  line?: number;
  /** From 1. */
  column?: number;
}

export interface Problem {
  place: Place;
  /** The key as it was written, such as `backend.service.port`; empty where the whole source is meant. */
  key: string;
  /** What was expected, and what was found instead; never a value that could be a secret. */
  message: string;
  /** The contract has no such key. */
  isUnknown?: true;
}

/** More problems than a person reads at once are counted, not listed. */
const MAX_LISTED = 20;

/** The contract cannot be used: wrong usage, exit code 2. One line for each problem. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly exitCode = 2;
  constructor(readonly problems: readonly [Problem, ...Problem[]]) {
    const lines = problems.slice(0, MAX_LISTED).map(formatProblem);
    const rest = problems.length - lines.length;
    if (rest > 0) lines.push(`… and ${rest} more`);
    super(lines.join('\n'));
  }
}

/** `values.yaml:12:3: backend.replicaCount: expected …`, the form that editors turn into a link. */
export function formatProblem({ place, key, message }: Problem): string {
  return [formatPlace(place, true), ...(key === '' ? [] : [printableKey(key)]), message].join(': ');
}

/** `values.yaml:12`, and `values.yaml:12:3` with the column. */
export function formatPlace({ source, line, column }: Place, withColumn = false): string {
  const parts = [printable(source)];
  if (line !== undefined) parts.push(String(line));
  if (line !== undefined && withColumn && column !== undefined) parts.push(String(column));
  return parts.join(':');
}

/** A key, unless it looks like something that was pasted where a key belongs: a URL may hold a password. */
function printableKey(key: string): string {
  return /^[\w.\-/\\ ]{1,120}$/.test(key) ? key : `(a key of ${key.length} characters)`;
}

/** Text from outside on its way to a terminal: control and bidi characters become escapes, length is capped. */
export function printable(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(
    /[\p{C}\u2028\u2029]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`,
  );
}

/**
 * Says what a value is. It is quoted only where it is too short and too plain to be a credential that
 * was pasted into the wrong line.
 */
export function describeValue(value: unknown): string {
  if (value === null) return 'nothing (null)';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return 'a value of another type';
  if (value === '') return 'an empty text';
  return /^[\w.%+/-]{1,16}$/.test(value) ? `the text "${value}"` : `a text of ${value.length} characters`;
}
