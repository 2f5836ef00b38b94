/**
 * Finds credentials where they do not belong (pod specs, ConfigMaps, logs, events) and replaces them by
 * `(value hidden, N characters)`. What is found is also registered with the redactor, so that it stays hidden
 * wherever else it may turn up.
 */
import type { Contract } from '../contract/contract.js';
import { credentialParts } from './database-url.js';
import type { EnvVar } from './objects.js';
import { CUT_LENGTH, type Redactor } from './redaction.js';
import { sanitize, sanitizeLine } from './sanitize.js';

export type HiddenReason = NonNullable<EnvVar['hidden']>;

/** A name that ends in one of these holds a credential; `SECRET_NAME`, `TOKEN_EXPIRY` and `PWD` do not. */
const SECRET_NAME =
  /(password|passwd|passphrase|secret|credentials?)$|(^|[_.-])(token|api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?key)$|[_.-]pwd$|[a-z](Token|ApiKey)$/i;

/** `checksum/secret` and the like: a digest, which charts put into annotations so that pods restart with the Secret. */
const DIGEST_NAME = /(^|[/_.-])(checksum|digest|hash|sha256)([/_.-]|$)/i;

const SECRET_FLAG = /^--?[\w-]*(password|passwd|secret|token|api-?key)$/i;

/**
 * A word that ends like a secret's name, with its value: `DB_PASSWORD=…`, `?token=…`, `"apiKey": "…"`, `--password …`.
 * A bare `token: word` is prose, and so is a value of a few characters.
 */
const NAMED =
  /((?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key)(?:=["']?|\\{0,3}["']\s{0,8}:\s{0,8}\\{0,3}["']))([^\s"'\\,;&|<>()[\]{}]{6,})|((?:^|\s)--?[\w-]{0,40}(?:password|passwd|secret|token|api-?key)\s{1,8})([^\s"'\\,;&|<>()[\]{}-][^\s"'\\,;&|<>()[\]{}]{5,})/gi;

/** What an Authorization header carries. A digit is asked for, because prose says `Bearer authentication`, too. */
const AUTHORIZATION = /\b(Bearer|Basic) {1,4}([A-Za-z0-9._~+/-]{12,}={0,2})/g;

/** A signed token (RFC 7519): two JSON objects in base64url and a signature. */
const SIGNED_TOKEN = /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/g;

/** Keys that say by their beginning whose they are: OpenAI, OpenRouter, Neon, GitHub, Slack, AWS. */
const MARKED_KEY =
  /\b(?:sk-[\w-]{20,}|npg_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16})(?![\w-])/g;

/** Headers that log in. */
const SECRET_HEADER = /^(proxy-)?authorization$|^cookie$|^(x-)?[\w-]*(token|secret|api-?key)$/i;

/** A value that is a switch, a small number, or a reference to another variable rather than a credential. */
const NO_CREDENTIAL = /^(|true|false|yes|no|none|null|[0-9]{1,6}|\$\(\w+\)|\$\{?\w+\}?)$/i;

/** Where a credential is mounted, rather than the credential. */
const PATH = /^\/[\w.-]+(\/[\w.-]+)+$/;

/** Lines that are looked at together; where one of them holds something to hide, each is looked at by itself. */
const BLOCK_LINES = 64;

export interface Hider {
  /** How a literal was recognised as a credential; undefined when it is none. */
  reason: (name: string, value: string) => HiddenReason | undefined;
  /** The value, or what stands for it. */
  value: (name: string, value: string) => string;
  /** Free text from the cluster: sanitised, without credentials. */
  text: (text: string) => string;
  /** As `text`, on one line. */
  line: (text: string) => string;
  /** As `line`, for each line of a long text. */
  lines: (texts: readonly string[]) => string[];
  /** The value of an HTTP header, or what stands for it. */
  header: (name: string, value: string) => string;
  /** A command line's items. */
  argv: (items: readonly string[]) => string[];
  /** Registers a value that is known to be secret, with its parts when it is a URL. */
  learn: (value: string) => void;
}

export function createHider(contract: Contract, redactor: Redactor): Hider {
  const { requiredSecretKeys, optionalSecretKeys } = contract.backend;
  const secretKeys = new Set([...requiredSecretKeys, ...optionalSecretKeys]);
  // Public words that a Secret may hold too (ENVIRONMENT=production): to hide them would make the report wrong.
  const harmless = new Set([
    ...contract.allowed.environments,
    ...contract.allowed.logLevels,
    ...Object.values(contract.backend.env),
  ]);
  const names = [...secretKeys].map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  // `KEY=value`, `KEY="value"`, `"KEY": "value"`. A bare `KEY: word` is prose.
  const assignment =
    names === ''
      ? undefined
      : new RegExp(
          `((?:${names})(?:=|["']\\s{0,8}:\\s{0,8}(?=["'])))("[^"\\n]*"|'[^'\\n]*'|[^\\s"',;&|]+)`,
          'g',
        );

  const learn = (value: string) => {
    if (harmless.has(value.trim()) || NO_CREDENTIAL.test(value.trim())) return;
    redactor.add(value);
    if (value.includes('://') || value.includes('@'))
      credentialParts(value).forEach((part) => redactor.add(part));
  };

  const reason = (name: string, value: string): HiddenReason | undefined => {
    const text = value.trim();
    if (NO_CREDENTIAL.test(text) || harmless.has(text)) return undefined;
    const named = SECRET_NAME.test(name) && !DIGEST_NAME.test(name) && !PATH.test(text);
    if (secretKeys.has(name) || named) return 'secret-key';
    if (hideUrls(value, () => undefined) !== value) return 'url-with-password';
    return redactor.redact(value) === value ? undefined : 'known-secret-value';
  };

  const clean = (text: string): string => {
    let result = hideUrls(text, learn);
    if (assignment) {
      result = result.replace(assignment, (whole: string, key: string, value: string) =>
        NO_CREDENTIAL.test(value.replace(/^["']|["']$/g, '')) ? whole : `${key}${placeholder(value)}`,
      );
    }
    return redactor.redactCut(withoutTokens(result));
  };

  const value = (name: string, literal: string): string => {
    // No credential as a whole, but it may hold one.
    if (reason(name, literal) === undefined) return clean(sanitize(literal));
    learn(literal);
    return placeholder(literal);
  };

  const line = (text: string) => clean(sanitizeLine(text));

  /**
   * Nothing that is hidden needs to be looked for line by line where a whole block holds none of it: no pattern sees
   * less for a line break, and a log may have thousands of lines.
   */
  const lines = (texts: readonly string[]): string[] => {
    const result: string[] = [];
    for (let start = 0; start < texts.length; start += BLOCK_LINES) {
      const block = texts.slice(start, start + BLOCK_LINES);
      const joined = block.join('\n');
      // What was cut is looked at for itself: where it ends is where a secret may have been cut.
      const isCut = joined.includes('…') || block.some(({ length }) => length >= CUT_LENGTH);
      const isClean = !isCut && !joined.includes('\t') && clean(sanitize(joined)) === joined;
      result.push(...(isClean ? block : block.map(line)));
    }
    return result;
  };

  return {
    reason,
    value,
    text: (text) => clean(sanitize(text)),
    line,
    lines,
    header: (name, text) => (SECRET_HEADER.test(name) ? placeholder(text) : clean(sanitize(text))),
    argv: (items) =>
      items.map((item, index) => {
        if (SECRET_FLAG.test(items[index - 1] ?? '')) return value('password', item);
        const [flag, literal] = splitOnce(item, '=');
        if (literal !== undefined && SECRET_FLAG.test(flag)) return `${flag}=${value('password', literal)}`;
        return clean(sanitize(item));
      }),
    learn,
  };
}

/** Without what names itself as a credential, or has the form of one. */
function withoutTokens(text: string): string {
  let result = text.replace(MARKED_KEY, placeholder);
  if (/eyJ|B(?:earer|asic) /.test(text)) {
    result = result
      .replace(SIGNED_TOKEN, placeholder)
      .replace(AUTHORIZATION, (whole: string, scheme: string, token: string) =>
        /\d/.test(token) ? `${scheme} ${placeholder(token)}` : whole,
      );
  }
  return result.replace(
    NAMED,
    (whole: string, name: string | undefined, value: string, flag: string, argument: string) => {
      const literal = name === undefined ? argument : value;
      const isNone = NO_CREDENTIAL.test(literal) || PATH.test(literal) || /^(.)\1*$/.test(literal);
      return isNone ? whole : `${name ?? flag}${placeholder(literal)}`;
    },
  );
}

/** What stands in the place of a credential. */
function placeholder(value: string): string {
  return `(value hidden, ${Array.from(value).length} characters)`;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Schemes whose passwords are often written without escaping, so that a `/` does not end the credentials. */
const LOOSE = /^(postgres|mysql|mariadb|mongodb|redis|amqp)/i;

/**
 * Replaces URLs that carry a password, each up to the next blank or quote. A scan by hand, which looks at each
 * character a fixed number of times: a pattern for this takes quadratic time on hostile text.
 */
function hideUrls(text: string, found: (url: string) => void): string {
  let result = '';
  let done = 0;
  for (let mark = text.indexOf('://'); mark >= 0; mark = text.indexOf('://', done)) {
    const begin = startOfScheme(text, mark, done);
    const end = endOfWord(text, mark + 3);
    const word = text.slice(begin, end);
    const at = indexOfCredentials(word);
    if (at !== undefined) found(word.slice(at));
    result +=
      text.slice(done, begin) + (at === undefined ? word : word.slice(0, at) + placeholder(word.slice(at)));
    done = end;
  }
  return result + text.slice(done);
}

function startOfScheme(text: string, mark: number, floor: number): number {
  let start = mark;
  while (start > floor && /[A-Za-z0-9+._-]/.test(text.charAt(start - 1))) start--;
  return start;
}

function endOfWord(text: string, from: number): number {
  let end = from;
  while (end < text.length && !/[\s"'`<>]/.test(text.charAt(end))) end++;
  return end;
}

/** Where the first URL with a password begins, of those in one word. */
function indexOfCredentials(word: string): number | undefined {
  const hasParameter = /[?&](ssl)?password=[^&]/.test(word);
  const lastAt = word.lastIndexOf('@');
  let floor = 0;
  for (let mark = word.indexOf('://'); mark >= 0; mark = word.indexOf('://', floor)) {
    const start = startOfScheme(word, mark, floor);
    floor = mark + 3;
    // The next `://` ends an authority as well: no character is looked at twice.
    const authority = word.slice(floor, floor + (/^[^/?#]*/.exec(word.slice(floor))?.[0].length ?? 0));
    const at = LOOSE.test(word.slice(start, mark)) ? lastAt - floor : authority.lastIndexOf('@');
    const colon = word.indexOf(':', floor) - floor;
    if (hasParameter || (colon >= 0 && at > colon + 1)) return start;
  }
  return undefined;
}
