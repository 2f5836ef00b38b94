/**
 * The last line of defence: whatever is written anywhere passes a redactor that knows the secrets' exact values.
 * The first line is that the reader lets no secret out of its hands.
 */
import { StringDecoder } from 'node:string_decoder';
import { encodedForms } from './encodings.js';
import { mapStrings, sanitize } from './sanitize.js';

/** What stands in the place of a secret. */
export const REDACTED = '(value hidden)';

/**
 * The floor. A shorter value (`a`, `admin`) is too likely to be part of an innocent word, or of a name that the report
 * must show, to be replaced wherever it stands: for those only the reader's first line of defence holds.
 */
const MIN_LENGTH = 6;

/** A value of letters and digits shorter than this is replaced only where it stands as a word of its own. */
const WORD_LENGTH = 12;

/** As little of a secret as is still one, where a text was cut through it. */
const MIN_PIECE = 8;

/** Shorter texts were cut by nobody, unless an ellipsis says so. The API server cuts an event's message at 1024. */
export const CUT_LENGTH = 1000;

/** Words that are part of what every report shows. */
const VOCABULARY = [
  'app.kubernetes.io/component',
  'app.kubernetes.io/managed-by',
  'kubernetes.default.svc.cluster.local',
  'localhost',
  'postgresql://',
  'DATABASE_URL',
  'BETTER_AUTH_SECRET',
  'sslmode=verify-full',
  'required',
];

export interface Redactor {
  /** Registers a secret, and what is left of it without surrounding blanks. Parts of a URL are the caller's to add. */
  add(value: string): void;
  /** Text without any registered secret in any known encoding. */
  redact(text: string): string;
  /**
   * As `redact`, also without what is left of a secret where the text was cut: at an ellipsis, and at both ends of a
   * long text, which may be the beginning or the end of a longer one.
   */
  redactCut(text: string): string;
  /** As `redact`, for every string of a JSON-like value; a copy. */
  redactDeep<T>(value: T): T;
  /** How many characters at the end of `text` may be the beginning of a secret. */
  heldBack(text: string): number;
}

interface Needle {
  text: string;
  /** For a short word: finds it only between non-word characters. */
  word: RegExp | undefined;
}

/**
 * @param keep names that the output must show (objects, namespace, context). A value that is part of one of them is
 *   not replaced: hiding it would destroy the name, and showing the name tells nothing.
 */
export function createRedactor(keep: readonly string[] = []): Redactor {
  const kept = [...VOCABULARY, ...keep];
  const known = new Set<string>();
  const all: Needle[] = [];
  // Secrets come several at a time: what finds them is made when it is first needed.
  let index: Index | undefined;
  const found = (): Index => (index ??= indexOf(all));

  const register = (value: string) => {
    if (value.length < MIN_LENGTH || known.has(value) || kept.some((name) => name.includes(value))) return;
    known.add(value);
    const isWord = value.length < WORD_LENGTH && /^\w+$/.test(value);
    for (const form of encodedForms(value)) {
      const word = isWord && form === value ? new RegExp(`(?<!\\w)${form}(?!\\w)`, 'g') : undefined;
      all.push({ text: form, word });
    }
    index = undefined;
  };

  const redact = (text: string) => {
    // Hundreds of forms, and hardly a text with one of them: all are looked for at once before each is by itself.
    const { needles, beginnings } = found();
    if (beginnings?.test(text) !== true) return text;
    for (const { text: needle, word } of needles) {
      if (text.includes(needle))
        text = word ? text.replace(word, REDACTED) : text.split(needle).join(REDACTED);
    }
    return text;
  };

  /** Without the beginning of a secret that the text ends with. */
  const withoutHead = (text: string): string => {
    const last = text.slice(-MIN_PIECE);
    let cut = text.length;
    for (const { text: needle } of found().needles) {
      for (let at = needle.indexOf(last); at >= 0; at = needle.indexOf(last, at + 1)) {
        const piece = needle.slice(0, at + last.length);
        if (text.endsWith(piece)) cut = Math.min(cut, text.length - piece.length);
      }
    }
    return cut === text.length ? text : `${text.slice(0, cut)}${REDACTED}`;
  };

  /** Without the end of a secret that the text begins with. */
  const withoutTail = (text: string): string => {
    const first = text.slice(0, MIN_PIECE);
    let cut = 0;
    for (const { text: needle } of found().needles) {
      for (let at = needle.indexOf(first); at >= 0; at = needle.indexOf(first, at + 1)) {
        const piece = needle.slice(at);
        if (text.startsWith(piece)) cut = Math.max(cut, piece.length);
      }
    }
    return cut === 0 ? text : `${REDACTED}${text.slice(cut)}`;
  };

  const redactCut = (text: string): string => {
    const whole = redact(text);
    const isLong = text.length >= CUT_LENGTH;
    if (!isLong && !whole.includes('…')) return whole;
    const pieces = whole.split('…');
    const cut = pieces.map((piece, index) => {
      const isCut = isLong || index < pieces.length - 1;
      return piece.length >= MIN_PIECE && isCut ? withoutHead(piece) : piece;
    });
    const [first = ''] = cut;
    if (isLong && first.length >= MIN_PIECE) cut[0] = withoutTail(first);
    return cut.join('…');
  };

  /** The cut, moved to the left until it goes through no secret that is whole. */
  const beforeStraddling = (text: string, cut: number): number => {
    if (cut === text.length) return cut;
    for (const { text: needle } of found().needles) {
      // Only what begins before the cut and ends behind it; the text before may be long, and is not searched again.
      const from = Math.max(0, cut - needle.length + 1);
      const at = text.slice(from, cut + needle.length - 1).lastIndexOf(needle);
      if (at !== -1) return beforeStraddling(text, from + at);
    }
    return cut;
  };

  return {
    add(value) {
      for (const form of new Set([value, value.trim(), sanitize(value)])) register(form);
      // A value of several lines (a key in PEM form) is also logged line by line.
      const lines = value.split(/\r?\n/);
      if (lines.length > 1) lines.filter((line) => line.length >= WORD_LENGTH).forEach(register);
    },
    redact,
    redactCut,
    redactDeep: (value) => mapStrings(value, redact),
    heldBack(text) {
      const { needles, byFirst } = found();
      const longest = needles[0]?.text.length ?? 0;
      let cut = text.length;
      for (let start = Math.max(0, text.length - longest); start < text.length; start++) {
        const tail = text.slice(start);
        const candidates = byFirst.get(tail.charAt(0)) ?? [];
        if (!candidates.some((needle) => mayContinue(needle, tail))) continue;
        cut = start;
        break;
      }
      return text.length - beforeStraddling(text, cut);
    },
  };
}

/** All forms of all secrets, in the ways in which they are looked for. */
interface Index {
  /** Longest first: a part must not break the whole's match. */
  needles: Needle[];
  byFirst: ReadonlyMap<string, Needle[]>;
  /** Undefined where there is nothing to find: an empty pattern would be found everywhere. */
  beginnings: RegExp | undefined;
}

function indexOf(all: readonly Needle[]): Index {
  const needles = [...all].sort((a, b) => b.text.length - a.text.length);
  const beginnings = needles.length === 0 ? undefined : beginningsOf(needles);
  return { needles, byFirst: grouped(needles), beginnings };
}

/** A bounded word that stands whole at the end may yet turn out to be the beginning of a longer word. */
function mayContinue({ text, word }: Needle, tail: string): boolean {
  return text.startsWith(tail) && (word !== undefined || text.length > tail.length);
}

/** Characters of which each beginning is looked at for itself before all are compared: twice as fast over a long log. */
const LOOK_AHEAD = 3;

/** Finds the beginning of any needle; each is at least so long. */
function beginningsOf(needles: readonly Needle[]): RegExp {
  const beginnings = [...new Set(needles.map(({ text }) => text.slice(0, MIN_LENGTH)))];
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const oneOf = (characters: string[]) =>
    `[${[...new Set(characters)].map((each) => each.replace(/[\\\]^-]/g, '\\$&')).join('')}]`;
  const classes = Array.from({ length: LOOK_AHEAD }, (_, at) =>
    oneOf(beginnings.map((each) => each.charAt(at))),
  );
  return new RegExp(`(?=${classes.join('')})(?:${beginnings.map(literal).join('|')})`);
}

const firstOf = ({ text }: Needle) => text.charAt(0);

function grouped(needles: readonly Needle[]): Map<string, Needle[]> {
  const groups = new Map<string, Needle[]>();
  for (const needle of needles) {
    const group = groups.get(firstOf(needle));
    if (group) group.push(needle);
    else groups.set(firstOf(needle), [needle]);
  }
  return groups;
}

/** A sink that redacts a stream, also where a secret is split over two chunks. */
export interface RedactingWriter {
  write(chunk: string | Uint8Array): void;
  /** Writes what was held back. */
  end(): void;
}

/**
 * Holds back no more than what may be the beginning of a secret, so that a live display stays live.
 * @param write gets redacted text
 */
export function redactingWriter(redactor: Redactor, write: (text: string) => void): RedactingWriter {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  const push = (text: string, last: boolean) => {
    pending += text;
    const end = last ? pending.length : pending.length - redactor.heldBack(pending);
    if (end > 0) write(redactor.redact(pending.slice(0, end)));
    pending = pending.slice(end);
  };
  return {
    write: (chunk) => push(typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)), false),
    end: () => push(decoder.end(), true),
  };
}
