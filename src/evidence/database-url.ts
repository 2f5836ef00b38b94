/**
 * What can be said about a DATABASE_URL without showing any of it (contract: Database Connectivity, Connection
 * Requirements).
 *
 * The grammar is that of libpq (fe-connect.c, conninfo_uri_parse), which psycopg uses; `new URL()` misjudges several
 * hosts, sockets and percent-encoding, and its TypeError carries the whole input. Where readers of a URL disagree, or
 * where libpq would take a piece of a password for a host, the URL is called unescaped and no parsed field is given.
 */
import { LIBPQ_PARAMETERS } from '../vocabulary/driver-parameters.js';
import { decodable, decode, judgeParameters, readQuery, type Lint } from './database-url-parameters.js';
import type { DatabaseUrlFacts, DatabaseUrlProblem } from './evidence.js';

const DEFAULT_PORT = 5432;

/** Order in which problems matter. */
export const URL_PROBLEMS: readonly DatabaseUrlProblem[] = [
  'url-missing',
  'url-empty',
  'url-double-encoded',
  'url-shell-line',
  'url-placeholder',
  'url-quoted',
  'url-whitespace',
  'url-sqlite',
  'url-scheme',
  'url-malformed',
  'url-unescaped',
  'url-port',
  'driver-mismatch',
  'sslmode-missing',
  'sslmode-weak',
  'sslmode-invalid',
];

// A scheme is shown only when it is one of these: what stands before `://` may be anything.
const DATABASES = [
  'postgresql',
  'postgres',
  'mysql',
  'mariadb',
  'sqlite',
  'mongodb',
  'redis',
  'mssql',
  'oracle',
];
const SCHEMES = [
  ...DATABASES,
  'cockroachdb',
  'http',
  'https',
  'jdbc',
  'tcp',
  'rediss',
  'mongodb+srv',
  'prisma',
];
const DRIVERS = ['psycopg', 'psycopg2', 'psycopg2cffi', 'psycopg_async', 'asyncpg', 'pg8000', 'aiopg'];
const OTHER_DRIVERS = [
  'pymysql',
  'aiomysql',
  'mysqldb',
  'mysqlconnector',
  'asyncmy',
  'pysqlite',
  'aiosqlite',
];

/**
 * Facts about a decoded DATABASE_URL.
 *
 * Decisions: `postgres://` is accepted (libpq does; SQLAlchemy alone does not). A plain scheme is judged as libpq's.
 * A raw `:` in a password is accepted, because every reader splits at the first one. Hosts are given only when the URL
 * holds credentials: without them, a user and a numeric password would read as host and port.
 * @param url undefined when the key is absent
 */
export function lintDatabaseUrl(url: string | undefined): DatabaseUrlFacts {
  const lint: Lint = { problems: new Set(), query: '', duplicates: [] };
  if (url === undefined) lint.problems.add('url-missing');
  else if (url.trim() === '') lint.problems.add('url-empty');
  else inspect(unwrap(url, lint.problems), lint);
  return {
    length: url === undefined ? 0 : Array.from(url).length,
    problems: URL_PROBLEMS.filter((problem) => lint.problems.has(problem)),
    scheme: lint.scheme,
    sslmode: lint.sslmode,
    sslParameter: lint.sslParameter,
    duplicateParameters: lint.duplicates,
    ...(lint.refused && lint.refused.length > 0 && { refusedParameters: lint.refused }),
    hosts: lint.hosts,
    hasPassword: lint.hasPassword,
    leftOut: lint.leftOut,
  };
}

/** The URL without blanks and quotes around it, each noted as a problem. */
function unwrap(url: string, problems: Lint['problems']): string {
  let text = url.replace(NO_WIDTH, '').trim();
  if (text.length < url.length || BLANK.test(text)) problems.add('url-whitespace');
  const quote = text.charAt(0);
  const closing = CLOSING_QUOTES.get(quote);
  if (closing !== undefined) {
    problems.add('url-quoted');
    text = text.slice(1, closing.includes(text.slice(-1)) && text.length > 1 ? -1 : undefined).trim();
  }
  return text;
}

const BLANK = /[\s\0-\x1f\x7f]/;
/** The byte order mark of an editor, the zero width space of a web page. */
const NO_WIDTH = /\p{Cf}/gu;

/** Nothing but what a shell, a template, Kubernetes or a person was to replace by the value. */
const TEMPLATE = /^(?:\$\{[^{}]*\}|\$\([^()]*\)|\$\w+|\{\{[^{}]*\}\}|<[^<>]*>|\[[^[\]]*\]|%\w+%|__\w+__)$/;

/** Also those that a text processor makes of them. */
const CLOSING_QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”“'],
  ['„', '“”'],
  ['‘', '’‘'],
  ['«', '»'],
]);

function inspect(text: string, lint: Lint): void {
  if (isDoubleEncoded(text)) {
    lint.problems.add('url-double-encoded');
    return;
  }
  // libpq's other form, which is no URL: blanks belong to it, and are no mistake of their own.
  if (/^(?:host|hostaddr|port|dbname|user|password|sslmode)\s?=\s?\S/i.test(text) && !text.includes('://')) {
    lint.problems.delete('url-whitespace');
    lint.problems.add('url-malformed');
    return;
  }
  if (
    /^(?:psql|pg_dump|export)\s[^\n]{0,40}?postgres(?:ql)?:\/\//i.test(text) ||
    /^[A-Z][A-Z0-9_]{2,60}\s?=\s?["']?postgres(?:ql)?(?:\+\w+)?:\/\//.test(text)
  ) {
    lint.problems.delete('url-whitespace');
    lint.problems.add('url-shell-line');
    return;
  }
  if (TEMPLATE.test(text)) {
    lint.problems.delete('url-whitespace');
    lint.problems.add('url-placeholder');
    return;
  }
  const blank = BLANK.test(text);
  const mark = text.indexOf('://');
  const [base = '', driver, ...more] = mark < 0 ? [] : text.slice(0, mark).split('+');
  if (mark < 0 || !/^[A-Za-z][A-Za-z0-9+._-]*$/.test(text.slice(0, mark))) {
    lint.problems.add('url-malformed');
    return;
  }
  lint.scheme = printableScheme(text.slice(0, mark));
  if (base === 'sqlite' || base === 'file') {
    lint.problems.add('url-sqlite');
    return;
  }
  const postgres = base === 'postgresql' || (base === 'postgres' && driver === undefined);
  if (!postgres || more.length > 0 || (driver !== undefined && !DRIVERS.includes(driver))) {
    lint.problems.add('url-scheme');
    return;
  }
  const rest = text.slice(mark + 3);
  if (isPlaceholder(rest)) {
    lint.problems.add('url-placeholder');
    return;
  }
  const at = endOfCredentials(rest);
  const main = rest.slice(at + 1).split('?', 1)[0] ?? '';
  const query = rest.slice(at + 1 + main.length);
  // A blank inside would end the URL for one reader and belong to the password for another.
  if (isUnescaped(rest.slice(0, Math.max(0, at)), main, query) || blank) {
    if (!blank) lint.problems.add('url-unescaped');
    return;
  }
  lint.query = query.slice(1);
  const parameters = readQuery(lint.query, driver, lint);
  if (parameters === undefined || !decodable(main)) {
    lint.problems.add('url-malformed');
    return;
  }
  const secure = { password: parameters.get('password') ?? '', userinfo: rest.slice(0, Math.max(0, at)) };
  lint.hasPassword = secure.password !== '' || /:./s.test(secure.userinfo);
  lint.leftOut = leftOut(secure.userinfo, main, parameters);
  judgeParameters(driver, parameters, lint);
  const hasHost = parameters.has('host') || parameters.has('hostaddr');
  // libpq decodes a socket's folder that stands in the host's place; SQLAlchemy, which reads the others, does not.
  const isSocket = driver === undefined && /^%2F[^,/]*(?:\/|$)/i.test(main);
  const hosts = isSocket ? undefined : readHosts(main, hasHost, lint.problems);
  if (
    parameters
      .get('port')
      ?.split(',')
      .some((port) => port !== '' && readPort(port) === undefined)
  )
    lint.problems.add('url-port');
  // SQLAlchemy takes the first host alone, and all that follows for its port.
  if (driver !== undefined && (hosts?.length ?? 0) > 1 && /:\d*,/.test(main))
    lint.problems.add('url-malformed');
  const overridden = ['host', 'hostaddr', 'port'].some((key) => parameters.has(key));
  if (at >= 0 && !overridden && !query.includes('@')) lint.hosts = hosts;
}

/** What the URL leaves to defaults: libpq's parameters, and asyncpg's word for the database, may give it as well. */
function leftOut(
  userinfo: string,
  main: string,
  parameters: ReadonlyMap<string, string>,
): DatabaseUrlFacts['leftOut'] {
  const given = (...keys: string[]) => keys.some((key) => (parameters.get(key) ?? '') !== '');
  const parts: NonNullable<DatabaseUrlFacts['leftOut']> = [];
  if (!/^[^:]/.test(userinfo) && !given('user')) parts.push('user');
  if (!/\/./.test(main) && !given('dbname', 'database')) parts.push('database');
  return parts.length > 0 ? parts : undefined;
}

/**
 * Where the credentials end: at the first `@`, as libpq has it, unless that stands in a parameter behind a host and a
 * slash (`h/db?application_name=a@b`). -1 without credentials.
 */
function endOfCredentials(rest: string): number {
  const at = rest.indexOf('@');
  const [before = '', query = ''] = at < 0 ? [] : rest.split('?', 2);
  const isInQuery = at > before.length && before.includes('/') && hasKnownKeys(query);
  return isInQuery ? -1 : at;
}

function hasKnownKeys(query: string): boolean {
  return query.split('&').every((pair) => pair === '' || LIBPQ_PARAMETERS.has(pair.split('=', 1)[0] ?? ''));
}

/** What documentation writes where a value of one's own belongs. */
const PLACEHOLDER =
  /^(?:user(?:name)?|USER(?:NAME)?|db_?user):(?:pass(?:word)?|PASS(?:WORD)?|pwd|secret)@|<[\w -]{2,40}>|\[[\w -]{2,40}\](?=[@/:])|\{\{?[\w .-]{1,40}\}?\}|\$\{?[A-Z_]{3,40}\}?@|change[-_]?me|CHANGE[-_]?ME|replace[-_]?(?:me|this)|your[-_](?:user|pass|host|db|database|project|endpoint|secret)[\w-]{0,30}|YOUR[-_][A-Z_-]{2,40}|@(?:host\.neon\.tech|host(?:name)?|HOST(?:NAME)?|ep-x{3,}[\w.-]*|x{3,}[\w.-]*|your[-_.][\w.-]+)(?=[:/?]|$)/;

function isPlaceholder(rest: string): boolean {
  return PLACEHOLDER.test(rest);
}

/** `#`, `/`, `?`, `@` or a raw `%` in the credentials, as far as they show: then readers disagree about the host. */
function isUnescaped(userinfo: string, main: string, query: string): boolean {
  if (/[/?#]/.test(userinfo) || !decodable(userinfo) || /[@#]/.test(main)) return true;
  // `u:a@b?c@host/db`: what follows the `?` are no parameters but the rest of the URL.
  return query.includes('@') && !hasKnownKeys(query.slice(1));
}

function isDoubleEncoded(text: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{12,}={0,2}$/.test(text.replace(/\s+/g, ''))) return false;
  const decoded = Buffer.from(text, 'base64')
    .toString('latin1')
    .trim()
    .replace(/^["'`]/, '');
  return /^[a-z][a-z0-9+]{2,24}:\/\//i.test(decoded);
}

/** As it is written: PostgreSQL:// is none, and shows why. */
function printableScheme(scheme: string): string | undefined {
  const lower = scheme.toLowerCase();
  const [base = '', driver] = lower.split('+');
  const known =
    DATABASES.includes(base) && driver !== undefined && [...DRIVERS, ...OTHER_DRIVERS].includes(driver);
  return SCHEMES.includes(lower) || (known && lower === `${base}+${driver}`) ? scheme : undefined;
}

/**
 * Hosts of `host[:port][,host[:port]…][/database]`; undefined when one of them is none, which is noted.
 * @param hasParameter the host stands among the parameters: then it may be left out here
 */
function readHosts(main: string, hasParameter: boolean, problems: Lint['problems']): Lint['hosts'] {
  const slash = main.indexOf('/');
  const authority = slash < 0 ? main : main.slice(0, slash);
  const hosts: { host: string; port: number }[] = [];
  for (const item of authority.split(',')) {
    const match = /^(?:\[([0-9A-Fa-f:.]+(?:%25[\w.-]+)?)\]|([^:[\]]*))(?::(.*))?$/.exec(item);
    const host = match ? decode(match[1] ?? match[2] ?? '') : '';
    if (hasParameter && /^(?::\d{0,5})?$/.test(item)) continue;
    if (match === null || (match[1] === undefined && !/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})$/.test(host))) {
      problems.add('url-malformed');
      return undefined;
    }
    const port = match[3] === undefined || match[3] === '' ? DEFAULT_PORT : readPort(match[3]);
    if (port === undefined) {
      problems.add('url-port');
      return undefined;
    }
    hosts.push({ host, port });
  }
  return hosts;
}

/** libpq's parser takes any text for a port and fails when it connects; here it must be one. */
function readPort(text: string): number | undefined {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}
