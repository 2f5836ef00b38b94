import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/disk-full',
  title: 'The database’s disk is full',
  why: 'the server reads, and fails at each write that needs a new page: nothing in the cluster of the pods is wrong',
  seen: 'could not extend file …: No space left on device (SQLSTATE 53100)',
  remedy: 'give the database’s volume or tablespace more room, or delete what is not needed',
  explains: UNUSABLE,
  tell: ({ said }, { context }) => ({
    summary: `{pods}: the database has no room left on its disk: ${said}.`,
    fix: [
      advise(
        'Give the database’s volume (or the tablespace that is named) more room, or delete what is not needed: old WAL of a replication slot that nobody reads, bloated tables, temporary files.',
      ),
      readLogs(context),
    ],
  }),
});
