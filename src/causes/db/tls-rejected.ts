import { CLIENT_FILE } from '../../vocabulary/database.js';
import { isSaid } from '../../vocabulary/vocabulary.js';
import { advise } from '../../fixes/described.js';
import type { DbLook } from '../../computed/database-ways.js';
import type { Fix } from '../../rule/diagnosis.js';
import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/tls-rejected',
  title: 'TLS with the database fails',
  why: 'the URL demands TLS, and the server has none, or its certificate is not accepted',
  seen: 'the server answers N to SSLRequest, or the handshake or the certificate’s verification fails',
  remedy: 'turn TLS on at the server; with verify-ca or verify-full give the right sslrootcert',
  explains: UNUSABLE,
  tell: ({ place, said, words }, look) => ({
    summary: `{pods}: TLS with ${place} fails: ${said}.`,
    fix: [remedyFor(words, look)],
  }),
});

/** What puts it right, by what was said; the more specific first. */
function remedyFor(words: string, look: DbLook): Fix {
  if (
    isSaid(CLIENT_FILE, words) &&
    (words.includes('/.postgresql/') || !/root certificate file/i.test(words))
  )
    return advise(
      'libpq looks for certificates below the HOME of the container’s user (~/.postgresql). Set HOME in the image or the pod template to a directory of that user, such as HOME=/tmp; or name the files in the URL (sslcert, sslkey, sslrootcert).',
    );
  if (/root certificate file/i.test(words))
    return newUrl(
      look,
      'Name the authorities’ file that is in the container (sslrootcert), mount it, or take the system’s (sslrootcert=system); sslmode=require verifies nothing.',
    );
  if (/does not match|hostname mismatch/i.test(words))
    return newUrl(
      look,
      'Write the host under a name that the certificate has, or let the server have one for this name; sslmode=verify-ca does not compare names.',
    );
  if (/certificate has expired/i.test(words))
    return advise('Renew the server’s certificate: it has expired. Compare the clock of the node as well.');
  if (
    /certificate verify failed|self[- ]signed certificate|unknown ca\b|CERTIFICATE_VERIFY_FAILED/i.test(words)
  )
    return newUrl(
      look,
      'Give the authorities that have signed the server’s certificate (sslrootcert), and see whether that has expired: openssl s_client -starttls postgres -connect HOST:PORT shows both.',
    );
  if (/channel binding/i.test(words))
    return newUrl(
      look,
      'Take channel_binding=require out of the URL, or connect to a server that logs in by SCRAM over TLS: a pooler or md5 has no channel binding.',
    );
  if (/does not support ssl|rejected ssl upgrade|refuses ssl|doesn.t support ssl/i.test(words))
    return advise(
      'Turn TLS on at the server (PostgreSQL: ssl = on; PgBouncer: client_tls_sslmode), or connect to the one that has it.',
    );
  return advise('Turn TLS on at the server, or give the right sslrootcert for verify-ca and verify-full.');
}
