/**
 * What can be said about a DATABASE_URL without showing any of it (contract: Database Connectivity, Connection
 * Requirements).
 *
 * The grammar is that of libpq (fe-connect.c, conninfo_uri_parse), which psycopg uses; `new URL()` misjudges several
 * hosts, sockets and percent-encoding, and its TypeError carries the whole input. Where readers of a URL disagree, or
 * where libpq would take a piece of a password for a host, the URL is called unescaped and no parsed field is given.
 */
import type { DatabaseUrlFacts, DatabaseUrlProblem } from './evidence.js';

const DEFAULT_PORT = 5432;

/** Order in which problems matter. */
const PROBLEMS: readonly DatabaseUrlProblem[] = [
  'url-missing',
  'url-empty',
  'url-double-encoded',
  'url-quoted',
  'url-whitespace',
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

const STRONG = ['require', 'verify-ca', 'verify-full'];
const WEAK = ['disable', 'allow', 'prefer'];

/** libpq's connection parameters (PostgreSQL 18, Parameter Key Words). */
const LIBPQ_PARAMETERS = new Set(
  `application_name channel_binding client_encoding connect_timeout dbname fallback_application_name gssdelegation
  gssencmode gsslib host hostaddr keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname
  load_balance_hosts max_protocol_version min_protocol_version oauth_client_id oauth_client_secret oauth_issuer
  oauth_scope options passfile password port replication require_auth requirepeer requiressl scram_client_key
  scram_server_key service servicefile ssl_max_protocol_version ssl_min_protocol_version sslcert sslcertmode
  sslcompression sslcrl sslcrldir sslkey sslkeylogfile sslmode sslnegotiation sslpassword sslrootcert sslsni
  target_session_attrs tcp_user_timeout user`.split(/\s+/),
);

/** Parameters that only libpq understands, which asyncpg and pg8000 refuse as unexpected keyword arguments. */
const LIBPQ_ONLY = [
  'sslmode',
  'channel_binding',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'gssencmode',
  'target_session_attrs',
];

interface Lint {
  problems: Set<DatabaseUrlProblem>;
  scheme?: string;
  sslmode?: string;
  sslParameter?: 'sslmode' | 'ssl';
  duplicates: string[];
  hosts?: { host: string; port: number }[];
  hasPassword?: boolean;
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
  const lint: Lint = { problems: new Set(), duplicates: [] };
  if (url === undefined) lint.problems.add('url-missing');
  else if (url.trim() === '') lint.problems.add('url-empty');
  else inspect(unwrap(url, lint.problems), lint);
  return {
    length: url === undefined ? 0 : Array.from(url).length,
    problems: PROBLEMS.filter((problem) => lint.problems.has(problem)),
    scheme: lint.scheme,
    sslmode: lint.sslmode,
    sslParameter: lint.sslParameter,
    duplicateParameters: lint.duplicates,
    hosts: lint.hosts,
    hasPassword: lint.hasPassword,
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
  const blank = /[\s\0-\x1f\x7f]/.test(text);
  const mark = text.indexOf('://');
  const [base = '', driver, ...more] = mark < 0 ? [] : text.slice(0, mark).split('+');
  if (mark < 0 || !/^[A-Za-z][A-Za-z0-9+._-]*$/.test(text.slice(0, mark))) {
    lint.problems.add('url-malformed');
    return;
  }
  lint.scheme = printableScheme(text.slice(0, mark));
  const postgres = base === 'postgresql' || (base === 'postgres' && driver === undefined);
  if (!postgres || more.length > 0 || (driver !== undefined && !DRIVERS.includes(driver))) {
    lint.problems.add('url-scheme');
    return;
  }
  const rest = text.slice(mark + 3);
  const at = rest.indexOf('@');
  const main = rest.slice(at + 1).split('?', 1)[0] ?? '';
  const query = rest.slice(at + 1 + main.length);
  // A blank inside would end the URL for one reader and belong to the password for another.
  if (isUnescaped(rest.slice(0, Math.max(0, at)), main, query) || blank) {
    if (!blank) lint.problems.add('url-unescaped');
    return;
  }
  const parameters = readQuery(query.slice(1), lint);
  if (parameters === undefined || !decodable(main)) {
    lint.problems.add('url-malformed');
    return;
  }
  const secure = { password: parameters.get('password') ?? '', userinfo: rest.slice(0, Math.max(0, at)) };
  lint.hasPassword = secure.password !== '' || /:./s.test(secure.userinfo);
  judgeParameters(driver, parameters, lint);
  const hosts = readHosts(main, lint.problems);
  const overridden = ['host', 'hostaddr', 'port'].some((key) => parameters.has(key));
  if (at >= 0 && !overridden && !query.includes('@')) lint.hosts = hosts;
}

/** `#`, `/`, `?`, `@` or a raw `%` in the credentials, as far as they show: then readers disagree about the host. */
function isUnescaped(userinfo: string, main: string, query: string): boolean {
  if (/[/?#]/.test(userinfo) || !decodable(userinfo) || /[@#]/.test(main)) return true;
  // `u:a@b?c@host/db`: what follows the `?` are no parameters but the rest of the URL.
  return (
    query.includes('@') &&
    !query
      .slice(1)
      .split('&')
      .every((pair) => LIBPQ_PARAMETERS.has(pair.split('=', 1)[0] ?? ''))
  );
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

/** The last value of each parameter; undefined when libpq could not read the query. */
function readQuery(query: string, lint: Lint): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  if (query === '') return parameters;
  for (const pair of query.split('&')) {
    const [rawKey = '', rawValue, ...more] = pair.split('=');
    if (rawKey === '' || rawValue === undefined || more.length > 0 || !decodable(pair)) return undefined;
    const key = decode(rawKey);
    // Only names that are known are shown: anything may stand here.
    if (
      parameters.has(key) &&
      (LIBPQ_PARAMETERS.has(key) || key === 'ssl') &&
      !lint.duplicates.includes(key)
    ) {
      lint.duplicates.push(key);
    }
    parameters.set(key, decode(rawValue));
  }
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
  const libpq = LIBPQ_DRIVERS.includes(driver);
  const ssl = parameters.get('ssl');
  if (libpq) {
    // libpq translates ssl=true, as JDBC writes it, into sslmode=require, and refuses every name that it does not know.
    const unknown = [...parameters.keys()].some((key) => key !== 'ssl' && !LIBPQ_PARAMETERS.has(key));
    if (unknown || (ssl !== undefined && ssl !== 'true')) lint.problems.add('driver-mismatch');
    judgeMode(parameters.get('sslmode') ?? (ssl === 'true' ? 'require' : undefined), 'sslmode', lint);
    if (!parameters.has('sslmode') && ssl !== undefined) lint.sslParameter = 'ssl';
    return;
  }
  if (LIBPQ_ONLY.some((key) => parameters.has(key))) lint.problems.add('driver-mismatch');
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

/** Hosts of `host[:port][,host[:port]…][/database]`; undefined when one of them is none, which is noted. */
function readHosts(main: string, problems: Lint['problems']): Lint['hosts'] {
  const slash = main.indexOf('/');
  const authority = slash < 0 ? main : main.slice(0, slash);
  const hosts: { host: string; port: number }[] = [];
  for (const item of authority.split(',')) {
    const match = /^(?:\[([0-9A-Fa-f:.]+(?:%25[\w.-]+)?)\]|([^:[\]]*))(?::(.*))?$/.exec(item);
    const host = match ? decode(match[1] ?? match[2] ?? '') : '';
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
