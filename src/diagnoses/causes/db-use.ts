/** Causes in a session that has come about; and what follows where a pod cannot use its database at all. */
import { defineCauses } from '../cause.js';

/** What follows where a pod cannot use its database. */
export const UNUSABLE = [
  'health/database-down',
  'health/server-error',
  'health/flapping',
  'health/too-slow',
  'health/not-listening-yet',
  'crash/startup-exception',
  'crash/liveness-killed',
  'crash/worker-loop',
  'rollout/*',
  'service/no-ready-endpoints',
  'service/http-error',
  'pods/ready',
  'pods/running',
  'pods/restarts',
  'deployment/rollout-complete',
  'functional/health',
  'functional/health-latency',
  'functional/node-port',
  'functional/database-logs',
  'network/database-egress',
  'network/database-connections',
  'load-balancing/*',
] as const;

/** What a URL that is wrong may look like further on. */
export const CLIMBING = [
  'db/url-malformed',
  'db/other',
  'db/dns-wrong-host',
  'db/connection-refused',
  'db/timeout',
  'db/authentication-failed',
  'db/database-missing',
  'db/driver-mismatch',
  'db/sslmode-missing',
  'db/sslmode-invalid',
  'db/tls-required',
  'crash/missing-environment',
  'config/database-url',
] as const;

const USE = defineCauses([
  {
    id: 'db/connection-dropped',
    topic: 'db',
    title: 'The database ends connections that the application keeps',
    severity: 'error',
    why: 'a pooled connection that the server has closed, such as when the compute is suspended, fails at its next use',
    seen: 'terminating connection due to administrator command, or SSL connection has been closed unexpectedly, in the log',
    remedy:
      'let the pool test connections before use: create_engine(…, pool_pre_ping=True, pool_recycle=300)',
    explains: UNUSABLE,
  },
  {
    id: 'db/too-many-connections',
    topic: 'db',
    title: 'The database has no connection slots left',
    severity: 'error',
    why: 'replicas × workers × (pool + overflow) connections are more than the server grants',
    seen: 'remaining connection slots are reserved, or too many clients already (SQLSTATE 53300)',
    remedy: 'make the pools smaller, or connect through the database’s pooler',
    explains: ['db/pool-exhausted', ...UNUSABLE],
  },
  {
    id: 'db/pool-exhausted',
    topic: 'db',
    title: 'The application’s own pool of connections is used up',
    severity: 'error',
    why: 'requests wait for a connection that no other request gives back in time, and fail',
    seen: 'QueuePool limit of size … overflow … reached, in the log',
    remedy:
      'look for connections that are not given back (sessions that are not closed); then for a larger pool',
    explains: UNUSABLE,
  },
  {
    id: 'db/pooler-incompatible',
    topic: 'db',
    title: 'The application asks the pooler for what it cannot do',
    severity: 'error',
    why: 'a pooler in transaction mode shares connections: prepared statements and session settings are lost or collide',
    seen: 'unsupported startup parameter, or prepared statement … already exists, on a -pooler host',
    remedy: 'use the host without -pooler, or turn prepared statements off (asyncpg: statement_cache_size=0)',
    explains: UNUSABLE,
  },
]);

const SAID = defineCauses([
  {
    id: 'db/read-only',
    topic: 'db',
    title: 'The database takes no writes from this session',
    severity: 'error',
    why: 'the URL leads to a replica, or the database or role is set to read-only: reads work, and every write fails',
    seen: 'cannot execute … in a read-only transaction (SQLSTATE 25006) in the log',
    remedy: 'use the host of the primary, or take default_transaction_read_only off the role or database',
    explains: UNUSABLE,
  },
  {
    id: 'db/permission-denied',
    topic: 'db',
    title: 'The database’s role lacks a right',
    severity: 'error',
    why: 'the role may log in, and may not do what the application asks: since PostgreSQL 15 only the owner of a database may make tables in its schema public',
    seen: 'permission denied for schema, table or another object (SQLSTATE 42501) in the log',
    remedy:
      'grant the right to the role, as the owner of the object: GRANT USAGE, CREATE ON SCHEMA public TO …',
    explains: ['db/schema-missing', ...UNUSABLE],
  },
  {
    id: 'db/not-accepting',
    topic: 'db',
    title: 'The database accepts no connections',
    severity: 'error',
    why: 'the server answers, and lets nobody into this database: connections were switched off for it, or the server is going down',
    seen: 'database … is not currently accepting connections, or the database system is shutting down',
    remedy: 'switch connections on for it (ALTER DATABASE … ALLOW_CONNECTIONS true), or use another database',
    explains: UNUSABLE,
  },
  {
    id: 'db/transaction-aborted',
    topic: 'db',
    title: 'The application goes on in a transaction that has failed',
    severity: 'error',
    why: 'after an error PostgreSQL refuses every statement until the transaction is rolled back: a session that is kept without a rollback fails for each request that gets it',
    seen: 'current transaction is aborted (SQLSTATE 25P02), or PendingRollbackError, in the log',
    remedy:
      'roll back on an error: give each request a session of its own (with Session() as …), and read the first error before it',
    explains: UNUSABLE,
  },
  {
    id: 'db/sqlite',
    topic: 'db',
    title: 'The application uses SQLite in place of PostgreSQL',
    severity: 'error',
    why: 'the file lives in the container: every pod has data of its own, and they are lost with it',
    seen: 'a DATABASE_URL that begins with sqlite:, or errors of sqlite3 in the log',
    remedy:
      'write the PostgreSQL database’s URL into the Secret; where it is right there, see why the application does not take it',
    explains: ['db/url-malformed', 'db/other', 'config/database-url', ...UNUSABLE],
  },
  {
    id: 'db/other',
    topic: 'db',
    title: 'The application logs an error of its database',
    severity: 'error',
    why: 'the words are none of those that are known here, so that they are told as they were said',
    seen: 'a line at level ERROR or an exception that speaks of the database, and no connection after it',
    remedy: 'read the line and what the log says around it',
    explains: UNUSABLE,
  },
]);

export const DB_USE_CAUSES = [...USE, ...SAID] as const;
