/** The parameters of a database URL, by what its driver makes of them. */
import { LIBPQ_PARAMETERS, ASYNCPG_PARAMETERS, PG8000_PARAMETERS } from '../vocabulary/driver-parameters.js';
import type { DatabaseUrlFacts, DatabaseUrlProblem } from './evidence.js';

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

export interface Lint {
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
 * The last value of each parameter, and under `sslmode` the mode that libpq ends with: it stores `requiressl`, and in a URL
 * `ssl=true`, as modes, and of several the last one counts (fe-connect.c, conninfo_storeval).
 * @returns undefined when libpq could not read the query
 */
export function readQuery(
  query: string,
  driver: string | undefined,
  lint: Lint,
): Map<string, string> | undefined {
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

export function decode(text: string): string {
  const bytes: number[] = [];
  for (const [part] of text.matchAll(/%[0-9A-Fa-f]{2}|[^%]+/g)) {
    if (part.startsWith('%')) bytes.push(parseInt(part.slice(1), 16));
    else bytes.push(...Buffer.from(part));
  }
  return Buffer.from(bytes).toString();
}

export function judgeParameters(
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

/** Percent-encoding as libpq reads it: two hexadecimal digits after each `%`, and no NUL. */
export function decodable(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})|%00/.test(text);
}
