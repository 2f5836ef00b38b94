import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { urlOrWayCause } from './_url.js';

export default urlOrWayCause({
  id: 'db/sqlite',
  title: 'The application uses SQLite in place of PostgreSQL',
  why: 'the file lives in the container: every pod has data of its own, and they are lost with it',
  seen: 'a DATABASE_URL that begins with sqlite:, or errors of sqlite3 in the log',
  remedy:
    'write the PostgreSQL database’s URL into the Secret; where it is right there, see why the application does not take it',
  explains: ['db/url-malformed', 'db/other', 'config/database-url', ...UNUSABLE],
  problems: {
    'url-sqlite': ({ place }) => ({
      summary: `The DATABASE_URL in ${place} leads to a SQLite file, which every pod has for itself, and which is lost with it.`,
      seen: 'scheme sqlite',
      hint: 'Give the PostgreSQL database’s connection string.',
    }),
  },
  tell: ({ said }, look) => ({
    summary: `{pods}: the application uses SQLite in place of PostgreSQL: ${said}.`,
    fix: [newUrl(look, 'Copy the connection string from the database’s console.')],
  }),
});
