/**
 * Secrets of many alphabets in the ways in which logs print values, cut at many places. The encoders are written here
 * again, and what is looked for afterwards is what they wrote: nothing of this rests on how the redactor works.
 */
import type { Hider } from '../../src/evidence/hide.js';
import type { Redactor } from '../../src/evidence/redaction.js';
import { sanitize } from '../../src/evidence/sanitize.js';
import { mulberry32 } from '../support/random.js';

export interface FuzzCase {
  secret: string;
  form: string;
  cut: string;
  /** As the cluster has it. */
  lines: string[];
  /** None of these may be in what is shown: eight characters of the secret each, as the form writes them. */
  pieces: string[];
}

/** As little of a secret as is still one. */
const PIECE = 8;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALNUM = `${LOWER}${LOWER.toUpperCase()}0123456789`;

const ALPHABETS: Record<string, readonly string[]> = {
  'generator punctuation': Array.from(`${ALNUM}!@#$%^&*()-_=+[]{}|;:,.<>?`),
  'all of ASCII': Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)),
  base64: Array.from(`${ALNUM}+/`),
  base64url: Array.from(`${ALNUM}-_`),
  'letters and digits': Array.from(ALNUM),
  hexadecimal: Array.from('0123456789abcdef'),
  digits: Array.from('0123456789'),
  unicode: Array.from(`${ALNUM}äöüßéèñøåçžłπλдж日本語한😀🔑€§`),
  quotes: Array.from(`${ALNUM}''""\`\`\\\\`),
  'blanks and tabs': Array.from(`${ALNUM}  \t`),
  'parts of URLs': Array.from(`${ALNUM}:/?#[]@!$&'()*+,;=%`),
  'parts of shells': Array.from(`${ALNUM}$(){}\\|&;<>*~#!`),
  words: 'correct- horse- battery- staple- Tiger. violet_ canyon- pickle- glacier- '.split(' '),
  // A range that Unicode has free of letters that anybody writes twice: regular expressions' own characters.
  'regular expressions': Array.from(`${ALNUM}.*+?^$()[]{}|\\`),
};

const each = (text: string, change: (character: string) => string) => Array.from(text, change).join('');
const bytesOf = (text: string) => [...Buffer.from(text)];
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const hex = (number: number, width = 2) => number.toString(16).padStart(width, '0');
const units = (text: string) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
const html = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const python = (text: string) =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\t', '\\t')}'`;

/** Encoders that change each character by itself, so that a part of a secret is encoded as that part of its form. */
const ENCODERS: Record<string, (text: string) => string> = {
  raw: (text) => text,
  JSON: json,
  'JSON in JSON': (text) => json(json(text)),
  'JSON in JSON in JSON': (text) => json(json(json(text))),
  'JSON in ASCII': (text) => json(text).replace(/[^\0-\x7f]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  'JSON of Go': (text) => json(text).replace(/[<>&]/g, (unit) => `\\u00${hex(unit.charCodeAt(0))}`),
  'JSON of PHP': (text) => json(text).replaceAll('/', '\\/'),
  'unicode escapes': (text) =>
    units(text)
      .map((unit) => `\\u${hex(unit, 4)}`)
      .join(''),
  'escapes of Rust': (text) =>
    each(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`),
  'escapes of bytes': (text) =>
    bytesOf(text)
      .map((byte) => `\\x${hex(byte)}`)
      .join(''),
  octal: (text) =>
    bytesOf(text)
      .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
      .join(''),
  'ascii() of Python': (text) =>
    each(text, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 128) return python(character).slice(1, -1);
      if (code < 256) return `\\x${hex(code)}`;
      return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
    }),
  'repr() of Python': (text) => python(text).slice(1, -1),
  'bytes of Python': (text) =>
    bytesOf(text)
      .map((byte) => (byte < 128 ? python(String.fromCharCode(byte)).slice(1, -1) : `\\x${hex(byte)}`))
      .join(''),
  'YAML, single quotes': (text) => text.replaceAll("'", "''"),
  'shell, single quotes': (text) => text.replaceAll("'", "'\\''"),
  'shlex of Python': (text) => text.replaceAll("'", `'"'"'`),
  'shell, backslashes': (text) => text.replace(/[^\w\s]/g, '\\$&'),
  CSV: (text) => text.replaceAll('"', '""'),
  URL: encodeURIComponent,
  'URL, lower case': (text) =>
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  'URL, twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'URL, thrice': (text) => encodeURIComponent(encodeURIComponent(encodeURIComponent(text))),
  'URL, all bytes': (text) =>
    bytesOf(text)
      .map((byte) => `%${hex(byte).toUpperCase()}`)
      .join(''),
  form: (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  'path of a URL': encodeURI,
  'JSON in a URL': (text) => encodeURIComponent(json(text)),
  'URL in JSON': (text) => json(encodeURIComponent(text)),
  HTML: html,
  'HTML, names': (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  'HTML, all numbers': (text) =>
    each(text, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`),
  'JSON in HTML': (text) => html(json(text)),
  'HTML in HTML': (text) => html(html(text)),
  Markdown: (text) => text.replace(/[\\`*_{}[\]()#+.!|<>-]/g, '\\$&'),
  hex: (text) => Buffer.from(text).toString('hex'),
  'hex, upper case': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'hex with colons': (text) =>
    bytesOf(text)
      .map((byte) => `${hex(byte)}:`)
      .join(''),
  hexdump: (text) =>
    bytesOf(text)
      .map((byte) => `${hex(byte)} `)
      .join(''),
  'array of C': (text) =>
    bytesOf(text)
      .map((byte) => `0x${hex(byte)}, `)
      .join(''),
  'buffer of Node': (text) =>
    bytesOf(text)
      .map((byte) => `${byte},`)
      .join(''),
  'bytes of Go': (text) =>
    bytesOf(text)
      .map((byte) => `${byte} `)
      .join(''),
  'quoted-printable': (text) =>
    bytesOf(text)
      .map((byte) =>
        byte === 61 || byte > 126 || byte < 32 ? `=${hex(byte).toUpperCase()}` : String.fromCharCode(byte),
      )
      .join(''),
  'colours in between': (text) => each(text, (character) => `${character}\u001b[0m`),
  'zero-width spaces in between': (text) => each(text, (character) => `${character}\u200b`),
};

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32.charAt(parseInt(five, 2))).join('');
}

/** Encoders of bytes in blocks; the third is how many of their characters hold eight bytes for certain. */
const BLOCKS: readonly [string, (bytes: Buffer) => string, number][] = [
  ['base64', (bytes) => bytes.toString('base64'), 12],
  ['base64url', (bytes) => bytes.toString('base64url'), 12],
  ['base64 of base64', (bytes) => Buffer.from(bytes.toString('base64')).toString('base64'), 17],
  ['base32', base32, 14],
];

/** The ways in which logs print a value, before and behind it. */
const FRAMES: readonly [string, string][] = [
  ['', ''],
  ['INFO connecting with ', ' as user todo'],
  ['password=', ' user=todo host=db'],
  ['{"level":"error","msg":"cannot connect","secret":"', '","retry":3}'],
  ["{'database_url': '", "', 'debug': False}"],
  ['  File "/app/main.py", line 7\n    engine = connect("', '")'],
  ['DATABASE_URL: ', ''],
  ['Authorization: Bearer ', ''],
  ['GET /login?next=/&token=', '&lang=en HTTP/1.1'],
  ["sh -c 'export TOKEN=", "'; exec uvicorn"],
  ["pydantic_core.ValidationError: input_value='", "', input_type=str]"],
  ['[', ']'],
  ['value: |\n  ', '\n'],
  ['<td>', '</td>'],
];

type Random = () => number;

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}

function secretOf(alphabet: readonly string[], random: Random): string {
  const length = 12 + Math.floor(random() * 30);
  let secret = '';
  while (secret.length < length) secret += pick(alphabet, random);
  // Blanks around it are no part of it, and a value of one character only is no secret.
  return `k${secret.trim()}9`;
}

interface Written {
  form: string;
  text: string;
  pieces: string[];
}

/** A secret in one of the forms. */
function written(secret: string, random: Random): Written {
  const names = Object.keys(ENCODERS);
  const at = Math.floor(random() * (names.length + BLOCKS.length));
  const form = names[at] ?? '';
  const change = ENCODERS[form];
  if (change !== undefined) {
    const characters = Array.from(secret);
    const windows = characters.slice(0, Math.max(1, characters.length - PIECE + 1));
    const pieces = windows.map((_, start) => change(characters.slice(start, start + PIECE).join('')));
    return { form, text: change(secret), pieces };
  }
  const block = BLOCKS[at - names.length];
  if (!block) throw new Error('there is no such form');
  const [name, encode, length] = block;
  const before = Buffer.from('x'.repeat(Math.floor(random() * 4)));
  const text = encode(Buffer.concat([before, Buffer.from(secret)]));
  // What the bytes before it decide, too, is left out.
  const own = text.slice(8, -4);
  const windows = Array.from({ length: Math.max(0, own.length - length + 1) }, (_, start) =>
    own.slice(start, start + length),
  );
  return { form: name, text, pieces: windows };
}

/** The text as it was printed, or what a cut made of it. */
function cutTexts(text: string, from: number, to: number, random: Random): [string, string[]] {
  const inside = from + Math.floor(random() * (to - from));
  const other = from + Math.floor(random() * (to - from));
  const [first, second] = [Math.min(inside, other), Math.max(inside, other)];
  const cuts: [string, () => string[]][] = [
    ['whole', () => [text]],
    ['ends there', () => [text.slice(0, inside)]],
    ['ends with ...', () => [`${text.slice(0, inside)}...`]],
    ['ends with …', () => [`${text.slice(0, inside)}…`]],
    ['ends with [truncated]', () => [`${text.slice(0, inside)} [truncated]`]],
    ['begins there', () => [text.slice(inside)]],
    ['begins with ...', () => [`...${text.slice(inside)}`]],
    ['without its middle', () => [`${text.slice(0, first)}...${text.slice(second)}`]],
    ['without its middle, …', () => [`${text.slice(0, first)}…${text.slice(second)}`]],
    ['two lines', () => [text.slice(0, inside), text.slice(inside)]],
    ['three lines', () => [text.slice(0, first), text.slice(first, second), `  ${text.slice(second)}`]],
    ['after 1000 characters', () => [`${'m'.repeat(1000)} ${text}`]],
    ['a line feed in it', () => [`${text.slice(0, inside)}\n${text.slice(inside)}`]],
  ];
  const [name, make] = pick(cuts, random);
  return [name, make()];
}

/** How many alphabets, forms and frames there are. */
export const EXTENT = {
  alphabets: Object.keys(ALPHABETS).length,
  forms: Object.keys(ENCODERS).length + BLOCKS.length,
  frames: FRAMES.length,
};

/**
 * @param secrets of each alphabet
 * @param lines with each secret
 */
export function* fuzzCases(
  seed: number,
  secrets: number,
  lines: number,
): Generator<{ secret: string; cases: FuzzCase[] }> {
  const random = mulberry32(seed);
  for (const alphabet of Object.values(ALPHABETS)) {
    for (let index = 0; index < secrets; index += 1) {
      const secret = secretOf(alphabet, random);
      const cases = Array.from({ length: lines }, () => {
        const { form, text, pieces } = written(secret, random);
        const [before, after] = pick(FRAMES, random);
        const [cut, texts] = cutTexts(
          `${before}${text}${after}`,
          before.length,
          before.length + text.length,
          random,
        );
        return { secret, form, cut, lines: texts, pieces };
      });
      yield { secret, cases };
    }
  }
}

/** What must not be shown of a case: eight characters of the secret each, as its form writes them and as they are. */
export function piecesOf({ pieces, secret }: FuzzCase): string[] {
  const own = Array.from({ length: secret.length - PIECE + 1 }, (_, at) => secret.slice(at, at + PIECE));
  // Four blanks, say, are no part of a secret that anybody could tell from the text around it.
  return [...pieces, ...own].filter((piece) => new Set(piece).size > 2);
}

/** Those that are in what is shown. */
export function leaked(fuzzed: FuzzCase, shown: readonly string[]): string[] {
  return piecesOf(fuzzed).filter((piece) => shown.some((text) => text.includes(piece)));
}

/** What is shown of lines from the cluster: each by itself, as a log, and as one text on its way out. */
export function passedThrough(hider: Hider, redactor: Redactor, lines: readonly string[]): string[] {
  return [...lines.map(hider.text), ...hider.lines(lines), sanitize(redactor.redact(lines.join('\n')))];
}
