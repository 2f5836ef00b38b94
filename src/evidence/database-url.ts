/**
 * What can be said about a DATABASE_URL without showing any of it (contract: Database Connectivity, Connection
 * Requirements).
 *
 * The grammar is that of libpq (fe-connect.c, conninfo_uri_parse), which psycopg uses; `new URL()` misjudges several
 * hosts, sockets and percent-encoding, and its TypeError carries the whole input. Where readers of a URL disagree, or
 * where libpq would take a piece of a password for a host, the URL is called unescaped and no parsed field is given.
 */
import { ASYNCPG_PARAMETERS, LIBPQ_PARAMETERS, PG8000_PARAMETERS } from '../vocabulary/driver-parameters.js';
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

/** Drivers that hand the URL to libpq. A plain `postgresql://` counts too: it is SQLAlchemy's psycopg2 and psql's. */
const LIBPQ_DRIVERS = [undefined, 'psycopg', 'psycopg2', 'psycopg2cffi', 'psycopg_async', 'aiopg'];

/** Parameters that some reader of such URLs knows: drivers, SQLAlchemy's engine, Prisma, JDBC. */
const KNOWN_PARAMETERS: ReadonlySet<string> = new Set([
  ...LIBPQ_PARAMETERS,
  ...ASYNCPG_PARAMETERS,
  ...PG8000_PARAMETERS,
  ...['pgbouncer', 'schema', 'connection_limit', 'pool_timeout', 'pool_size', 'max_overflow', 'pool_recycle'],
  ...['ssl', 'sslaccept', 'socket_timeout', 'currentSchema', 'sslfactory', 'loginTimeout', 'workaround'],
]);

const STRONG = ['require', 'verify-ca', 'verify-full'];
const WEAK = ['disable', 'allow', 'prefer'];

interface Lint {
  problems: Set<DatabaseUrlProblem>;
  /** What follows the `?`. */
  query: string;
  scheme?: string;
  sslmode?: string;
  sslParameter?: 'sslmode' | 'ssl';
  duplicates: string[];
  refused?: string[];
  hosts?: { host: string; port: number }[];
  hasPassword?: boolean;
  leftOut?: DatabaseUrlFacts['leftOut'];
}

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
  let text = url.trim();
  if (/[\s\0-\x1f\x7f]/.test(url)) problems.add('url-whitespace');
  const quote = text.charAt(0);
  if (quote === '"' || quote === "'" || quote === '`') {
    problems.add('url-quoted');
    text = text.slice(1, text.endsWith(quote) && text.length > 1 ? -1 : undefined).trim();
  }
  return text;
}

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
  const blank = /[\s\0-\x1f\x7f]/.test(text);
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
  const hosts = readHosts(main, parameters.has('host') || parameters.has('hostaddr'), lint.problems);
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

/** Percent-encoding as libpq reads it: two hexadecimal digits after each `%`, and no NUL. */
function decodable(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})|%00/.test(text);
}

function isDoubleEncoded(text: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{12,}={0,2}$/.test(text.replace(/\s+/g, ''))) return false;
  const decoded = Buffer.from(text, 'base64')
    .toString('latin1')
    .trim()
    .replace(/^["'`]/, '');
  return /^[a-z][a-z0-9+]{2,24}:\/\//i.test(decoded);
}

function printableScheme(scheme: string): string | undefined {
  const lower = scheme.toLowerCase();
  const [base = '', driver] = lower.split('+');
  const known =
    DATABASES.includes(base) && driver !== undefined && [...DRIVERS, ...OTHER_DRIVERS].includes(driver);
  return SCHEMES.includes(lower) || (known && lower === `${base}+${driver}`) ? lower : undefined;
}

/**
 * The last value of each parameter, and under `sslmode` the mode that libpq ends with: it stores `requiressl`, and in a URL
 * `ssl=true`, as modes, and of several the last one counts (fe-connect.c, conninfo_storeval).
 * @returns undefined when libpq could not read the query
 */
function readQuery(query: string, driver: string | undefined, lint: Lint): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  const pairs = query.split('&');
  // One `&` may stand at the end, and `?` alone.
  if (pairs.at(-1) === '') pairs.pop();
  let modes = 0;
  for (const pair of pairs) {
    const [rawKey = '', rawValue, ...more] = pair.split('=');
    if (rawKey === '' || rawValue === undefined || more.length > 0 || !decodable(pair)) return undefined;
    const key = decode(rawKey);
    const value = decode(rawValue);
    // Only names that are known are shown: anything may stand here.
    if (
      parameters.has(key) &&
      (LIBPQ_PARAMETERS.has(key) || key === 'ssl') &&
      !lint.duplicates.includes(key)
    ) {
      lint.duplicates.push(key);
    }
    parameters.set(key, value);
    if (!LIBPQ_DRIVERS.includes(driver)) continue;
    const isSsl = key === 'ssl' && value === 'true' && driver === undefined;
    if (key !== 'sslmode' && key !== 'requiressl' && !isSsl) continue;
    modes += 1;
    if (key === 'requiressl') parameters.set('sslmode', value.startsWith('1') ? 'require' : 'prefer');
    if (isSsl) parameters.set('sslmode', 'require');
  }
  // Written in two ways, of which the weaker may be the last.
  if (modes > 1 && !lint.duplicates.includes('sslmode')) lint.duplicates.push('sslmode');
  return parameters;
}

function decode(text: string): string {
  const bytes: number[] = [];
  for (const [part] of text.matchAll(/%[0-9A-Fa-f]{2}|[^%]+/g)) {
    if (part.startsWith('%')) bytes.push(parseInt(part.slice(1), 16));
    else bytes.push(...Buffer.from(part));
  }
  return Buffer.from(bytes).toString();
}

function judgeParameters(
  driver: string | undefined,
  parameters: ReadonlyMap<string, string>,
  lint: Lint,
): void {
  const ssl = parameters.get('ssl');
  const refuse = (accepted: ReadonlySet<string>): void => {
    const others = [...parameters.keys()].filter((key) => !accepted.has(key));
    if (others.length === 0) return;
    lint.problems.add('driver-mismatch');
    // Only names that are known are shown: anything may stand here.
    lint.refused = others.filter((key) => KNOWN_PARAMETERS.has(key));
  };
  if (LIBPQ_DRIVERS.includes(driver)) {
    // In a URL libpq takes ssl=true, as JDBC writes it; SQLAlchemy hands it on as a keyword, which libpq does not know.
    const isTaken = ssl === 'true' && driver === undefined;
    refuse(isTaken ? new Set([...LIBPQ_PARAMETERS, 'ssl']) : LIBPQ_PARAMETERS);
    const isWritten = /(?:^|&)sslmode=/.test(lint.query);
    judgeMode(parameters.get('sslmode'), isTaken && !isWritten ? 'ssl' : 'sslmode', lint);
    return;
  }
  refuse(driver === 'pg8000' ? PG8000_PARAMETERS : ASYNCPG_PARAMETERS);
  if (ssl !== undefined || !parameters.has('sslmode')) judgeMode(ssl, 'ssl', lint);
  else judgeMode(parameters.get('sslmode'), 'sslmode', lint);
}

function judgeMode(mode: string | undefined, parameter: 'sslmode' | 'ssl', lint: Lint): void {
  if (mode === undefined) {
    // With a driver mismatch the parameter that was written is the finding, not that another is missing.
    if (!lint.problems.has('driver-mismatch')) lint.problems.add('sslmode-missing');
    return;
  }
  lint.sslParameter = parameter;
  if (/^[A-Za-z0-9_-]{1,20}$/.test(mode)) lint.sslmode = mode;
  // Compared as libpq does, with regard to case.
  if (WEAK.includes(mode)) lint.problems.add('sslmode-weak');
  else if (!STRONG.includes(mode)) lint.problems.add('sslmode-invalid');
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
