import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/permission-denied',
  title: 'The database’s role lacks a right',
  why: 'the role may log in, and may not do what the application asks: since PostgreSQL 15 only the owner of a database may make tables in its schema public',
  seen: 'permission denied for schema, table or another object (SQLSTATE 42501) in the log',
  remedy:
    'grant the right to the role, as the owner of the object: GRANT USAGE, CREATE ON SCHEMA public TO …',
  explains: ['db/schema-missing', ...UNUSABLE],
  tell: ({ said }, { context }) => ({
    summary: `{pods}: the database’s role may not do what the application asks: ${said}.`,
    fix: [
      advise(
        'As the owner of the object, grant what the message names: GRANT USAGE, CREATE ON SCHEMA public TO the role, or GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public.',
      ),
      readLogs(context),
    ],
  }),
});
