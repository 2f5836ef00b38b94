import { UNREADABLE } from './_follows.js';
import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/url-whitespace',
  title: 'The DATABASE_URL has white space in it',
  why: 'a newline at the end, as echo and most editors leave it, becomes part of the last parameter or of the database’s name',
  seen: 'a blank, a newline, a byte order mark or a zero width space in the decoded value of the Secret’s key',
  remedy:
    'write the key again without it: printf %s instead of echo, or kubectl create secret --from-literal',
  explains: ['db/url-malformed', ...UNREADABLE],
  problems: {
    'url-whitespace': ({ place, url }) => ({
      summary: `The DATABASE_URL in ${place} has white space or a character that is not seen in it, most often a newline at its end, which becomes part of the database’s name or of the last parameter.`,
      seen: `${url.length} characters, with white space or one that is not seen among them`,
      hint: 'Without a newline: printf %s, not echo.',
    }),
  },
});
