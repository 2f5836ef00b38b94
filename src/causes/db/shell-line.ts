import { UNREADABLE } from './_follows.js';
import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/shell-line',
  title: 'The DATABASE_URL is a whole command line',
  why: "consoles show the URL as a command to paste: psql 'postgresql://…'. With the command around it, it is no URL",
  seen: 'the decoded value begins with psql, pg_dump or export',
  remedy: 'write only what stands between the quotation marks into the Secret',
  explains: ['db/url-malformed', 'db/url-whitespace', ...UNREADABLE],
  problems: {
    'url-shell-line': ({ place }) => ({
      summary: `The DATABASE_URL in ${place} is a whole command line or assignment, and not the URL in it.`,
      seen: 'begins with a command, or with a variable’s name and =',
      hint: 'Only what begins with postgresql://.',
    }),
  },
});
