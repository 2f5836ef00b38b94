import { UNREADABLE } from './_follows.js';
import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/placeholder',
  title: 'The DATABASE_URL is an example’s',
  why: 'a value from documentation was never replaced: no such host, user or password exists',
  seen: 'user:password@, host.neon.tech, CHANGE_ME, your-…, <…> or [YOUR-PASSWORD] in the decoded value',
  remedy: 'copy the connection string from the database’s console into the Secret',
  explains: ['db/url-malformed', 'db/url-unescaped', 'db/dns-failure', ...UNREADABLE],
  problems: {
    'url-placeholder': ({ place }) => ({
      summary: `The DATABASE_URL in ${place} still has a placeholder in it, which nobody has replaced.`,
      seen: 'a placeholder of documentation or of a template',
      hint: 'Copy the connection string from the database’s console.',
    }),
  },
});
