/**
 * Replaces the values of Secrets in free text: in any encoding, and in pieces of eight characters that a cut left over.
 * It is for text from outside, before anything cuts, wraps, escapes or judges it, and for text on its way out; never for
 * names, ids, the keys of documents, or words of this program.
 */
import { isCommon } from './common-words.js';
import { readingsOf, type Reading } from './decodings.js';
import { formsOf } from './encodings.js';
import { GRAM, Grams, STRONG, WEAK } from './grams.js';
import { redactTexts } from './redact-texts.js';
import { secretParts, stretches, type Marked } from './secret-parts.js';

/** What stands in the place of a secret. */
export const REDACTED = '(value hidden)';

export interface Redactor {
  /**
   * Registers a secret. What is public in it (the host of a URL) is still shown, and a value that says nothing (a common
   * word, one of fewer than eight characters) is not registered at all.
   */
  add(value: string): void;
  /** Names and words that the output must show: hiding them would destroy it, and showing them tells nothing. */
  keep(texts: Iterable<string>): void;
  /** Text without any registered secret. */
  redact: (text: string) => string;
  /** As `redact`, for the free texts of a JSON-like value, which stays as it is. Keys, ids, names and words of an API stay. */
  redactDeep: <T>(value: T) => T;
  /** Names of the Secrets whose values should be known, but could not be read. */
  readonly unread: Set<string>;
}

/** One that knows what each of them knows. */
export function allOf(redactors: readonly Redactor[]): Redactor {
  return {
    add(value) {
      for (const each of redactors) each.add(value);
    },
    keep(texts) {
      const kept = [...texts];
      for (const each of redactors) each.keep(kept);
    },
    redact: (text) => redactors.reduce((clean, { redact }) => redact(clean), text),
    redactDeep: (value) => redactors.reduce((clean, { redactDeep }) => redactDeep(clean), value),
    get unread() {
      return new Set(redactors.flatMap(({ unread }) => [...unread]));
    },
  };
}

/** @param keep see `Redactor.keep` */
export function createRedactor(keep: Iterable<string> = []): Redactor {
  const kept = new Set<string>();
  const isKept = (text: string) => [...kept].some((name) => name.includes(text));
  const known = new Set<string>();
  const grams = new Grams();

  const add = (value: string) => {
    for (const part of secretParts(value)) {
      const text = part.text.trim();
      if (text.length < GRAM || known.has(text) || isKept(text.toLowerCase())) continue;
      known.add(text);
      const isMonotone = !Array.from({ length: text.length }, (_, at) => at).some((at) => isVaried(text, at));
      for (const form of formsOf(part)) grams.add(form.text, kindsOf(form, isMonotone));
    }
  };

  /** Words that happen to be part of a secret are no secret: most passphrases are made of them. */
  const isInnocent = (text: string, from: number, to: number) => {
    // Those that it is cut through, whole: `Secret w` of `Secret was`.
    while (from > 0 && /[a-z]{2}/i.test(text.slice(from - 1, from + 1))) from -= 1;
    while (/[a-z]{2}/i.test(text.slice(to - 1, to + 1))) to += 1;
    const core = text.slice(from, to).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    const isProse = /^[\p{L}\s]*$/u.test(core) && isCommon(core);
    // Of a name that must be shown, a part that is as long as a piece: `-secret-` of a namespace.
    if (to - from >= GRAM && isKept(text.slice(from, to).toLowerCase())) return true;
    return core.length >= GRAM && (isProse || isKept(core.toLowerCase()));
  };

  const spansIn = ({ text, origin }: Reading): [number, number][] =>
    grams
      .runs(text)
      .filter(({ from, to, strong }) => strong && !isInnocent(text, from, to))
      .map(({ from, to }) => [origin(from), origin(to)]);

  const redact = (text: string): string => {
    if (grams.size === 0 || text.length < GRAM) return text;
    const spans = readingsOf(text).flatMap(spansIn);
    return spans.length === 0 ? text : without(text, spans);
  };

  const redactor: Redactor = {
    add,
    keep(texts) {
      for (const text of texts) kept.add(text.toLowerCase());
    },
    redact,
    redactDeep: (value) => redactTexts(value, redact),
    unread: new Set(),
  };
  redactor.keep([
    REDACTED,
    'BETTER_AUTH_SECRET',
    'sslmode=verify-full',
    'kubernetes.default.svc.cluster.local',
  ]);
  redactor.keep(keep);
  return redactor;
}

/** A gram of one or two characters in any order. */
const DULL = /(?=([^])\1*([^]))(?:\1|\2){8}/;

/** The kind of the gram that begins at each character. */
function kindsOf({ text, open }: Marked, isMonotone: boolean): Uint8Array {
  const kinds = new Uint8Array(text.length).fill(open === undefined ? STRONG : WEAK);
  // Whatever touches what may not be shown, which is also what no flag stands for.
  const closed: [number, number][] = open ? [...stretches(open, 0), [open.length, text.length]] : [];
  for (const [from, to] of closed) kinds.fill(STRONG, Math.max(0, from - GRAM + 1), to);
  if (!isMonotone && DULL.test(text)) {
    for (let start = 0; start < text.length; start += 1) if (!isVaried(text, start)) kinds[start] = WEAK;
  }
  return kinds;
}

/** Whether a gram has more than two characters in it: rulers and padding are in every log. */
function isVaried(text: string, start: number): boolean {
  const first = text.charAt(start);
  let second: string | undefined;
  for (let at = start + 1; at < start + GRAM; at += 1) {
    const each = text.charAt(at);
    if (each === first || each === second) continue;
    if (second !== undefined) return true;
    second = each;
  }
  return false;
}

function without(text: string, spans: [number, number][]): string {
  spans.sort(([a], [b]) => a - b);
  let result = '';
  let done = 0;
  for (const [begin, end] of spans) {
    const [from, to] = trimmed(text, begin, end);
    if (to <= done) continue;
    // One that overlaps the one before is hidden with it.
    if (from > done || done === 0) result += `${text.slice(done, Math.max(from, done))}${REDACTED}`;
    done = to;
  }
  return result + text.slice(done);
}

/** Without the blanks around it, which are those of the text as well; with the padding of base64. */
function trimmed(text: string, from: number, to: number): [number, number] {
  while (from < to && /\s/.test(text.charAt(from))) from += 1;
  while (to > from && /\s/.test(text.charAt(to - 1))) to -= 1;
  if (/[\w+/]/.test(text.charAt(to - 1))) while (text.charAt(to) === '=') to += 1;
  return [from, to];
}

/** What to say of texts from which not every known value could be removed; nothing where all could. */
export function unreadNotices({ unread }: Pick<Redactor, 'unread'>): string[] {
  return [...unread]
    .sort()
    .map(
      (name) =>
        `the values of Secret ${name} could not be read, so they could not be removed from logs, events and answers: look at a report before you share it`,
    );
}
