import { newUrl, urlInWords } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/tls-required',
  title: 'The database refuses connections without TLS',
  why: 'the application connected without TLS, and the server wants it',
  seen: 'connection is insecure (try using sslmode=require), or no encryption in a line about pg_hba.conf',
  remedy: 'append sslmode=require to the DATABASE_URL',
  // A mode that leaves TLS optional is no more than a fault of the URL, until a server refuses it.
  explains: ['config/database-url', 'db/sslmode-missing', 'db/sslmode-weak', ...UNUSABLE],
  tell: ({ place }, look) => ({
    summary: `{pods}: ${place} refuses a connection without TLS, and ${urlInWords(look)} does not ask for TLS.`,
    fix: [newUrl(look, 'Append sslmode=require to the URL.')],
  }),
});
