import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/too-many-connections',
  title: 'The database has no connection slots left',
  why: 'replicas × workers × (pool + overflow) connections are more than the server grants',
  seen: 'remaining connection slots are reserved, or too many clients already (SQLSTATE 53300)',
  remedy: 'make the pools smaller, or connect through the database’s pooler',
  explains: ['db/pool-exhausted', ...UNUSABLE],
  tell: (_, { context }) => ({
    summary:
      '{pods}: the database has no connection slot left: replicas × workers × (pool + overflow) are more than it grants.',
    fix: [
      advise('Use the database’s pooler (the -pooler host), or make pool_size and max_overflow smaller.'),
      readLogs(context),
    ],
  }),
});
