import { ENDED_AT_CONNECT } from '../../vocabulary/database.js';
import { isSaid } from '../../vocabulary/vocabulary.js';
import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/connection-dropped',
  title: 'The database ends connections that the application keeps',
  why: 'a pooled connection that the server has closed, such as when the compute is suspended, fails at its next use',
  seen: 'terminating connection due to administrator command, or SSL connection has been closed unexpectedly, in the log',
  remedy: 'let the pool test connections before use: create_engine(…, pool_pre_ping=True, pool_recycle=300)',
  explains: UNUSABLE,
  tell({ words, place, said }, { context }) {
    if (isSaid(ENDED_AT_CONNECT, words))
      return {
        summary: `{pods}: ${place} takes the connection and ends it before a session has begun: ${said}.`,
        fix: [
          advise(
            'See in the log of the database, or of the pooler or proxy before it, why it ends new connections: a restart, a limit, TLS that it does not expect.',
          ),
          readLogs(context),
        ],
      };
    return {
      summary: '{pods}: the database has ended a connection that the application still wanted to use.',
      fix: [
        advise(
          'Let the pool test each connection before use: create_engine(…, pool_pre_ping=True, pool_recycle=300).',
        ),
        readLogs(context),
      ],
    };
  },
});
