import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/sni-missing',
  title: 'The database does not learn which endpoint is meant',
  why: 'Neon finds the endpoint by the host’s name in TLS (SNI), which old clients do not send',
  seen: 'Endpoint ID is not specified',
  remedy: 'use a newer libpq (14 or above), or append options=endpoint%3D<endpoint id> to the URL',
  explains: ['db/authentication-failed', ...UNUSABLE],
  tell: (_, look) => ({
    summary:
      '{pods}: the database does not learn which endpoint is meant, because its name is not sent in TLS.',
    fix: [newUrl(look, 'Append options=endpoint%3D<endpoint id> to the URL, or use libpq 14 or newer.')],
  }),
});
