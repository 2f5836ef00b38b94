import { advise } from '../../fixes/described.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/pooler-incompatible',
  title: 'The application asks the pooler for what it cannot do',
  why: 'a pooler in transaction mode shares connections: prepared statements and session settings are lost or collide',
  seen: 'unsupported startup parameter, or prepared statement … already exists, on a -pooler host',
  remedy: 'use the host without -pooler, or turn prepared statements off (asyncpg: statement_cache_size=0)',
  explains: UNUSABLE,
  tell: ({ said }) => ({
    summary: `{pods}: the pooler before the database cannot do what the driver asks for: ${said}.`,
    fix: [
      advise(
        'Use the host without -pooler, or turn prepared statements off (asyncpg: statement_cache_size=0).',
      ),
    ],
  }),
});
