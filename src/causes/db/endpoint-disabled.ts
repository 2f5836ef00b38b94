import { advise } from '../../fixes/described.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/endpoint-disabled',
  title: 'The database’s endpoint is disabled',
  why: 'somebody, or a limit, has turned the endpoint off: it does not wake by itself',
  seen: 'endpoint is disabled',
  remedy: 'enable the endpoint in the database’s console',
  explains: UNUSABLE,
  tell: ({ said }) => ({
    summary: `{pods}: the database says: ${said}`,
    fix: [advise('Enable the endpoint in the database’s console.')],
  }),
});
