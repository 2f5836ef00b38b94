import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/sslmode-missing',
  title: 'The DATABASE_URL does not demand TLS',
  why: 'Neon refuses connections without TLS, and elsewhere a downgrade would go unnoticed',
  seen: 'the URL has no sslmode (for asyncpg: no ssl)',
  remedy: 'append ?sslmode=require; for asyncpg ?ssl=require',
  explains: ['config/database-url'],
  problems: {
    'sslmode-missing': ({ place, isAsyncpg, wanted }) => ({
      summary: `The DATABASE_URL in ${place} does not demand TLS: it has no ${isAsyncpg ? 'ssl' : 'sslmode'}.`,
      seen: `no ${isAsyncpg ? 'ssl' : 'sslmode'}`,
      hint: `Append ?${wanted}.`,
    }),
  },
});
