import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/pool-exhausted',
  title: 'The application’s own pool of connections is used up',
  why: 'requests wait for a connection that no other request gives back in time, and fail',
  seen: 'QueuePool limit of size … overflow … reached, in the log',
  remedy:
    'look for connections that are not given back (sessions that are not closed); then for a larger pool',
  explains: UNUSABLE,
  tell: (_, { context }) => ({
    summary: '{pods}: the application’s own pool of connections is used up, so that requests wait and fail.',
    fix: [
      advise('Give each session back when a request ends (with or yield), then think of a larger pool.'),
      readLogs(context),
    ],
  }),
});
