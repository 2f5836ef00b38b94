import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/schema-missing',
  title: 'Tables are missing in the database',
  why: 'the database is there and empty: the migrations have not run, or ran in another one',
  seen: 'relation "…" does not exist (SQLSTATE 42P01) in the log',
  remedy: 'run the application’s migrations against this database',
  explains: UNUSABLE,
  tell: ({ said, words }, { context }) =>
    /no schema has been selected/i.test(words)
      ? {
          summary: `{pods}: none of the schemas in the session’s search_path exists, or the role may use none of them: ${said}.`,
          fix: [
            advise(
              'See SHOW search_path as the application’s role, and correct it where it is set: ALTER ROLE … SET search_path, ALTER DATABASE … SET search_path, options in the URL; or make the schema, and GRANT USAGE, CREATE ON SCHEMA … to the role.',
            ),
            readLogs(context),
          ],
        }
      : {
          summary: `{pods}: the database is there, and a table is missing: ${said}.`,
          fix: [
            advise('Run the application’s migrations against this database, such as alembic upgrade head.'),
            readLogs(context),
          ],
        },
});
