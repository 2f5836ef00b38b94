import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

/** Sessions that wait, and those that they wait for. */
const WHO_BLOCKS = 'SELECT pid, pg_blocking_pids(pid), state, query FROM pg_stat_activity';

export default wayCause({
  id: 'db/statement-cancelled',
  title: 'The database cancels a statement that takes too long, or waits for a lock',
  why: 'statement_timeout and lock_timeout of the role, the database or the URL end what takes longer; a migration that locks a table, or a session idle in its transaction, makes all others wait',
  seen: 'canceling statement due to statement timeout, or due to lock timeout',
  remedy: 'end the session that holds the lock, or make the time-out larger',
  explains: UNUSABLE,
  tell({ words, said }, { context }) {
    const isLock = /lock/i.test(words);
    const name = isLock ? 'lock_timeout' : 'statement_timeout';
    return {
      summary: isLock
        ? `{pods}: a statement waits for a lock that another session holds, until the database cancels it: ${said}.`
        : `{pods}: a statement takes longer than the database lets it: ${said}.`,
      fix: [
        advise(
          isLock
            ? `See who holds the lock (${WHO_BLOCKS}), and end that session: pg_terminate_backend(pid).`
            : `See whether it waits for a lock (${WHO_BLOCKS}), or is slow by itself (EXPLAIN).`,
        ),
        advise(
          `Or make the time-out larger where it is set: ALTER ROLE … SET ${name}, ALTER DATABASE … SET ${name}, options in the URL.`,
        ),
        readLogs(context),
      ],
    };
  },
});
