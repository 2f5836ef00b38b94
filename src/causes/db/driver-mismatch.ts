import { asDriverWants, urlInWords } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { urlOrWayCause } from './_url.js';

export default urlOrWayCause({
  id: 'db/driver-mismatch',
  title: 'The DATABASE_URL is written for another driver',
  why: 'asyncpg knows no sslmode and psycopg no ssl: a parameter that the driver does not know ends the connection before it begins',
  seen: 'parameters that the scheme’s driver refuses, or its words in the log: unexpected keyword argument, invalid connection option, Can’t load plugin',
  remedy:
    'with asyncpg write ?ssl=require, with psycopg ?sslmode=require; SQLAlchemy wants postgresql://, not postgres://',
  explains: ['config/database-url', 'db/other', ...UNUSABLE],
  problems: {
    'driver-mismatch': ({ place, url, isAsyncpg, wanted }) => {
      const scheme = url.scheme ?? 'postgresql';
      const refused = (url.refusedParameters ?? []).join(', ');
      return {
        summary: `The DATABASE_URL in ${place} has ${refused === '' ? 'a parameter' : `parameter ${refused}`} that the driver behind ${scheme}:// refuses.`,
        seen: `scheme ${scheme}${refused === '' ? '' : `, parameter ${refused}`}`,
        hint: isAsyncpg
          ? 'asyncpg: ssl=require, and neither sslmode nor channel_binding.'
          : `psycopg: ${wanted}.`,
      };
    },
  },
  tell: ({ said }, look) => ({
    summary: `{pods}: ${urlInWords(look)} is written for another driver: ${said}.`,
    fix: [asDriverWants(look)],
  }),
});
