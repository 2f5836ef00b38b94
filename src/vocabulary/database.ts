/**
 * All that is said of a database, in the order in which it counts. Within one error an answer of the server says more than
 * that other addresses could not be reached: psycopg 3 lists its attempts, and asyncio all of its exceptions.
 */
import { CLIENT_WORDS, FAILURE_WORDS } from './postgres-drivers.js';
import { SERVER_WORDS } from './postgres-server.js';
import type { DatabaseWords } from './vocabulary.js';

export const DATABASE_WORDS: readonly DatabaseWords[] = [...SERVER_WORDS, ...CLIENT_WORDS, ...FAILURE_WORDS];

/** That the database is spoken of. */
export const DATABASE_SUBJECT =
  /database|datenbank|bases? de (?:données|datos)|base de dados|banco de dados|HikariPool|(?<![a-z])dbs?(?![a-z])|postgres|(?<![a-z])pg(?![a-z])|connection from (?:the )?pool|psycopg|asyncpg|sqlalchemy|pg8000|pgbouncer|\bneon\b|neon\.tech|QueuePool|SQLSTATE|connection pool|\bpg_\w|libpq|could not connect to server|connection to server (?:at|on)|\bport (?:5432|6432|6543)\b|, (?:5432|6432|6543)\b|:(?:5432|6432|6543)\b|PostgresError|ClientConfigurationError|\bPoolTimeout\b|\bOperationalError\b|\bInterfaceError\b|\bDBAPIError\b/i;

/** Modules whose exceptions are a database's. */
export const DATABASE_MODULE =
  /^(?:psycopg2?|psycopg_pool|psycopg_binary|asyncpg|sqlalchemy|pg8000|sqlmodel|databases|tortoise|sqlite3|aiosqlite)\b/;

/** Other systems with words of their own: what they say is not about the database, unless it is named as well. */
export const OTHER_SYSTEM =
  /redis|mongo|mysql|mariadb|kafka|rabbit|amqp|celery|elastic|opensearch|memcache|smtp|httpx|requests\.exceptions|urllib3|aiohttp|botocore|\bs3\b|openai|grpc|cassandra|vault|keycloak|jwks|stripe/i;

/** A driver's exception before there is anything that it could connect to: the variable is missing. */
export const NO_DATABASE = /Expected string or URL object, got None/;

/** What drivers say where the connection ended while it was opened: libpq before the server's words, asyncpg during TLS. */
export const ENDED_AT_CONNECT =
  /\bconnection to server (?:at|on)\b[^\n]*\bfailed:|\bconnection failed:|\bcould not connect to server\b|unexpected connection_lost\(\) call/i;

/** libpq was given no host: it looks for a server's socket on its own machine. */
export const LOCAL_SOCKET =
  /connection to server on socket "|could not connect to server: [^\n]{1,80}\s+Is the server running locally/i;

/** A file that libpq looks for below the user's home, and may not or cannot read. */
export const CLIENT_FILE =
  /could not (?:open|load|read) (?:client )?(?:certificate|private key)|private key file "|root certificate file "|certificate present, but not private key/i;
