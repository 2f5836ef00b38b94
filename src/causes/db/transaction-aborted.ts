import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/transaction-aborted',
  title: 'The application goes on in a transaction that has failed',
  why: 'after an error PostgreSQL refuses every statement until the transaction is rolled back: a session that is kept without a rollback fails for each request that gets it',
  seen: 'current transaction is aborted (SQLSTATE 25P02), or PendingRollbackError, in the log',
  remedy:
    'roll back on an error: give each request a session of its own (with Session() as …), and read the first error before it',
  explains: UNUSABLE,
  tell: ({ said }, { context }) => ({
    summary: `{pods}: the application goes on in a transaction that has failed: ${said}.`,
    fix: [
      advise('Roll back after an error: give each request a session of its own (with Session() as session).'),
      readLogs(context),
    ],
  }),
});
