import { LOCAL_SOCKET } from '../../vocabulary/database.js';
import { isSaid } from '../../vocabulary/vocabulary.js';
import { newUrl } from './_fix.js';
import { GONE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/connection-refused',
  title: 'The database’s host refuses the connection',
  why: 'the host is there and nothing listens at the port: the port is wrong, or the server is down',
  seen: 'connection refused, from inside the pod',
  remedy: 'compare the port with the database’s console, and see whether the server runs',
  explains: GONE,
  tell: ({ place, host, words, said }, look) => {
    if (isSaid(LOCAL_SOCKET, words))
      return {
        summary: `{pods}: the driver was given no host, and looks for a server in the container itself: ${said}.`,
        fix: [newUrl(look, 'Give the database’s host: postgresql://USER:PASSWORD@HOST:5432/DATABASE.')],
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
