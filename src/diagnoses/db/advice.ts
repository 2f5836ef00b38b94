/** What each cause of the way to the database says of this cluster, and what puts it right. */
import { kubectl } from '../../rule/command.js';
import type { Fix } from '../diagnosis.js';
import { setKeys, show, change, advise } from '../fixes.js';
import type { DbCause } from '../parse/database-error.js';
import type { DbLook } from './climb.js';

/** What drivers say where the connection ended while it was opened: libpq before the server's words, asyncpg during TLS. */
const AT_CONNECT =
  /\bconnection to server (?:at|on)\b[^\n]*\bfailed:|\bconnection failed:|\bcould not connect to server\b|unexpected connection_lost\(\) call/i;

export function summaryOf(cause: DbCause, place: string, words: string, { context }: DbLook): string {
  const { secret } = context.target.names;
  const said = saidShort(words);
  const texts: Partial<Record<DbCause, string>> = {
    'db/dns-wrong-host': `{pods}: the host of the DATABASE_URL, ${place.replace(/:\d+$/, '')}, does not exist.`,
    'db/dns-failure': '{pods}: DNS does not answer, so that the database’s host cannot be looked up.',
    'db/connection-refused': `{pods}: ${place} refuses the connection: the port is wrong, or no database server runs there.`,
    'db/timeout': `{pods}: ${place} does not answer.`,
    'db/network-unreachable': `{pods}: there is no route to ${place}.`,
    'db/tls-rejected': `{pods}: TLS with ${place} fails: ${said}.`,
    'db/tls-required': `{pods}: ${place} refuses a connection without TLS, and the DATABASE_URL does not ask for TLS.`,
    'db/authentication-failed': `{pods}: the database refuses the password that Secret ${secret} has now.`,
    'db/pool-exhausted':
      '{pods}: the application’s own pool of connections is used up, so that requests wait and fail.',
    'db/too-many-connections':
      '{pods}: the database has no connection slot left: replicas × workers × (pool + overflow) are more than it grants.',
    'db/connection-dropped': AT_CONNECT.test(words)
      ? `{pods}: ${place} takes the connection and ends it before a session has begun: ${said}.`
      : '{pods}: the database has ended a connection that the application still wanted to use.',
    'db/schema-missing': `{pods}: the database is there, and a table is missing: ${said}.`,
    'db/pooler-incompatible': `{pods}: the pooler before the database cannot do what the driver asks for: ${said}.`,
    'db/driver-mismatch': `{pods}: the DATABASE_URL is written for another driver: ${said}.`,
    'db/read-only': `{pods}: the database takes no writes from the application: ${said}.`,
    'db/permission-denied': `{pods}: the database’s role may not do what the application asks: ${said}.`,
    'db/not-accepting': `{pods}: the database lets nobody in: ${said}.`,
    'db/transaction-aborted': `{pods}: the application goes on in a transaction that has failed: ${said}.`,
    'db/sqlite': `{pods}: the application uses SQLite in place of PostgreSQL: ${said}.`,
    'db/other': `{pods}: the log tells of an error of the database: ${said}.`,
    'db/sni-missing':
      '{pods}: the database does not learn which endpoint is meant, because its name is not sent in TLS.',
  };
  return texts[cause] ?? `{pods}: the database says: ${said}`;
}

/** Without what is the same in every message: the line's beginning and SQLAlchemy's address for more. */
function saidShort(words: string): string {
  const said = words
    .replace(/\(Background on this error at: \S{1,80}\)?/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return (said.length > 240 ? `${said.slice(0, 239)}…` : said).replace(/[.…]$/, (end) =>
    end === '.' ? '' : end,
  );
}

/** A file that libpq looks for below the user's home, and may not or cannot read. */
const CLIENT_FILE =
  /could not (?:open|load|read) (?:client )?(?:certificate|private key)|private key file "|root certificate file "|certificate present, but not private key/i;
const CLIENT_FILE_FIX =
  'libpq looks for certificates below the HOME of the container’s user (~/.postgresql). Set HOME in the image or the pod template to a directory of that user, such as HOME=/tmp; or name the files in the URL (sslcert, sslkey, sslrootcert).';

export function fixesOf(
  cause: DbCause,
  look: DbLook,
  host: { host: string; port: number } | undefined,
  words: string,
): Fix[] {
  const { context } = look;
  const { names } = context.target;
  const newUrl = (hint: string): Fix => {
    const fix = setKeys(context, ['DATABASE_URL']);
    return { ...fix, description: `${hint} ${fix.description}` };
  };
  const logs = show(
    context,
    'Read what the application says at that moment.',
    `logs deployment/${names.deployment} --all-pods=true --since=10m`,
  );
  switch (cause) {
    case 'db/dns-wrong-host':
    case 'db/endpoint-not-found':
      return [newUrl('Copy the connection string again from the database’s console.')];
    case 'db/authentication-failed':
      return [newUrl('Copy the connection string with its password again from the database’s console.')];
    case 'db/connection-refused':
      return [
        newUrl(
          `Compare ${host ? `port ${host.port}` : 'the port'} with the database’s console (PostgreSQL’s is 5432), and see whether the server runs.`,
        ),
      ];
    case 'db/database-missing':
      return [newUrl('Correct the name after the last / of the URL, or create the database.')];
    case 'db/tls-required':
      return [newUrl('Append sslmode=require to the URL.')];
    case 'db/driver-mismatch':
    case 'db/url-malformed':
    case 'db/sslmode-invalid':
      return [newUrl('Write the URL as the driver wants it.')];
    case 'db/dns-failure':
      return [
        show(
          context,
          'See whether the cluster’s DNS runs.',
          'get pods -l k8s-app=kube-dns -o wide',
          'kube-system',
        ),
        change(
          // The precondition keeps it from changing a Deployment that has pods.
          'Give it pods where it has none.',
          kubectl(context, 'scale deployment/coredns --current-replicas=0 --replicas=2', 'kube-system'),
        ),
        change(
          'Restart it where its pods run and do not answer.',
          kubectl(context, 'rollout restart deployment/coredns', 'kube-system'),
        ),
      ];
    case 'db/read-only':
      return [newUrl('Use the host of the primary.'), logs];
    case 'db/permission-denied':
      return [
        advise(
          'As the owner of the object, grant what the message names: GRANT USAGE, CREATE ON SCHEMA public TO the role, or GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public.',
        ),
        logs,
      ];
    case 'db/not-accepting':
      return [
        advise('Switch connections on for the database: ALTER DATABASE … ALLOW_CONNECTIONS true.'),
        newUrl('Or use another database.'),
      ];
    case 'db/transaction-aborted':
      return [
        advise(
          'Roll back after an error: give each request a session of its own (with Session() as session).',
        ),
        logs,
      ];
    case 'db/sqlite':
      return [newUrl('Copy the connection string from the database’s console.')];
    case 'db/other':
      return [logs];
    case 'db/schema-missing':
      return [
        advise('Run the application’s migrations against this database, such as alembic upgrade head.'),
        logs,
      ];
    case 'db/endpoint-disabled':
      return [advise('Enable the endpoint in the database’s console.')];
    case 'db/quota-exceeded':
      return [advise('Raise the plan in the database’s console, or wait for the next period.')];
    case 'db/ip-not-allowed':
      return [advise('Put the address under which the cluster goes out on the database’s allow list.')];
    case 'db/connection-dropped':
      if (AT_CONNECT.test(words))
        return [
          advise(
            'See in the log of the database, or of the pooler or proxy before it, why it ends new connections: a restart, a limit, TLS that it does not expect.',
          ),
          logs,
        ];
      return [
        advise(
          'Let the pool test each connection before use: create_engine(…, pool_pre_ping=True, pool_recycle=300).',
        ),
        logs,
      ];
    case 'db/pool-exhausted':
      return [
        advise('Give each session back when a request ends (with or yield), then think of a larger pool.'),
        logs,
      ];
    case 'db/too-many-connections':
      return [
        advise('Use the database’s pooler (the -pooler host), or make pool_size and max_overflow smaller.'),
        logs,
      ];
    case 'db/pooler-incompatible':
      return [
        advise(
          'Use the host without -pooler, or turn prepared statements off (asyncpg: statement_cache_size=0).',
        ),
      ];
    case 'db/sni-missing':
      return [newUrl('Append options=endpoint%3D<endpoint id> to the URL, or use libpq 14 or newer.')];
    case 'db/tls-rejected':
      if (CLIENT_FILE.test(words)) return [advise(CLIENT_FILE_FIX)];
      return [
        advise('Turn TLS on at the server, or give the right sslrootcert for verify-ca and verify-full.'),
      ];
    default:
      return [advise('See to firewalls, routes and allow lists between the cluster and the database.')];
  }
}
