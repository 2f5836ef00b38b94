import { advise } from '../../fixes/described.js';
import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/pooler-incompatible',
  title: 'The application asks the pooler for what it cannot do',
  why: 'a pooler in transaction mode shares connections: prepared statements and session settings are lost or collide',
  seen: 'unsupported startup parameter, or prepared statement … already exists, on a -pooler host',
  remedy: 'use the host without -pooler, or turn prepared statements off (asyncpg: statement_cache_size=0)',
  explains: UNUSABLE,
  tell({ words, said }, look) {
    const summary = `{pods}: the pooler before the database cannot do what the driver asks for: ${said}.`;
    const parameter = /unsupported startup parameter(?: in options)?: (\S{1,60})/i.exec(words)?.[1];
    if (parameter !== undefined)
      return {
        summary,
        fix: [
          newUrl(
            look,
            `Take ${parameter.replace(/[.,;]+$/, '')} out of the URL, or let the pooler ignore it (PgBouncer: ignore_startup_parameters).`,
          ),
          advise(
            'Or use the host without -pooler. What the role needs in every session is set by ALTER ROLE … SET.',
          ),
        ],
      };
    return {
      summary,
      fix: [
        advise(
          'Use the host without -pooler, or turn prepared statements off (asyncpg: statement_cache_size=0; psycopg: prepare_threshold=None).',
        ),
      ],
    };
  },
});
