/** What only poolers, proxies and hosted databases answer, each of which has words of its own. */
import type { DatabaseWords } from './vocabulary.js';

export const POOLER_WORDS: readonly DatabaseWords[] = [
  {
    says: /RDS proxy has no credentials for the role|password that was provided for the role \S{1,80} is wrong|RDS (?:proxy )?supports only IAM|IAM authentication failed (?:for|because)|user name is missing from the connection startup packet/i,
    by: 'RDS Proxy',
    means: 'db/authentication-failed',
    place: 'login',
    example:
      'FATAL:  This RDS proxy has no credentials for the role todo. Check the credentials for this role and try again.',
  },
  {
    says: /Azure AD access token|access token (?:has expired|not valid for role)|too many authentication failures, new connections/i,
    by: 'Azure, Supabase',
    means: 'db/authentication-failed',
    place: 'login',
    example:
      'FATAL:  (ECIRCUITBREAKER) too many authentication failures, new connections are temporarily blocked',
  },
  {
    says: /route for '[^'\n]{1,200}' is not found|no pool configured for database/i,
    by: 'Odyssey, PgCat',
    means: 'db/database-missing',
    place: 'login',
    example: "FATAL:  odyssey: c8be27be6f9b1: route for 'todos.todo' is not found",
  },
  {
    says: /codeParamsRoutingFailed/i,
    by: 'CockroachDB: which cluster',
    means: 'db/endpoint-not-found',
    place: 'startup',
    example: 'FATAL:  codeParamsRoutingFailed: missing cluster identifier',
  },
  {
    says: /query_wait_timeout|timed-out waiting to acquire database connection|could not get connection from the pool(?! - AllServersDown)/i,
    by: 'PgBouncer, RDS Proxy, PgCat: their own pool is used up',
    means: 'db/too-many-connections',
    place: 'login',
    example: 'FATAL:  query_wait_timeout',
  },
  {
    says: /unsupported startup parameter/i,
    by: 'PgBouncer, Neon',
    means: 'db/pooler-incompatible',
    place: 'startup',
    example: 'ERROR:  unsupported startup parameter: search_path',
  },
];
