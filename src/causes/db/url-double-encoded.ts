import { UNREADABLE } from './_follows.js';
import { urlCause } from './_url.js';

export default urlCause({
  id: 'db/url-double-encoded',
  title: 'The DATABASE_URL was base64-encoded twice',
  why: 'the application gets base64 instead of a URL: .stringData and Helm encode what they are given themselves',
  seen: 'the decoded value is itself base64 of a URL',
  remedy: 'give the plain value to stringData, --from-literal or Helm, or encode it once for data',
  explains: ['db/url-malformed', ...UNREADABLE],
  problems: {
    'url-double-encoded': ({ place }) => ({
      summary: `The DATABASE_URL in ${place} is base64 of a URL: it was encoded twice.`,
      seen: 'base64 of a URL',
      hint: 'Give the plain value: stringData, --from-literal and Helm encode it themselves.',
    }),
  },
});
