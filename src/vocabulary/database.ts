/**
 * All that is said of a database, in the order in which it counts. Within one error an answer of the server says more than
 * that other addresses could not be reached: psycopg 3 lists its attempts, and asyncio all of its exceptions.
 */
import { CLIENT_WORDS, FAILURE_WORDS } from './postgres-drivers.js';
import { SERVER_WORDS } from './postgres-server.js';
import { TRANSLATED_WORDS } from './postgres-translated.js';
import type { DatabaseWords, Words } from './vocabulary.js';

export const DATABASE_WORDS: readonly DatabaseWords[] = [
  ...SERVER_WORDS,
  ...TRANSLATED_WORDS,
  ...CLIENT_WORDS,
  ...FAILURE_WORDS,
];

/** That the database is spoken of. */
export const DATABASE_SUBJECT =
  /database|datenbank|bases? de (?:données|datos)|base de dados|banco de dados|banca dati|base (?:di )?dati|データベース|数据库|資料庫|데이터베이스|баз\S{1,2} данных|baz\S{1,2} danych|HikariPool|(?<![a-z])dbs?(?![a-z])|postgres|(?<![a-z])pg(?![a-z])|connection from (?:the )?pool|psycopg|asyncpg|sqlalchemy|pg8000|pgbouncer|\bneon\b|neon\.tech|QueuePool|SQLSTATE|connection pool|\bpg_\w|libpq|could not connect to server|connection to server (?:at|on)|\bport (?:5432|6432|6543)\b|, (?:5432|6432|6543)\b|:(?:5432|6432|6543)\b|PostgresError|ClientConfigurationError|\bPoolTimeout\b|\bOperationalError\b|\bInterfaceError\b|\bDBAPIError\b/i;

/** Modules whose exceptions are a database's. */
export const DATABASE_MODULE =
  /^(?:psycopg2?|psycopg_pool|psycopg_binary|asyncpg|sqlalchemy|pg8000|sqlmodel|databases|tortoise|sqlite3|aiosqlite)\b/;

/** Other systems with words of their own: what they say is not about the database, unless it is named as well. */
export const OTHER_SYSTEM =
  /redis|mongo|mysql|mariadb|kafka|rabbit|amqp|celery|elastic|opensearch|memcache|smtp|httpx|requests\.exceptions|urllib3|aiohttp|botocore|\bs3\b|openai|grpc|cassandra|vault|keycloak|jwks|stripe|geoip|maxmind/i;

/** A driver's exception before there is anything that it could connect to: the variable is missing. */
export const NO_DATABASE: readonly Words<'no-database'>[] = [
  {
    says: /Expected string or URL object, got None/,
    by: 'SQLAlchemy',
    means: 'no-database',
    example: 'sqlalchemy.exc.ArgumentError: Expected string or URL object, got None',
  },
];

/** What drivers say where the connection ended while it was opened: libpq before the server's words, asyncpg during TLS. */
export const ENDED_AT_CONNECT: readonly Words<'at-connect'>[] = [
  {
    says: /\bconnection to server (?:at|on)\b[^\n]*\bfailed:/i,
    by: 'libpq 14 and newer',
    means: 'at-connect',
    example:
      'connection to server at "10.96.0.7", port 5432 failed: server closed the connection unexpectedly',
  },
  {
    says: /\bconnection failed:/i,
    by: 'psycopg 3',
    means: 'at-connect',
    example: 'psycopg.OperationalError: connection failed: server closed the connection unexpectedly',
  },
  {
    says: /\bcould not connect to server\b/i,
    by: 'libpq before 14',
    means: 'at-connect',
    example: 'could not connect to server: server closed the connection unexpectedly',
  },
  {
    says: /unexpected connection_lost\(\) call/i,
    by: 'asyncpg',
    means: 'at-connect',
    example: 'ConnectionError: unexpected connection_lost() call',
  },
];

/** libpq was given no host: it looks for a server's socket on its own machine. */
export const LOCAL_SOCKET: readonly Words<'local-socket'>[] = [
  {
    says: /connection to server on socket "/i,
    by: 'libpq 14 and newer',
    means: 'local-socket',
    example:
      'connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
  },
  {
    says: /could not connect to server: [^\n]{1,80}\s+Is the server running locally/i,
    by: 'libpq before 14',
    means: 'local-socket',
    example:
      'could not connect to server: No such file or directory\n\tIs the server running locally and accepting connections on Unix domain socket',
  },
];

/** A file that libpq looks for below the user's home, and may not or cannot read (fe-secure-openssl.c). */
export const CLIENT_FILE: readonly Words<'client-file'>[] = [
  {
    says: /could not (?:open|load|read) (?:client )?certificate/i,
    by: 'libpq',
    means: 'client-file',
    example: 'could not open certificate file "/root/.postgresql/postgresql.crt": Permission denied',
  },
  {
    says: /could not (?:open|load|read) private key/i,
    by: 'libpq',
    means: 'client-file',
    example: 'could not load private key file "/root/.postgresql/postgresql.key": no start line',
  },
  {
    says: /certificate present, but not private key/i,
    by: 'libpq',
    means: 'client-file',
    example: 'certificate present, but not private key file "/home/app/.postgresql/postgresql.key"',
  },
  {
    says: /private key file "/i,
    by: 'libpq',
    means: 'client-file',
    example:
      'private key file "/home/app/.postgresql/postgresql.key" has group or world access; file must have permissions u=rw (0600) or less',
  },
  {
    says: /root certificate file "/i,
    by: 'libpq',
    means: 'client-file',
    example: 'root certificate file "/root/.postgresql/root.crt" does not exist',
  },
];
