import { asDriverWants } from './_fix.js';
import { UNREADABLE } from './_follows.js';
import { urlOrWayCause } from './_url.js';

export default urlOrWayCause({
  id: 'db/url-malformed',
  title: 'The DATABASE_URL is not a PostgreSQL connection string',
  why: 'the driver refuses it before it connects anywhere',
  seen: 'it has no postgresql:// scheme, an invalid port, or cannot be read at all',
  remedy: 'write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE?sslmode=require',
  explains: UNREADABLE,
  problems: {
    'url-malformed': ({ place }) => ({
      summary: `The DATABASE_URL in ${place} cannot be read as a connection string.`,
      seen: 'no connection string',
      hint: 'Copy the connection string again from the database’s console.',
    }),
    'url-scheme': ({ place, url: { scheme } }) => ({
      summary: `The DATABASE_URL in ${place} begins with ${scheme === undefined ? 'no scheme of PostgreSQL’s' : `${scheme}://`}, not with postgresql://.`,
      seen: `scheme ${scheme ?? '(hidden)'}`,
      hint: 'It must begin with postgresql://.',
    }),
    'url-port': ({ place }) => ({
      summary: `The port in the DATABASE_URL in ${place} is not a number from 1 to 65535.`,
      seen: 'not a port number',
      hint: 'PostgreSQL’s port is 5432.',
    }),
  },
  tell: ({ said }, look) => ({
    summary: `{pods}: the database says: ${said}`,
    fix: [asDriverWants(look)],
  }),
});
