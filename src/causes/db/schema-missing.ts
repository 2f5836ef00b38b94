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
  tell: ({ said }, { context }) => ({
    summary: `{pods}: the database is there, and a table is missing: ${said}.`,
    fix: [
      advise('Run the application’s migrations against this database, such as alembic upgrade head.'),
      readLogs(context),
    ],
  }),
});
