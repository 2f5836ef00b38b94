import { LOCAL_SOCKET } from '../../vocabulary/database.js';
import { isSaid } from '../../vocabulary/vocabulary.js';
import { newUrl } from './_fix.js';
import { GONE } from './_follows.js';
import { wayCause } from './_way.js';

/** libpq was answered, and not as PostgreSQL does; it says the first character. */
const OTHER_PROTOCOL =
  /received invalid response to (?:SSL|GSSAPI) negotiation(?:: (.))?|expected authentication request from server/i;
const SPEAKS: Readonly<Record<string, string>> = {
  H: ', but a server of HTTP',
  '-': ', but probably Redis',
  J: ', but probably MySQL',
};

export default wayCause({
  id: 'db/connection-refused',
  title: 'The database’s host refuses the connection',
  why: 'the host is there and nothing listens at the port: the port is wrong, or the server is down',
  seen: 'connection refused, from inside the pod; or received invalid response to SSL negotiation, where something else answers',
  remedy: 'compare the port with the database’s console, and see whether the server runs',
  explains: GONE,
  tell: ({ place, host, words, said }, look) => {
    if (isSaid(LOCAL_SOCKET, words))
      return {
        summary: `{pods}: the driver was given no host, and looks for a server in the container itself: ${said}.`,
        fix: [newUrl(look, 'Give the database’s host: postgresql://USER:PASSWORD@HOST:5432/DATABASE.')],
      };
    const answered = OTHER_PROTOCOL.exec(words);
    if (answered)
      return {
        summary: `{pods}: what answers at ${place} is not PostgreSQL${SPEAKS[answered[1] ?? ''] ?? ''}: the port or the host is another server’s.`,
        fix: [
          newUrl(
            look,
            `Compare ${host ? `host and port ${host.port}` : 'host and port'} with the database’s console (PostgreSQL’s port is 5432).`,
          ),
        ],
      };
    return {
      summary: `{pods}: ${place} refuses the connection: the port is wrong, or no database server runs there.`,
      fix: [
        newUrl(
          look,
          `Compare ${host ? `port ${host.port}` : 'the port'} with the database’s console (PostgreSQL’s is 5432), and see whether the server runs.`,
        ),
      ],
    };
  },
});
