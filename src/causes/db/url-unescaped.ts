import { UNREADABLE } from './_follows.js';
import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/url-unescaped',
  title: 'User or password in the DATABASE_URL are not percent-encoded',
  why: 'readers of the URL take a piece of the password for host or port, each one another',
  seen: 'a raw @ / : # ? or % in the credentials',
  remedy: 'write %40 %2F %3A %23 %3F %25 for @ / : # ? %',
  explains: ['db/url-malformed', ...UNREADABLE],
  problems: {
    'url-unescaped': ({ place }) => ({
      summary: `User or password in the DATABASE_URL in ${place} have a character that must be percent-encoded, so that each reader finds another host in it.`,
      seen: 'a raw @ / : # ? or % in the credentials',
      hint: 'Write %40 %2F %3A %23 %3F %25 for @ / : # ? %.',
    }),
  },
});
