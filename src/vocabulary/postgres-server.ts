/** What database servers and the poolers before them answer: PostgreSQL, PgBouncer, Neon's proxy, Supabase's pooler. */
import type { DatabaseMeaning, DatabaseWords, WayPlace } from './vocabulary.js';

/** What is said about the user, the password and the way that the server allows. The more specific phrase first. */
const LOGIN: readonly DatabaseWords[] = [
  {
    says: /endpoint id is not specified/i,
    by: 'Neon',
    means: 'db/sni-missing',
    place: 'startup',
    example:
      'ERROR:  Endpoint ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support or pass the endpoint ID (first part of the domain name) as a parameter',
  },
  {
    says: /(?:project|endpoint) id is not specified|no SNI/i,
    by: 'Neon, older',
    means: 'db/sni-missing',
    place: 'startup',
    example: 'ERROR:  Project ID is not specified. Either please upgrade the postgres client library (libpq)',
  },
  {
    says: /inconsistent (?:project|endpoint) name inferred from SNI/i,
    by: 'Neon',
    means: 'db/endpoint-not-found',
    place: 'startup',
    example: "ERROR:  Inconsistent project name inferred from SNI ('ep-a-1') and project option ('ep-b-2').",
  },
  {
    says: /endpoint (?:\S{1,80} )?is disabled|endpoint (?:\S{1,80} )?has been disabled/i,
    by: 'Neon, older and newer',
    means: 'db/endpoint-disabled',
    place: 'startup',
    example: 'ERROR:  The endpoint has been disabled. Enable it using Neon API and retry.',
  },
  {
    says: /endpoint (?:\S{1,80} )?(?:cannot|could not) be found|endpoint (?:\S{1,80} )?(?:was )?not found|project not found/i,
    by: 'Neon, older and newer',
    means: 'db/endpoint-not-found',
    place: 'startup',
    example: 'ERROR:  The requested endpoint could not be found, or you don’t have access to it.',
  },
  {
    says: /exceeded the (?:\w{1,20} ){1,3}quota|check your quotas|exceeded the limit of concurrently active endpoints|(?:compute|active) time limit (?:is )?exceeded/i,
    by: 'Neon, older and newer',
    means: 'db/quota-exceeded',
    place: 'startup',
    example:
      'ERROR:  Your project has exceeded the data transfer quota. Upgrade your plan to increase limits.',
  },
  {
    says: /this ip address .{0,60}is not allowed|address not in (?:tenant )?allow_?list/i,
    by: 'Neon, Supabase',
    means: 'db/ip-not-allowed',
    place: 'startup',
    example: 'ERROR:  This IP address 203.0.113.9 is not allowed to connect to this endpoint.',
  },
  {
    says: /password authentication failed|(?:peer|ident|LDAP|PAM|GSSAPI|RADIUS|certificate|SASL|SCRAM) authentication failed|wrong password type/i,
    by: 'PostgreSQL, PgBouncer, Neon',
    means: 'db/authentication-failed',
    place: 'login',
    example: 'FATAL:  password authentication failed for user "todo"',
  },
  {
    says: /role "?[^"\n]{1,80}"? (?:does not exist|is not permitted to log in)|no such user|tenant or user not found/i,
    by: 'PostgreSQL, PgBouncer, Supabase',
    means: 'db/authentication-failed',
    place: 'login',
    example: 'FATAL:  role "todoo" does not exist',
  },
  {
    says: /no password supplied|password is required but not provided|server requested .{0,40}password/i,
    by: 'libpq, asyncpg, pg8000: the URL has no password',
    means: 'db/authentication-failed',
    place: 'login',
    example: 'fe_sendauth: no password supplied',
  },
  {
    says: /no pg_hba\.conf entry[^\n]{0,200}(?:, SSL encryption|, SSL on)|pg_hba\.conf rejects connection[^\n]{0,200}(?:, SSL encryption|, SSL on)/i,
    by: 'PostgreSQL, with TLS',
    means: 'db/ip-not-allowed',
    place: 'startup',
    example: 'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "todo", database "todo", SSL encryption',
  },
  {
    says: /(?:no pg_hba\.conf entry|pg_hba\.conf rejects connection)[^\n]{0,200}(?:no encryption|, SSL off)|connection is insecure|SSL required|(?:SSL|TLS) connection is required/i,
    by: 'PostgreSQL without TLS, Neon, PgBouncer',
    means: 'db/tls-required',
    place: 'startup',
    example: 'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "todo", database "todo", no encryption',
  },
  {
    says: /no pg_hba\.conf entry|pg_hba\.conf rejects connection/i,
    by: 'PostgreSQL without TLS built in',
    means: 'db/ip-not-allowed',
    place: 'startup',
    example: 'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "todo", database "todo"',
  },
  {
    says: /no such database|database "[^"\n]{1,200}"? ?does not exist|database "[\s\S]{1,200}?" ?does not exist|^[^"\n]{0,200}\bdatabase \S{1,80} does not exist/i,
    by: 'PostgreSQL, PgBouncer',
    means: 'db/database-missing',
    place: 'login',
    example: 'FATAL:  database "todos" does not exist',
  },
  {
    says: /remaining connection slots are reserved|too many (?:clients|connections)|no more connections allowed|max(?:imum)? (?:number of )?(?:client )?connections (?:reached|exceeded)|max clients reached|too many database connection attempts/i,
    by: 'PostgreSQL, PgBouncer, Neon, Supabase',
    means: 'db/too-many-connections',
    place: 'login',
    example: 'FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute',
  },
  {
    says: /query_wait_timeout/i,
    by: 'PgBouncer: its own pool is used up',
    means: 'db/too-many-connections',
    place: 'login',
    example: 'FATAL:  query_wait_timeout',
  },
  {
    says: /couldn't connect to compute node|the database system is (?:starting up|in recovery mode)|not yet accepting connections/i,
    by: 'Neon, PostgreSQL',
    means: 'db/waking',
    place: 'startup',
    example: 'FATAL:  the database system is starting up',
  },
  {
    says: /unsupported startup parameter/i,
    by: 'PgBouncer, Neon',
    means: 'db/pooler-incompatible',
    place: 'startup',
    example: 'ERROR:  unsupported startup parameter: search_path',
  },
];

/** What is said in a session that came about. */
const USE: readonly DatabaseWords[] = [
  {
    says: /prepared statement .{1,80}(?:already exists|does not exist)|(?:Duplicate|InvalidSqlStatementName)\w{0,20}(?:PreparedStatement|Error|Name)/i,
    by: 'PostgreSQL behind a pooler',
    means: 'db/pooler-incompatible',
    place: 'use',
    example: 'prepared statement "__asyncpg_stmt_1__" already exists',
  },
  {
    says: /cannot execute \S{1,40}(?: \S{1,40}){0,3} in a read-only transaction|session is read-only|ReadOnlySqlTransaction/i,
    by: 'PostgreSQL',
    means: 'db/read-only',
    place: 'use',
    example: 'ERROR:  cannot execute INSERT in a read-only transaction',
  },
  {
    says: /current transaction is aborted|InFailedSqlTransaction|InFailedSQLTransaction|PendingRollbackError|can't reconnect until invalid transaction is rolled back|transaction has been rolled back due to a previous exception/i,
    by: 'PostgreSQL, SQLAlchemy',
    means: 'db/transaction-aborted',
    place: 'use',
    example: 'current transaction is aborted, commands ignored until end of transaction block',
  },
  {
    says: /no schema has been selected to create in/,
    by: 'PostgreSQL: none of the search_path exists, or the role may use none of it',
    means: 'db/schema-missing',
    place: 'use',
    example: 'ERROR:  no schema has been selected to create in',
  },
  {
    says: /(?:relation|column|schema|type|function) "?[^"\n]{1,200}"?(?: of relation "[^"\n]{1,100}")? does not exist|UndefinedTable|UndefinedColumn|UndefinedFunction|UndefinedObject|InvalidSchemaName/i,
    by: 'PostgreSQL',
    means: 'db/schema-missing',
    place: 'use',
    example: 'ERROR:  relation "tasks" does not exist',
  },
  {
    says: /terminating connection (?:due to|because of)|the database system is shutting down|server_lifetime|server conn crashed|idle-(?:in-transaction|session) timeout/i,
    by: 'PostgreSQL, PgBouncer',
    means: 'db/connection-dropped',
    place: 'use',
    example: 'FATAL:  terminating connection due to administrator command',
  },
  {
    says: /duplicate key value violates|violates (?:not-null|foreign key|check|unique|exclusion) constraint|violates row-level security|UniqueViolation|ForeignKeyViolation|NotNullViolation|CheckViolation|IntegrityError|value too long for type|invalid input syntax for type|invalid input value for enum|(?:integer|smallint|bigint|timestamp|date\/time field value)[^\n]{0,60} out of range|syntax error at or near|deadlock detected|could not serialize access|canceling statement due to (?:statement timeout|user request|lock timeout)|division by zero/i,
    by: 'PostgreSQL: one statement is refused',
    means: 'statement',
    place: 'use',
    example: 'ERROR:  duplicate key value violates unique constraint "tasks_pkey"',
  },
  {
    says: /permission denied for (?:table|schema|sequence|database|relation|function|view|language|type)|permission denied to (?:create|set)|must be (?:owner of|superuser)|InsufficientPrivilege/i,
    by: 'PostgreSQL',
    means: 'db/permission-denied',
    place: 'use',
    example: 'ERROR:  permission denied for table tasks',
  },
  {
    says: /is not currently accepting connections|database system is shutting down|cannot connect to invalid database/i,
    by: 'PostgreSQL',
    means: 'db/not-accepting',
    place: 'startup',
    example: 'FATAL:  database "todo" is not currently accepting connections',
  },
  {
    says: /could not extend file|disk full|No space left on device|out of shared memory|server login (?:has been failing|failed)|cannot connect to server|console request failed|control plane request failed/i,
    by: 'PostgreSQL, PgBouncer, Neon: told as it is said',
    means: 'db/other',
    place: 'use',
    example: 'ERROR:  could not extend file "base/16385/16388": No space left on device',
  },
];

export const SERVER_WORDS: readonly DatabaseWords[] = [...LOGIN, ...USE];

/** SQLSTATEs whose meaning does not depend on the words (PostgreSQL: Appendix A, Error Codes). */
export const SQLSTATES: Readonly<Record<string, { means: DatabaseMeaning; place: WayPlace }>> = {
  '08P01': { means: 'db/other', place: 'startup' },
  '25006': { means: 'db/read-only', place: 'use' },
  '25P02': { means: 'db/transaction-aborted', place: 'use' },
  '26000': { means: 'db/pooler-incompatible', place: 'use' },
  '28000': { means: 'db/authentication-failed', place: 'login' },
  '28P01': { means: 'db/authentication-failed', place: 'login' },
  '3D000': { means: 'db/database-missing', place: 'login' },
  '3F000': { means: 'db/schema-missing', place: 'use' },
  '42703': { means: 'db/schema-missing', place: 'use' },
  '42883': { means: 'db/schema-missing', place: 'use' },
  '42704': { means: 'db/schema-missing', place: 'use' },
  '42P01': { means: 'db/schema-missing', place: 'use' },
  '42P05': { means: 'db/pooler-incompatible', place: 'use' },
  '53300': { means: 'db/too-many-connections', place: 'login' },
  '42501': { means: 'db/permission-denied', place: 'use' },
  '57P01': { means: 'db/connection-dropped', place: 'use' },
  '57P02': { means: 'db/connection-dropped', place: 'use' },
  '57P03': { means: 'db/waking', place: 'startup' },
  '57P05': { means: 'db/connection-dropped', place: 'use' },
};
