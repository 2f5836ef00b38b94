import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/other',
  title: 'The application logs an error of its database',
  why: 'these words are not known here, so they are quoted as they are',
  seen: 'a line at level ERROR or an exception that speaks of the database, and no connection after it',
  remedy: 'read the line and what the log says around it',
  explains: UNUSABLE,
  tell: ({ said }, { context }) => ({
    summary: `{pods}: the log tells of an error of the database: ${said}.`,
    fix: [readLogs(context)],
  }),
});
