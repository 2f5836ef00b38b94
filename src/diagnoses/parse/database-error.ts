/**
 * What a database error means: the server's own words, and those of libpq, psycopg, asyncpg and SQLAlchemy. Each pattern
 * is a fixed phrase, so that matching takes time linear in the text; of a line only the beginning is looked at.
 */
import type { Contract } from '../../contract/contract.js';
import type { Rung } from '../../evidence/deep-facts.js';
import type { LogLine } from '../../evidence/evidence.js';
import { readDatabaseLog } from '../../checks/functional/_database-log.js';
import type { DB_CAUSES } from '../causes/db.js';

export type DbCause = (typeof DB_CAUSES)[number]['id'];

/** Where on the way an error arises; `url`: before it, `use`: after it, in a session that came about. */
export type Place = Rung | 'url' | 'use';

export interface DatabaseError {
  cause: DbCause;
  place: Place;
}

const LONGEST = 1000;
const MOST_LINES = 5000;

/** The more specific phrase first: several may stand in one line. */
const PHRASES: readonly [phrase: RegExp, cause: DbCause, place: Place][] = [
  [/endpoint id is not specified/i, 'db/sni-missing', 'startup'],
  [/endpoint (?:\S{1,80} )?is disabled|endpoint has been disabled/i, 'db/endpoint-disabled', 'startup'],
  [/endpoint (?:\S{1,80} )?(?:cannot|could not) be found/i, 'db/endpoint-not-found', 'startup'],
  [
    /exceeded the (?:compute time|data transfer|storage) quota|check your quotas/i,
    'db/quota-exceeded',
    'startup',
  ],
  [/this ip address .{0,60}is not allowed/i, 'db/ip-not-allowed', 'startup'],
  [/no pg_hba\.conf entry.{0,200}no encryption/i, 'db/tls-required', 'startup'],
  [/no pg_hba\.conf entry/i, 'db/ip-not-allowed', 'startup'],
  [/connection is insecure/i, 'db/tls-required', 'startup'],
  [/couldn't connect to compute node|the database system is starting up/i, 'db/waking', 'startup'],
  [/unsupported startup parameter/i, 'db/pooler-incompatible', 'startup'],
  [/prepared statement .{1,80}already exists/i, 'db/pooler-incompatible', 'use'],
  [/server does not support ssl|rejected ssl upgrade/i, 'db/tls-rejected', 'ssl'],
  [/certificate verify failed|root certificate file .{1,200}does not exist/i, 'db/tls-rejected', 'tls'],
  [/password authentication failed|role "[^"]{1,80}" does not exist/i, 'db/authentication-failed', 'login'],
  [
    /database "[^"]{1,200}"? ?does not exist|database ".{1,200}does not exist/i,
    'db/database-missing',
    'login',
  ],
  [/relation "[^"]{1,200}" does not exist|undefinedtable/i, 'db/schema-missing', 'use'],
  [/queuepool limit of size/i, 'db/pool-exhausted', 'use'],
  [
    /remaining connection slots are reserved|too many (?:clients|connections)/i,
    'db/too-many-connections',
    'login',
  ],
  [/unexpected keyword argument '(?:sslmode|channel_binding)'/i, 'db/driver-mismatch', 'url'],
  [/invalid connection option "ssl"|can't load plugin: sqlalchemy\.dialects/i, 'db/driver-mismatch', 'url'],
  [/the asyncio extension requires an async driver/i, 'db/driver-mismatch', 'url'],
  [/invalid sslmode value/i, 'db/sslmode-invalid', 'url'],
  [/could not parse sqlalchemy url|invalid dsn|missing "=" after/i, 'db/url-malformed', 'url'],
  [/terminating connection due to administrator command/i, 'db/connection-dropped', 'use'],
  [
    /ssl connection has been closed unexpectedly|server closed the connection unexpectedly/i,
    'db/connection-dropped',
    'use',
  ],
  [/connection (?:was|is) closed in the middle of operation/i, 'db/connection-dropped', 'use'],
  [/temporary failure in name resolution/i, 'db/dns-failure', 'dns'],
  [
    /name or service not known|could not translate host name|nodename nor servname/i,
    'db/dns-wrong-host',
    'dns',
  ],
  [/connection refused/i, 'db/connection-refused', 'tcp'],
  [/connection timed out|timeout expired|connect call timed out|connection timeout/i, 'db/timeout', 'tcp'],
  // Beside an IPv4 error this one, of IPv6, is noise; so it comes last.
  [/network is unreachable|no route to host/i, 'db/network-unreachable', 'tcp'],
];

/** SQLSTATEs whose meaning does not depend on the words (PostgreSQL: Error Codes). */
const STATES: Record<string, DatabaseError> = {
  '28P01': { cause: 'db/authentication-failed', place: 'login' },
  '3D000': { cause: 'db/database-missing', place: 'login' },
  '42P01': { cause: 'db/schema-missing', place: 'use' },
  '53300': { cause: 'db/too-many-connections', place: 'login' },
  '57P01': { cause: 'db/connection-dropped', place: 'use' },
  '57P03': { cause: 'db/waking', place: 'startup' },
};

/** The cause behind an error's words; undefined where they are not known. */
export function databaseError(words: string, sqlstate?: string): DatabaseError | undefined {
  const text = words.slice(0, LONGEST);
  const found = PHRASES.find(([phrase]) => phrase.test(text));
  if (found) return { cause: found[1], place: found[2] };
  return sqlstate === undefined ? undefined : STATES[sqlstate];
}

export interface LoggedError extends DatabaseError {
  line: LogLine;
  /** How many lines of the log say the same. */
  count: number;
}

/** uvicorn's access log holds what clients sent: it must not look like the application's own word. */
const ACCESS_LINE = /"[A-Z]{3,10} \S{1,900} HTTP\/\d/;

/** Words of a line, or of the traceback before it, by which an error of the network is one of the database. */
const DATABASE = /psycopg|asyncpg|sqlalchemy|pg8000|postgres|database|\b5432\b/i;
/** Lines that a traceback has at most between a driver's frame and its error. */
const TRACEBACK_LINES = 60;

/**
 * Database errors that a log tells since the last successful connection, newest first, one of each cause. Errors of the
 * network count only where a driver is spoken of: an application may call others too. Where no line after it looks like
 * an error by the contract's patterns, only those count that a session alone can meet, such as a table that is not there.
 * @param database the contract's patterns for a connection and for an error
 */
export function loggedErrors(lines: readonly LogLine[], database: Contract['database']): LoggedError[] {
  const { recovered, connectedAt } = readDatabaseLog(lines, database);
  const isConnected = recovered && connectedAt !== undefined;
  const begin = Math.max(
    0,
    lines.findIndex(({ at }) => at === connectedAt),
    lines.length - MOST_LINES,
  );
  const found = new Map<DbCause, LoggedError>();
  let spokenOf = -Infinity;
  for (const [index, line] of lines.slice(begin).entries()) {
    const text = line.text.slice(0, LONGEST);
    if (ACCESS_LINE.test(text)) continue;
    if (DATABASE.test(text)) spokenOf = index;
    const error = databaseError(text);
    const isNetwork = error?.place === 'dns' || error?.place === 'tcp';
    if (error === undefined || (isNetwork && index - spokenOf > TRACEBACK_LINES)) continue;
    if (isConnected && error.place !== 'use') continue;
    const count = (found.get(error.cause)?.count ?? 0) + 1;
    // Put in anew, so that the newest comes last.
    found.delete(error.cause);
    found.set(error.cause, { ...error, line, count });
  }
  return [...found.values()].reverse();
}
