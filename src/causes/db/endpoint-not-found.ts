import { copyAgain } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/endpoint-not-found',
  title: 'The database endpoint does not exist',
  why: 'the endpoint’s id in the host is wrong, or the endpoint was deleted',
  seen: 'endpoint cannot be found',
  remedy: 'copy the host again from the database’s console',
  explains: UNUSABLE,
  tell: ({ said }, look) => ({
    summary: `{pods}: the database says: ${said}`,
    fix: [copyAgain(look)],
  }),
});
