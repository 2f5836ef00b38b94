import { UNREADABLE } from './_follows.js';
import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/url-quoted',
  title: 'The DATABASE_URL is in quotation marks',
  why: 'the quotation marks are part of the value, so that it begins with no scheme that a driver knows',
  seen: 'the decoded value begins with a quotation mark',
  remedy: 'write the key again without quotation marks; in an env file they are not taken off',
  explains: ['db/url-malformed', ...UNREADABLE],
  problems: {
    'url-quoted': ({ place }) => ({
      summary: `The DATABASE_URL in ${place} is in quotation marks, and they are part of the value.`,
      seen: 'begins with a quotation mark',
      hint: 'Without the quotation marks.',
    }),
  },
});
