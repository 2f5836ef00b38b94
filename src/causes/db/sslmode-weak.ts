import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/sslmode-weak',
  title: 'The DATABASE_URL leaves TLS optional',
  why: 'disable, allow and prefer connect without TLS where they can: passwords and data may be read on the way',
  seen: 'sslmode is disable, allow or prefer',
  remedy: 'set sslmode=require, or verify-full with the authority’s certificate',
  explains: ['config/database-url'],
  problems: {
    'sslmode-weak': ({ place, url, given, wanted }) => ({
      summary: `The DATABASE_URL in ${place} has ${given}, ${url.sslmode === 'disable' ? 'which turns TLS off' : 'which does not demand the TLS that the contract wants'}.`,
      seen: given,
      hint: `Set ${wanted}.`,
    }),
  },
});
