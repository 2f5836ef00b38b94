import { advise } from '../../fixes/described.js';
import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/not-accepting',
  title: 'The database accepts no connections',
  why: 'the server answers, and lets nobody into this database: connections were switched off for it, or the server is going down',
  seen: 'database … is not currently accepting connections, or the database system is shutting down',
  remedy: 'switch connections on for it (ALTER DATABASE … ALLOW_CONNECTIONS true), or use another database',
  explains: UNUSABLE,
  tell: ({ said }, look) => ({
    summary: `{pods}: the database lets nobody in: ${said}.`,
    fix: [
      advise('Switch connections on for the database: ALTER DATABASE … ALLOW_CONNECTIONS true.'),
      newUrl(look, 'Or use another database.'),
    ],
  }),
});
