/** What clients say: libpq, psycopg 2 and 3, psycopg_pool, asyncpg, pg8000, SQLAlchemy, Python’s ssl, the resolvers. */
import type { DatabaseWords } from './vocabulary.js';

/** The URL, before anything is asked of the network. */
const URL_WORDS: readonly DatabaseWords[] = [
  {
    says: /\bconnect\(\) got an unexpected keyword argument '[^'\n]{1,60}'|\b__init__\(\) got an unexpected keyword argument '(?:ssl\w*|channel_binding|sslmode|application_name|options|connect_timeout|target_session_attrs)'/i,
    by: 'asyncpg, pg8000: a parameter that connect() does not have',
    means: 'db/driver-mismatch',
    place: 'url',
    example: "TypeError: connect() got an unexpected keyword argument 'sslmode'",
  },
  {
    says: /invalid connection option "|invalid URI query parameter: "/i,
    by: 'libpq: a parameter that it does not have',
    means: 'db/driver-mismatch',
    place: 'url',
    example: 'invalid dsn: invalid URI query parameter: "ssl"',
  },
  {
    says: /can't load plugin: sqlalchemy\.dialects|the asyncio extension requires an async driver|greenlet_spawn has not been called/i,
    by: 'SQLAlchemy',
    means: 'db/driver-mismatch',
    place: 'url',
    example: "sqlalchemy.exc.NoSuchModuleError: Can't load plugin: sqlalchemy.dialects:postgres",
  },
  {
    says: /missing "=" after "?postgres(?:ql)?\+|invalid DSN: scheme is expected to be either "postgresql" or "postgres", got '?(?:postgres(?:ql)?\+|'postgres(?:ql)?\+)/i,
    by: 'libpq, asyncpg: a URL in SQLAlchemy’s form',
    means: 'db/driver-mismatch',
    place: 'url',
    example: 'missing "=" after "postgresql+psycopg://todo@db/todo" in connection info string',
  },
  {
    says: /invalid sslmode value|sslmode.{0,20} parameter must be one of|weak sslmode "/i,
    by: 'libpq, asyncpg',
    means: 'db/sslmode-invalid',
    place: 'url',
    example: 'invalid sslmode value: "Require"',
  },
  {
    says: /could not parse sqlalchemy url|could not parse rfc1738 url|invalid dsn|missing "=" after|missing key\/value separator "="|extra key\/value separator "="|invalid percent-encoded token|forbidden value %00|end of string reached when looking for matching "\]"|unexpected character "[^\n]{1,8}" in position|invalid port number|unterminated quoted string in connection info string|invalid (?:channel_binding|require_auth|gssencmode|target_session_attrs|load_balance_hosts|sslnegotiation|ssl_(?:min|max)_protocol_version) value|invalid integer value "[^"\n]{0,40}" for connection option|could not match \d{1,3} port numbers to \d{1,3} hosts|invalid URI propagated/i,
    by: 'libpq, asyncpg, SQLAlchemy',
    means: 'db/url-malformed',
    place: 'url',
    example: 'sqlalchemy.exc.ArgumentError: Could not parse SQLAlchemy URL from given URL string',
  },
  {
    says: /sqlite3\.OperationalError|unable to open database file|attempt to write a readonly database/i,
    by: 'sqlite3',
    means: 'db/sqlite',
    place: 'url',
    example: 'sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: tasks',
  },
];

/** TLS. */
const TLS_WORDS: readonly DatabaseWords[] = [
  {
    says: /server does not support ssl|received unencrypted data after (?:SSL|GSSAPI)|rejected ssl upgrade|server refuses ssl|server doesn't support ssl/i,
    by: 'libpq, asyncpg, pg8000',
    means: 'db/tls-rejected',
    place: 'ssl',
    example: 'server does not support SSL, but SSL was required',
  },
  {
    says: /(?:root )?certificate file "[^"\n]{1,200}" does not exist|could not (?:open|load|read) (?:root )?certificate|could not (?:open|load) (?:client )?(?:private key|certificate)|private key file "|certificate present, but not private key|no root certificate file/i,
    by: 'libpq: files of the client',
    means: 'db/tls-rejected',
    place: 'tls',
    example: 'could not open certificate file "/root/.postgresql/postgresql.crt": Permission denied',
  },
  {
    says: /server certificate for "[^"\n]{1,200}"(?: \(and \d{1,4} other names?\))? does not match host name|server common name "[^"\n]{1,200}" does not match/i,
    by: 'libpq',
    means: 'db/tls-rejected',
    place: 'tls',
    example: 'server certificate for "localhost" does not match host name "127.0.0.1"',
  },
  {
    says: /certificate verify failed|certificate has expired|self[- ]signed certificate|hostname mismatch, certificate|CERTIFICATE_VERIFY_FAILED|(?:tlsv1|sslv3)\w* alert|unknown ca\b|wrong version number|WRONG_VERSION_NUMBER|unsupported protocol|channel binding (?:is )?required|handshake failure/i,
    by: 'OpenSSL through libpq and Python',
    means: 'db/tls-rejected',
    place: 'tls',
    general: true,
    example:
      'asyncpg: ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)',
  },
];

/** A pool of the application’s own. */
const POOL_WORDS: readonly DatabaseWords[] = [
  {
    says: /queuepool limit of size/i,
    by: 'SQLAlchemy',
    means: 'db/pool-exhausted',
    place: 'use',
    example: 'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
  },
  {
    says: /has already \d{1,9} requests waiting|connection pool exhausted|pool is exhausted/i,
    by: 'psycopg_pool, psycopg2.pool',
    means: 'db/pool-exhausted',
    place: 'use',
    example: "the pool 'pool-1' has already 3 requests waiting",
  },
];

/** Migrations that do not fit the database that they meet. */
const MIGRATION_WORDS: readonly DatabaseWords[] = [
  {
    says: /can't locate revision identified by|multiple head revisions are present|target database is not up to date/i,
    by: 'Alembic',
    means: 'db/schema-missing',
    place: 'use',
    example: "ERROR [alembic.util.messaging] Can't locate revision identified by '1a2b3c4d'",
  },
];

/** A session that has ended; and below it what a pool says that got none: weaker than any reason beside it. */
const DROPPED_WORDS: readonly DatabaseWords[] = [
  {
    says: /connection to server at [^\n]{1,200} failed: expected authentication request from server|received invalid response to (?:SSL|GSSAPI) negotiation/i,
    by: 'libpq: something that does not speak PostgreSQL',
    means: 'db/connection-refused',
    place: 'tcp',
    example:
      'connection to server at "10.96.0.1", port 80 failed: received invalid response to SSL negotiation: H',
  },
  {
    says: /ssl connection has been closed unexpectedly|server closed the connection unexpectedly|unexpected connection_lost\(\) call|ConnectionDoesNotExistError|connection (?:was|is) closed in the middle of operation/i,
    by: 'libpq, asyncpg',
    means: 'db/connection-dropped',
    place: 'use',
    example: 'ConnectionError: unexpected connection_lost() call',
  },
  {
    says: /SSL SYSCALL error|SSL error: unexpected eof|no connection to the server|could not (?:receive data from|send data to) (?:the )?server|consuming input failed|the connection is lost|connection already closed|server unexpectedly closed|underlying connection is closed/i,
    by: 'libpq, psycopg 2 and 3',
    means: 'db/connection-dropped',
    place: 'use',
    example: 'SSL SYSCALL error: EOF detected',
  },
  {
    says: /\b(?:connection is closed|connection was closed|connection reset by peer|broken pipe|network error|ConnectionResetError|errno 104)\b/i,
    by: 'asyncpg, psycopg 3, pg8000',
    means: 'db/connection-dropped',
    place: 'use',
    general: true,
    example: 'asyncpg.exceptions._base.InterfaceError: connection is closed',
  },
];

/** Names and addresses. Refused before timed out before no route: beside an IPv4 error, one of IPv6 is noise. */
const NETWORK_WORDS: readonly DatabaseWords[] = [
  {
    says: /temporary failure in name resolution|non-recoverable failure in name resolution|(?:Errno -3\]|to address:|gaierror:[^\n]{0,20}) ?Try again/i,
    by: 'glibc, musl (Try again)',
    means: 'db/dns-failure',
    place: 'dns',
    general: true,
    example: 'could not translate host name "db" to address: Try again',
  },
  {
    says: /name or service not known|could not translate host name|failed to resolve host|nodename nor servname|name does not resolve|name has no usable address|no address associated with hostname/i,
    by: 'glibc, musl (Name does not resolve), libpq, psycopg 3',
    means: 'db/dns-wrong-host',
    place: 'dns',
    general: true,
    example: 'could not translate host name "db" to address: Name does not resolve',
  },
  {
    says: /connection refused|errno 111\]|ConnectionRefusedError/i,
    by: 'libpq, asyncio',
    means: 'db/connection-refused',
    place: 'tcp',
    general: true,
    example: "asyncpg: OSError: Multiple exceptions: [Errno 111] Connect call failed ('::1', 5432, 0, 0)",
  },
  {
    says: /connection timed out|operation timed out|timeout expired|connect call timed out|connection timeout|errno 110\]|connection attempt timed out|\bTimeoutError\b|timed out\b/i,
    by: 'libpq, asyncio, musl (Operation timed out)',
    means: 'db/timeout',
    place: 'tcp',
    general: true,
    example: 'connection to server at "10.0.0.9", port 5432 failed: timeout expired',
  },
  {
    says: /failed: No such file or directory\s+Is the server running locally|could not connect to server: No such file or directory/i,
    by: 'libpq: no host, so that it looks for a socket of its own machine',
    means: 'db/connection-refused',
    place: 'tcp',
    example:
      'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?',
  },
  {
    says: /cannot assign requested address|errno 99\]|network (?:is )?unreachable|no route to host|host is unreachable|errno 101\]|errno 113\]/i,
    by: 'glibc, musl (Network unreachable, Host is unreachable)',
    means: 'db/network-unreachable',
    place: 'tcp',
    general: true,
    example: 'connection to server at "2001:db8::1", port 5432 failed: Network is unreachable',
  },
];

const POOL_WAITS: readonly DatabaseWords[] = [
  {
    says: /couldn't get a connection after|pool timeout/i,
    by: 'psycopg_pool: its log says before it whether the database was reached',
    means: 'db/pool-exhausted',
    place: 'use',
    example: "psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec",
  },
  {
    says: /pool initialization incomplete after/i,
    by: 'psycopg_pool: no connection came about',
    means: 'db/other',
    place: 'use',
    example: 'psycopg_pool.PoolTimeout: pool initialization incomplete after 30.0 sec',
  },
];

/** Before any answer of a server. */
export const CLIENT_WORDS: readonly DatabaseWords[] = [
  ...URL_WORDS,
  ...POOL_WORDS,
  ...TLS_WORDS,
  ...MIGRATION_WORDS,
];

/** Behind all answers of a server: one of these beside an answer concerns another address, or what came of it. */
export const FAILURE_WORDS: readonly DatabaseWords[] = [...DROPPED_WORDS, ...NETWORK_WORDS, ...POOL_WAITS];
