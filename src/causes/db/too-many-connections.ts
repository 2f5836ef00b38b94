import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

/** Limits other than the server's own, each with what lifts it. */
const LIMITS: readonly { says: RegExp; tell: (name: string) => string; remedy: string }[] = [
  {
    says: /too many connections for role "([^"\n]{1,80})"/i,
    tell: (role) => `the role “${role}” may have no more connections`,
    remedy:
      'Raise its limit (ALTER ROLE … CONNECTION LIMIT), or keep replicas × workers × (pool + overflow) below it; a rolling update has one replica more.',
  },
  {
    says: /too many connections for database "([^"\n]{1,80})"/i,
    tell: (database) => `the database “${database}” takes no more connections`,
    remedy:
      'Raise its limit (ALTER DATABASE … CONNECTION LIMIT), or keep replicas × workers × (pool + overflow) below it; a rolling update has one replica more.',
  },
  {
    says: /no more connections allowed|max_client_conn|max ?clients|too many client (?:tcp )?connections|client connections to the proxy exceeded/i,
    tell: () => 'the pooler before the database takes no more clients',
    remedy:
      'Raise the pooler’s limit of clients (PgBouncer: max_client_conn, Odyssey: client_max), or keep replicas × workers × (pool + overflow) below it.',
  },
  {
    says: /query_wait_timeout|waiting to acquire database connection|could not get connection from the pool/i,
    tell: () => 'the pooler before the database has had no connection to the server to give for too long',
    remedy:
      'See in the pooler whether its pool is used up (SHOW POOLS: cl_waiting; RDS Proxy: DatabaseConnectionsBorrowLatency), paused, or without its server; raise its size where it is used up (default_pool_size, MaxConnectionsPercent).',
  },
  {
    says: /failed to acquire permit|too many database connection attempts|rate of connection to proxy exceeded/i,
    tell: () => 'too many connections are being opened at the same time',
    remedy:
      'Wait a moment; then let the pods keep their connections (a pool, pre-ping), and start fewer of them at once.',
  },
];

export default wayCause({
  id: 'db/too-many-connections',
  title: 'The database has no connection slots left',
  why: 'replicas × workers × (pool + overflow) connections are more than the server grants',
  seen: 'remaining connection slots are reserved, or too many clients already (SQLSTATE 53300)',
  remedy: 'make the pools smaller, or connect through the database’s pooler',
  explains: ['db/pool-exhausted', ...UNUSABLE],
  tell({ words, said }, { context }) {
    const limit = LIMITS.find(({ says }) => says.test(words));
    if (limit)
      return {
        summary: `{pods}: ${limit.tell(limit.says.exec(words)?.[1] ?? '')}: ${said}.`,
        fix: [advise(limit.remedy), readLogs(context)],
      };
    return {
      summary:
        '{pods}: the database has no connection slot left: replicas × workers × (pool + overflow) are more than it grants.',
      fix: [
        advise('Use the database’s pooler (the -pooler host), or make pool_size and max_overflow smaller.'),
        readLogs(context),
      ],
    };
  },
});
