/** Credentials that nobody has registered: what names itself as one, or has the form of one. Linear time. */

/** A value that is a switch, a small number, or a reference to another variable rather than a credential. */
export const NO_CREDENTIAL = /^(|true|false|yes|no|on|off|none|null|[0-9]{1,6}|\$\(\w+\)|\$\{?\w+\}?)$/i;

/** Where a credential is mounted, rather than the credential. */
export const PATH = /^\/[\w.-]+(?:\/[\w.-]+)+$/;

/**
 * One character of a value that stands without quotes around it: passwords have quotes, brackets and commas in them, too.
 * It ends at a blank, and where the next pair of a list or a query begins.
 */
export const VALUE = String.raw`(?:[^\s"'\\,;&|]|["'](?=\w)|\\(?=[^\s"'\\])|[,;|](?!\s|$|["'}\])]|[\w.-]{1,40}=)|&(?![\w.-]{1,40}=))`;

/**
 * A word that ends like a secret's name, with its value: `DB_PASSWORD=…`, `?token=…`, `"apiKey": "…"`, `--password …`.
 * A bare `token: word` is prose, and so is a value of a few characters.
 */
const NAMED = new RegExp(
  String.raw`((?:password|passwd|passphrase|pwd|secret|token|(?:api|private|access|secret|account)[_-]?key|(?<=[_.-])(?:pass|pw))` +
    String.raw`(?:=["']?|\\{0,3}["']\s{0,8}:\s{0,8}\\{0,3}["']))((?!\()${VALUE}{6,})|` +
    String.raw`((?:^|\s)--?[\w-]{0,40}(?:password|passwd|pwd|secret|token|api-?key)\s{1,8})((?![-(])${VALUE}{6,})`,
  'gi',
);

/**
 * As YAML, INI files, Python and people write it: `client_secret: '…'`, `clientSecret: …`, `password = …`. Prose has colons, too,
 * so that the name has to be more than `secret` or `token`, and a value without quotes has to have a digit among its letters.
 */
const SPACED = new RegExp(
  String.raw`((?:password|passwd|passphrase|pwd|(?<=\w[_-]|client|access|refresh|id|auth|api|bearer|session)(?:secret|token)|(?:api|private|access|secret|account)[_-]?key)` +
    String.raw`(?:\s{0,2}:\s{0,3}|\s{1,2}=\s{0,3}|=\s{1,3}))` +
    String.raw`(?:"([^"\n]{6,200})"|'([^'\n]{6,200})'|((?!["'(])${VALUE}{8,}))`,
  'gi',
);

/** An Authorization header of whatever scheme. */
const HEADER = new RegExp(
  String.raw`(authorization["']?\s{0,2}[:=]\s{0,3}["']?[a-z-]{1,20} {1,4})(${VALUE}{8,})`,
  'gi',
);

/** What NAMED, SPACED and HEADER cannot do without; most text has none of it, and to look for them takes longer. */
const MAY_NAME_ONE = /pass|pw|secret|token|key|authorization/i;

/** Dates and versions have digits, and are no credential. */
const DATED = /^v?\d{1,4}[-.:]\d/;

function isBareCredential(value: string): boolean {
  return value.length >= 8 && /\d/.test(value) && /[a-z]/i.test(value) && !DATED.test(value);
}

/** What an Authorization header carries. A digit is asked for, because prose says `Bearer authentication`, too. */
const AUTHORIZATION = /\b(Bearer|Basic) {1,4}([A-Za-z0-9._~+/-]{12,}={0,2})/g;

/** A signed token (RFC 7519): two JSON objects in base64url and a signature. */
const SIGNED_TOKEN = /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/g;

/** Keys that say by their beginning whose they are: OpenAI, OpenRouter, Neon, GitHub, Slack, AWS. */
const MARKED_KEY =
  /\b(?:sk-[\w-]{20,}|npg_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16})(?![\w-])/g;

/** What stands in the place of a credential. */
export function placeholder(value: string): string {
  return `(value hidden, ${Array.from(value).length} characters)`;
}

/** It refers to a credential, or has been hidden already. */
function isNone(literal: string): boolean {
  return (
    NO_CREDENTIAL.test(literal) ||
    PATH.test(literal) ||
    /^(.)\1*$/.test(literal) ||
    literal.includes('(value hidden')
  );
}

export function withoutTokens(text: string): string {
  let result = text.replace(MARKED_KEY, placeholder);
  if (/eyJ|B(?:earer|asic) /.test(text)) {
    result = result
      .replace(SIGNED_TOKEN, placeholder)
      .replace(AUTHORIZATION, (whole: string, scheme: string, token: string) =>
        /\d/.test(token) ? `${scheme} ${placeholder(token)}` : whole,
      );
  }
  if (!MAY_NAME_ONE.test(result)) return result;
  result = result.replace(HEADER, (whole: string, name: string, value: string) =>
    isBareCredential(value) ? `${name}${placeholder(value)}` : whole,
  );
  result = result.replace(
    SPACED,
    (whole: string, name: string, double?: string, single?: string, bare?: string) => {
      const quote = double === undefined ? (single === undefined ? '' : "'") : '"';
      const literal = double ?? single ?? bare ?? '';
      const isOne = !isNone(literal) && (quote !== '' || isBareCredential(literal));
      return isOne ? `${name}${quote}${placeholder(literal)}${quote}` : whole;
    },
  );
  return result.replace(
    NAMED,
    (whole: string, name: string | undefined, value: string, flag: string, argument: string) => {
      const literal = name === undefined ? argument : value;
      return isNone(literal) ? whole : `${name ?? flag}${placeholder(literal)}`;
    },
  );
}
