/** What of a Secret's value is secret: not the host of its URL, the names of its fields, or a word that everybody knows. */
import { isCommon } from './common-words.js';
import { LOOSE_SCHEME } from './credential-urls.js';
import { GRAM } from './grams.js';
import { NO_CREDENTIAL, PATH } from './token-patterns.js';

/** A text with what may be shown of it. */
export interface Marked {
  text: string;
  /** For each character 1 where it may be shown by itself; undefined: none may. */
  open: Uint8Array | undefined;
}

/** Where the flags have a value without a break: from there, and to there. */
export function stretches(flags: Uint8Array, value: 0 | 1): [number, number][] {
  const result: [number, number][] = [];
  for (let from = flags.indexOf(value); from >= 0;) {
    const end = flags.indexOf(1 - value, from);
    const to = end < 0 ? flags.length : end;
    result.push([from, to]);
    from = flags.indexOf(value, to);
  }
  return result;
}

/** Times, addresses and versions. */
const PLAIN =
  /^(?:\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?|(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d{1,5})?|v?\d{1,5}(?:\.\d{1,5}){1,3}|(.)\1*)$/;

/** A name in the DNS by its last label, or with a port. */
const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|io|dev|app|tech|cloud|ai|co|info|eu|de|uk|us|local|internal|svc|lan|test|example|invalid)(?::\d{1,5})?$/;

const SECRET_FIELD =
  /(pass|passwd|password|passphrase|pwd|pw|secret|token|key|sig|signature|credentials?|auth)$/i;

/** Whether a word is more likely made by a generator than by a person who names something. */
function isRandom(word: string): boolean {
  if (word.length < GRAM || isCommon(word)) return false;
  return /\d/.test(word) || /[a-z][^\W_]*[A-Z]|[A-Z]{2}[^\W_]*[a-z]/.test(word) || word.length >= 20;
}

/** Whether a value may stand in a Secret and yet be none. */
export function isPublic(value: string): boolean {
  const text = value.trim();
  if (NO_CREDENTIAL.test(text) || PLAIN.test(text) || HOST.test(text) || isCommon(text)) return true;
  return PATH.test(text) && !text.split('/').some(isRandom);
}

/** The value and its parts that are secret by themselves; none of what is public. */
export function secretParts(value: string): Marked[] {
  if (isPublic(value)) return [];
  const parts: Marked[] = [];
  const open = openIn(value);
  if (open?.every((each) => each === 1) !== true) parts.push({ text: value, open });
  for (const password of passwordsIn(value)) {
    if (!isPublic(password)) parts.push({ text: password, open: undefined });
  }
  const inner = fromBase64(value);
  if (inner !== undefined) parts.push(...secretParts(inner));
  return parts;
}

/** Of a URL: blanks, characters that are not seen, and quotation marks that were kept. */
const IN_FRONT = /^(?:[\s"'`]|[\u200b-\u200f\u2060])+/;

/** More likely a password or a token that has come to the user’s place than a name: pasted in the wrong order. */
const MISPLACED = /^(?:npg_\w+|(?=[A-Za-z]*\d)[A-Za-z\d]{20,})$/;

function openIn(value: string): Uint8Array | undefined {
  if (/^[a-z][\w+.-]*:\/\//i.test(value.replace(IN_FRONT, ''))) return openInUrl(value);
  const isJson = /^\s*[{[]/.test(value);
  const pairs = value.match(/(?:^|[\s;&])[\w .-]{1,40}=/g) ?? [];
  if (!isJson && pairs.length < 2 && !value.includes('-----')) return undefined;
  const open = new Uint8Array(value.length);
  const show = (pattern: RegExp) => {
    for (const match of value.matchAll(pattern)) open.fill(1, match.index, match.index + match[0].length);
  };
  show(/-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----/g);
  if (isJson) show(/"[\w.-]{1,60}"\s{0,8}:\s{0,8}"?/g);
  else if (pairs.length >= 2) {
    for (const match of value.matchAll(/(?:^|[\s;&])([\w .-]{1,40})=([^\s;&]*)/g)) {
      const [whole, name = '', text = ''] = match;
      const isSecret = SECRET_FIELD.test(name.trim()) || isRandom(text);
      open.fill(1, match.index, match.index + whole.length - (isSecret ? text.length : 0));
    }
  }
  return open;
}

/** Of a URL scheme, user and host may be shown; of another than a database's not its user, which may be a key. */
function openInUrl(value: string): Uint8Array {
  const open = new Uint8Array(value.length).fill(1);
  const hide = (from: number, to: number) => open.fill(0, from, to);
  const { mark, colon, at, isLoose } = partsOfUrl(value);
  if (at > 0) {
    if (colon > 0) hide(MISPLACED.test(value.slice(mark, colon)) ? mark : colon + 1, at);
    else if (!isLoose) hide(mark, at);
    if (!isLoose) hide(mark, at);
  }
  const rest = Math.max(at, mark);
  for (const match of value.slice(rest).matchAll(/([?&;]([\w.-]{1,60})=|[/#])([^/?&;#]*)/g)) {
    const [, before = '', name, text = ''] = match;
    const from = rest + match.index + before.length;
    if ((name !== undefined && SECRET_FIELD.test(name)) || (!isLoose && isRandom(text)))
      hide(from, from + text.length);
  }
  return open;
}

interface UrlParts {
  /** Behind `://`. */
  mark: number;
  /** Of the colon before the password, and of the `@` behind it; 0: there is none. */
  colon: number;
  at: number;
  isLoose: boolean;
}

function partsOfUrl(value: string): UrlParts {
  const mark = value.indexOf('://') + 3;
  const isLoose = LOOSE_SCHEME.test(value.replace(IN_FRONT, ''));
  // A `/` ends the credentials of none but well-formed URLs; behind a `?` there may be addresses of mail.
  const end = value.slice(mark).search(isLoose ? /\?/ : /[/?#]/);
  const authority = end < 0 ? value.length : mark + end;
  const strict = value.lastIndexOf('@', authority);
  const at = strict >= mark ? strict : isLoose ? Math.max(0, value.lastIndexOf('@')) : 0;
  const colon = value.indexOf(':', mark);
  return { mark, at: at > mark ? at : 0, colon: colon > 0 && colon < at ? colon : 0, isLoose };
}

/** However a URL or a connection string is meant to be read: for the redactor, which may know too much, never too little. */
export function passwordsIn(value: string): string[] {
  const found: string[] = [];
  const text = value.trim().replace(/^["'`]|["'`]$/g, '');
  if (text.includes('://')) {
    const { mark, colon, at } = partsOfUrl(text);
    if (colon > 0) {
      found.push(text.slice(colon + 1, at));
      const user = text.slice(mark, colon);
      if (MISPLACED.test(user)) found.push(user);
      const first = text.indexOf('@', mark);
      if (first > colon && first < at) found.push(text.slice(colon + 1, first));
    }
  }
  for (const [, name = '', quote = '', word = ''] of text.matchAll(
    /(?:^|[?&;\s])([\w.-]{1,60})\s{0,4}=\s{0,4}(['"]?)([^&;\s'"]+)/g,
  )) {
    if (SECRET_FIELD.test(name)) found.push(quote === '' ? word : word.replace(/['"]$/, ''));
  }
  return [...new Set(found.flatMap((password) => [password, decoded(password) ?? password]))];
}

function decoded(text: string): string | undefined {
  if (!text.includes('%')) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Base64 of a text that was encoded once too often. */
function fromBase64(value: string): string | undefined {
  const text = value.trim();
  if (text.length < 16 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  const inner = Buffer.from(text, 'base64').toString();
  return /^[\x20-\x7e\s]{8,}$/.test(inner) ? inner : undefined;
}
