/**
 * Reads text as whoever wrote it may have encoded it: percent-escapes, backslashes, HTML, quotes, lists of bytes, and
 * these inside each other. Each reading knows which characters of the text its own ones come from, so that what is
 * found in it can be replaced where it stands. All patterns run in linear time.
 */

export interface Reading {
  text: string;
  /** Where in the original a character begins; of the place behind the last one, the original's length. */
  origin: (at: number) => number;
}

/** A list of characters, and where in the match each of them begins. */
interface Decoded {
  text: string;
  offsets: number[];
}

/** Replaces a match by what it stands for; undefined: it stays. */
interface Decoder {
  /** Texts without it are not looked at. */
  mark: RegExp;
  pattern: RegExp;
  decode: (match: RegExpExecArray) => string | Decoded | undefined;
}

/** A character by its number; what is none becomes the replacement character. */
function character(number: number): string {
  return number <= 0x10ffff ? String.fromCodePoint(number) : '\ufffd';
}

const LETTERS: Record<string, string> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What stands between the marks is from outside: `&valueOf;` is none. */
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    num: '#',
    percnt: '%',
    dollar: '$',
    commat: '@',
    colon: ':',
    sol: '/',
    bsol: '\\',
    equals: '=',
    plus: '+',
    excl: '!',
    lpar: '(',
    rpar: ')',
    ast: '*',
    quest: '?',
    grave: '`',
    lowbar: '_',
    NewLine: '\n',
    Tab: '\t',
  }),
);

/** Bytes as text of one character for each, which is a form of every secret (`formsOf`); those of UTF-16 without its zeros. */
function bytesIn(text: string, pattern: RegExp, radix: number): Decoded {
  const offsets: number[] = [];
  const codes: string[] = [];
  for (const match of text.matchAll(pattern)) {
    const code = parseInt(match[1] ?? '', radix) & 0xff;
    if (code === 0) continue;
    codes.push(String.fromCharCode(code));
    offsets.push(match.index);
  }
  return { text: codes.join(''), offsets };
}

const HEX = /(?:0x|\\x)?([0-9a-f]{2})/gi;

/** Those that stand inside each other. */
const NESTED: readonly Decoder[] = [
  {
    mark: /%[0-9a-f]{2}/i,
    pattern: /%([0-9a-f]{2})/gi,
    decode: ([, hex = '']) => String.fromCharCode(parseInt(hex, 16)),
  },
  {
    mark: /\\[^]/,
    pattern:
      /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x\{?([0-9a-fA-F]{2})\}?|([0-7]{2,3})|([^]))/g,
    decode: ([, braced, unit, point, byte, octal, other = '']) => {
      const hex = braced ?? unit ?? point ?? byte;
      if (hex !== undefined) return character(parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      return LETTERS[other] ?? other;
    },
  },
  {
    mark: /&[#a-z]/i,
    pattern: /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,7}));/gi,
    decode: ([, hex, decimal, name = '']) => {
      if (hex !== undefined) return character(parseInt(hex, 16));
      if (decimal !== undefined) return character(Number(decimal));
      return ENTITIES.get(name) ?? ENTITIES.get(name.toLowerCase());
    },
  },
  {
    // Shells, Python's shlex; YAML and SQL.
    mark: /''|'\\''|'"'"'/,
    pattern: /'\\''|'"'"'|''/g,
    decode: () => "'",
  },
];

/** Those that nobody puts around another one twice. */
const OUTER: readonly Decoder[] = [
  {
    // What will be taken out before the text is shown: escape sequences, controls, what is invisible.
    mark: /[^\t-\r\x20-\x7e]/,
    pattern:
      /\x1b\[[0-?]*[ -/]*[@-~]?|[\0-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\u{e0000}-\u{e007f}]/gu,
    decode: () => '',
  },
  {
    mark: /(?:[0-9a-f]{2}[\s:,;-]{0,2}(?:0x|\\x)?){8}/i,
    // Colons, blanks, groups of two bytes, `0x68, 0x75`; from the first digit, and from the second.
    pattern: /(?:(?:0x|\\x)?[0-9a-f]{2}[\s:,;-]{0,2}){6,}/gi,
    decode: ([list]) => bytesIn(list, HEX, 16),
  },
  {
    mark: /[0-9a-f]{17}/i,
    pattern: /(?<=[0-9a-f])[0-9a-f]{16,}/gi,
    decode: ([list]) => bytesIn(list, HEX, 16),
  },
  {
    mark: /(?:\d{1,3}[\s,]{1,2}){7}\d/,
    pattern: /\d{1,3}(?:[\s,]{1,3}\d{1,3}){7,}/g,
    decode: ([list]) => bytesIn(list, /(\d+)/g, 10),
  },
  // However often it was escaped, also where a cut went through the backslashes (`formsOf` has the same).
  { mark: /\\\\/, pattern: /\\{2,}/g, decode: () => '\\' },
  // CSV; PowerShell; templates; the command line of Windows.
  { mark: /""/, pattern: /""/g, decode: () => '"' },
  { mark: /``|\$\$|%%/, pattern: /``|\$\$|%%/g, decode: ([whole]) => whole.charAt(0) },
  { mark: /\^/, pattern: /\^([^])/g, decode: ([, escaped]) => escaped },
  {
    // Quoted-printable.
    mark: /=[0-9A-F]{2}|=\r?\n/,
    pattern: /=(?:([0-9A-F]{2})|\r?\n)/g,
    decode: ([, hex]) => (hex === undefined ? '' : String.fromCharCode(parseInt(hex, 16))),
  },
];

/** What a text has that any of the marks is in: signs that stand for others, or a long row of digits and what parts them. */
const MAY_BE_ENCODED = /[%\\&'"`$^=]|[^\t-\r\x20-\x7e]|[\da-fx\s:,;-]{15}/i;

const ALL: readonly Decoder[] = [...NESTED, ...OUTER];

/** Readings of one text at most: whoever writes the text must not decide how long it takes. */
const MAX_READINGS = 32;

/** An encoding inside an encoding, and so on. */
const MAX_DEPTH = 4;

/** The text as it is, and every other way to read it. */
export function readingsOf(text: string): Reading[] {
  const readings: Reading[] = [{ text, origin: (at) => at }];
  if (!MAY_BE_ENCODED.test(text)) return readings;
  let level = readings;
  const seen = new Set([text]);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: Reading[] = [];
    for (const reading of level) {
      for (const decoder of (depth < 2 ? ALL : NESTED).filter(({ mark }) => mark.test(reading.text))) {
        const decoded = apply(reading, decoder);
        if (decoded === undefined || seen.has(decoded.text)) continue;
        if (seen.size >= MAX_READINGS) return [...readings, ...next];
        seen.add(decoded.text);
        next.push(decoded);
      }
    }
    readings.push(...next);
    level = next;
  }
  return readings;
}

function apply(reading: Reading, { pattern, decode }: Decoder): Reading | undefined {
  const { text } = reading;
  const parts: string[] = [];
  // Of each stretch that stands in the text as it is, and of each character that does not: where it begins here, and there.
  const here = [0];
  const there = [0];
  let length = 0;
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const decoded = decode(match);
    const [whole] = match;
    if (decoded === undefined || decoded === whole) continue;
    parts.push(text.slice(done, match.index));
    length += match.index - done;
    done = match.index;
    // Nothing becomes longer by being decoded.
    const list = typeof decoded === 'string' ? { text: decoded, offsets: [] } : decoded;
    for (let index = 0; index < list.text.length; index += 1) {
      here.push(length++);
      there.push(done + (list.offsets[index] ?? 0));
    }
    parts.push(list.text);
    done = match.index + whole.length;
    here.push(length);
    there.push(done);
  }
  if (done === 0) return undefined;
  parts.push(text.slice(done));
  const origin = (at: number) => {
    const stretch = lastUpTo(here, at);
    return reading.origin((there[stretch] ?? 0) + at - (here[stretch] ?? 0));
  };
  return { text: parts.join(''), origin };
}

/** Index of the last of these numbers, which ascend from 0, that is not above the limit. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
