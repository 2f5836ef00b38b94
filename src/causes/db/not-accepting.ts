import { advise } from '../../fixes/described.js';
import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

/** What poolers say whose own way to the server is broken. */
const POOLERS =
  /client_login_timeout|server login (?:has been failing|failed)|cannot connect to server|pgpool is not accepting|backend nodes are down|AllServersDown|EAUTHQUERY|failed to retrieve database credentials|too many failed attempts/i;

export default wayCause({
  id: 'db/not-accepting',
  title: 'The database accepts no connections',
  why: 'the server answers, and lets nobody into this database: connections were switched off for it, or the server is starting or going down',
  seen: 'database … is not currently accepting connections, or the database system is starting up or shutting down, and pods that are not ready',
  remedy: 'switch connections on for it (ALTER DATABASE … ALLOW_CONNECTIONS true), or use another database',
  explains: UNUSABLE,
  tell({ said, words }, look) {
    const summary = `{pods}: the database lets nobody in: ${said}.`;
    if (/starting up|in recovery mode|not yet accepting|compute node|shutting down/i.test(words))
      return {
        summary,
        fix: [
          advise(
            'See in the database’s console or log why it has not come up (or why it goes down); the pods are started again until it has.',
          ),
          advise('Let the application wait for it: 10 s for a connection and a retry at the start.'),
        ],
      };
    if (POOLERS.test(words))
      return {
        summary: `{pods}: the pooler before the database answers, and does not get through to it: ${said}.`,
        fix: [
          advise(
            'See whether the database itself is up, and in the pooler’s log what it meets there: its own host, port, user and password lead to the server, not those of the application.',
          ),
        ],
      };
    return {
      summary,
      fix: [
        advise('Switch connections on for the database: ALTER DATABASE … ALLOW_CONNECTIONS true.'),
        newUrl(look, 'Or use another database.'),
      ],
    };
  },
});
