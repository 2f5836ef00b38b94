/**
 * Finds credentials where they do not belong (pod specs, ConfigMaps, logs, events) and replaces them by
 * `(value hidden, N characters)`. What is found is also registered with the redactor, so that it stays hidden
 * wherever else it may turn up.
 */
import type { Contract } from '../contract/contract.js';
import { hasPassword, isReference, withoutUrls } from './credential-urls.js';
import type { EnvVar } from './objects.js';
import type { Redactor } from './redaction.js';
import { sanitize, sanitizeLine } from './sanitize.js';
import { passwordsIn } from './secret-parts.js';
import { NO_CREDENTIAL, PATH, placeholder, withoutTokens, VALUE } from './token-patterns.js';

export type HiddenReason = NonNullable<EnvVar['hidden']>;

/** What a name ends with that holds a credential; `SECRET_NAME`, `TOKEN_EXPIRY` and `PWD` do not. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|passcode|secret|credentials?|connection[_-]?string)$|(?:^|[/_.-])(?:token|(?:api|private|access|auth|secret|signing|encryption|session|jwt|hmac|master|shared|license|account|storage|deploy|webhook)[_-]?key(?:[_-]?base)?)$|[/_.-](?:pwd?|pass)$|[a-z](?:Token|ApiKey|AccessKey|PrivateKey|SecretKey)$/i;

/** `checksum/secret` and the like: a digest, which charts put into annotations so that pods restart with the Secret. */
const DIGEST_NAME = /(^|[/_.-])(checksum|digest|hash|sha256)([/_.-]|$)/i;

const SECRET_FLAG = /^--?[\w-]*(password|passwd|pwd|secret|token|api-?key)$/i;

/** Headers that log in. */
const SECRET_HEADER = /^(proxy-)?authorization$|^cookie$|^(x-)?[\w-]*(token|secret|api-?key)$/i;

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
          `((?:${names})(?:=|["']\\s{0,8}:\\s{0,8}(?=["'])))(?!\\(value hidden)("[^"\\n]*"|'[^'\\n]*'|${VALUE}+)`,
          'g',
        );

  redactor.keep([...harmless, ...secretKeys, ...contract.database.connectedLogPatterns]);
  let learned = 0;
  const learn = (value: string) => {
    if (harmless.has(value.trim())) return;
    learned += 1;
    redactor.add(value);
  };

  /** Of a URL that stands in a text: what it shows is hidden there already. */
  const learnUrl = (url: string) => passwordsIn(url).forEach(learn);

  const reason = (name: string, value: string): HiddenReason | undefined => {
    const text = value.trim();
    if (NO_CREDENTIAL.test(text) || harmless.has(text) || isComposed(text)) return undefined;
    const named = SECRET_NAME.test(name) && !DIGEST_NAME.test(name) && !PATH.test(text);
    if (secretKeys.has(name) || named) return 'secret-key';
    if (hasPassword(value)) return 'url-with-password';
    return redactor.redact(value) === value ? undefined : 'known-secret-value';
  };

  /** Known values first, over the text as it came; then what looks like a credential. */
  const clean = (raw: string, found = learnUrl): string => {
    const before = learned;
    let result = withoutUrls(sanitize(redactor.redact(raw)), found);
    if (assignment && [...secretKeys].some((key) => result.includes(key))) {
      result = result.replace(assignment, (whole: string, key: string, value: string) =>
        NO_CREDENTIAL.test(value.replace(/^["']|["']$/g, '')) ? whole : `${key}${placeholder(value)}`,
      );
    }
    result = withoutTokens(result);
    // What a URL has just shown may stand by itself elsewhere in the text.
    return learned === before ? result : redactor.redact(result);
  };

  const value = (name: string, literal: string): string => {
    // No credential as a whole, but it may hold one.
    if (reason(name, literal) === undefined) return clean(literal);
    learn(literal);
    return placeholder(literal);
  };

  const line = (text: string) => sanitizeLine(clean(text));

  /**
   * Nothing that is hidden needs to be looked for line by line where a whole block holds none of it: no pattern sees
   * less for a line break, and a log may have thousands of lines.
   */
  const lines = (texts: readonly string[]): string[] => {
    const result: string[] = [];
    for (let start = 0; start < texts.length; start += BLOCK_LINES) {
      const block = texts.slice(start, start + BLOCK_LINES);
      const joined = block.join('\n');
      const isClean = !joined.includes('\t') && clean(joined, () => undefined) === joined;
      result.push(...(isClean ? block : block.map(line)));
    }
    return result;
  };

  return {
    reason,
    value,
    text: (text) => clean(text),
    line,
    lines,
    header: (name, text) => (SECRET_HEADER.test(name) ? placeholder(text) : clean(text)),
    argv: (items) =>
      items.map((item, index) => {
        if (SECRET_FLAG.test(items[index - 1] ?? '')) return value('password', item);
        const [flag, literal] = splitOnce(item, '=');
        if (literal !== undefined && SECRET_FLAG.test(flag)) return `${flag}=${value('password', literal)}`;
        return clean(item);
      }),
    learn,
  };
}

/** A URL whose password, if it has one, is put in from another variable: what stands here is no secret. */
function isComposed(text: string): boolean {
  return text.includes('://') && text.includes('$(') && passwordsIn(text).every((each) => isReference(each));
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
