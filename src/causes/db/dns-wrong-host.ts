import { resolvesOthers } from '../../computed/database-trouble.js';
import { copyAgain, urlInWords } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/dns-wrong-host',
  title: 'The database’s host does not exist',
  why: 'the name in the DATABASE_URL is misspelt, or the database was deleted',
  seen: 'Name or service not known, while other names resolve',
  remedy: 'copy the host again from the database’s console into the DATABASE_URL',
  explains: UNUSABLE,
  tell: ({ way, stop, host }, look) => ({
    summary: `{pods}: the host of ${urlInWords(look)}, ${host?.host ?? 'the database'}, does not exist.`,
    fix: [copyAgain(look)],
    ...(stop && { ruledOut: resolvesOthers(way, look) ? ['DNS: other names resolve'] : [] }),
  }),
});
