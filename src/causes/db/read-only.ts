import { newUrl, readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/read-only',
  title: 'The database takes no writes from this session',
  why: 'the URL leads to a replica, or the database or role is set to read-only: reads work, and every write fails',
  seen: 'cannot execute … in a read-only transaction (SQLSTATE 25006) in the log',
  remedy: 'use the host of the primary, or take default_transaction_read_only off the role or database',
  explains: UNUSABLE,
  tell: ({ said }, look) => ({
    summary: `{pods}: the database takes no writes from the application: ${said}.`,
    fix: [newUrl(look, 'Use the host of the primary.'), readLogs(look.context)],
  }),
});
