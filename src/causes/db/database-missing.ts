import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/database-missing',
  title: 'The server has no database of this name',
  why: 'the name after the last / of the DATABASE_URL is wrong, or the database was never created',
  seen: 'database "…" does not exist (SQLSTATE 3D000)',
  remedy: 'correct the name, or create the database',
  explains: UNUSABLE,
  tell: ({ said, words }, look) => ({
    summary: `{pods}: the database says: ${said}`,
    // These poolers know a database together with its user.
    fix: /route for '|no pool configured for database/i.test(words)
      ? [
          newUrl(
            look,
            'The pooler does not know this pair of database and user: correct them in the URL, or add the pair to the pooler’s configuration.',
          ),
        ]
      : [newUrl(look, 'Correct the name after the last / of the URL, or create the database.')],
  }),
});
