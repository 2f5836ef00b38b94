import { CLIENT_FILE } from '../../vocabulary/database.js';
import { isSaid } from '../../vocabulary/vocabulary.js';
import { advise } from '../../fixes/described.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/tls-rejected',
  title: 'TLS with the database fails',
  why: 'the URL demands TLS, and the server has none, or its certificate is not accepted',
  seen: 'the server answers N to SSLRequest, or the handshake or the certificate’s verification fails',
  remedy: 'turn TLS on at the server; with verify-ca or verify-full give the right sslrootcert',
  explains: UNUSABLE,
  tell: ({ place, said, words }) => ({
    summary: `{pods}: TLS with ${place} fails: ${said}.`,
    fix: [
      isSaid(CLIENT_FILE, words)
        ? advise(
            'libpq looks for certificates below the HOME of the container’s user (~/.postgresql). Set HOME in the image or the pod template to a directory of that user, such as HOME=/tmp; or name the files in the URL (sslcert, sslkey, sslrootcert).',
          )
        : advise('Turn TLS on at the server, or give the right sslrootcert for verify-ca and verify-full.'),
    ],
  }),
});
