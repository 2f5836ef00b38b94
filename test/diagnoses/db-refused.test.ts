/** What a database or a pooler refuses is told with its name, and put right where it stands: the same cause has several remedies. */
import { describe, expect, test } from '@jest/globals';
import { DB, fromHereNot, notMeasured, says, together, type Change } from '../support/database-states.js';
import { diagnosed } from '../support/diagnosed.js';

const CONNECT = 'connection failed: connection to server at "10.96.0.7", port 5432 failed: ';

const notReadyPods: Change = ({ pods }) => {
  for (const { status } of pods)
    for (const condition of status?.conditions ?? [])
      if (condition.type === 'Ready' || condition.type === 'ContainersReady') condition.status = 'False';
};

const told = async (words: string, ...changes: Change[]) => {
  const line = `ERROR:    todo.database: Database connection failed: ${CONNECT}${words}`;
  const { diagnoses } = await diagnosed(together(says(line), notMeasured, fromHereNot, ...changes), DB);
  return diagnoses.find(({ cause }) => cause.startsWith('db/'));
};

const ROWS: readonly [words: string, cause: string, summary: string, fix: string][] = [
  [
    'FATAL:  password authentication failed for user "app"',
    'db/authentication-failed',
    'for user “app”',
    'has not expired (pg_roles)',
  ],
  [
    'FATAL:  role "app" is not permitted to log in',
    'db/authentication-failed',
    'role “app” may not log in',
    'LOGIN',
  ],
  ['FATAL:  role "app" does not exist', 'db/authentication-failed', 'no role “app”', 'create the role'],
  [
    'FATAL:  Tenant or user not found',
    'db/authentication-failed',
    'the user or the project',
    'postgres.PROJECT',
  ],
  [
    'FATAL:  PAM authentication failed for user "app"',
    'db/authentication-failed',
    'PAM authentication failed for user',
    'pg_hba.conf',
  ],
  [
    'fe_sendauth: no password supplied',
    'db/authentication-failed',
    'asks for a password',
    'with its password',
  ],
  ['FATAL:  too many connections for role "app"', 'db/too-many-connections', 'role “app”', 'ALTER ROLE'],
  [
    'FATAL:  too many connections for database "todo"',
    'db/too-many-connections',
    'database “todo”',
    'ALTER DATABASE',
  ],
  [
    'FATAL:  no more connections allowed (max_client_conn)',
    'db/too-many-connections',
    'no more clients',
    'max_client_conn',
  ],
  [
    'FATAL:  MaxClientsInSessionMode: max clients reached',
    'db/too-many-connections',
    'no more clients',
    'limit of clients',
  ],
  ['FATAL:  query_wait_timeout', 'db/too-many-connections', 'to give for too long', 'SHOW POOLS'],
  [
    'ERROR:  Failed to acquire permit to connect to the database. Too many database connection attempts are currently ongoing.',
    'db/too-many-connections',
    'at the same time',
    'keep their connections',
  ],
  [
    'FATAL:  sorry, too many clients already',
    'db/too-many-connections',
    'no connection slot left',
    'pool_size',
  ],
  [
    'FATAL:  unsupported startup parameter: options',
    'db/pooler-incompatible',
    'startup parameter: options',
    'Take options out of the URL',
  ],
  [
    'FATAL:  unsupported startup parameter in options: search_path',
    'db/pooler-incompatible',
    'search_path',
    'Take search_path out of the URL',
  ],
  [
    'ERROR:  prepared statement "_pg3_1" does not exist',
    'db/pooler-incompatible',
    '_pg3_1',
    'prepare_threshold=None',
  ],
  [
    'received invalid response to SSL negotiation: H',
    'db/connection-refused',
    'a server of HTTP',
    'PostgreSQL’s port is 5432',
  ],
  [
    'received invalid response to SSL negotiation: -',
    'db/connection-refused',
    'probably Redis',
    'host and port',
  ],
  [
    'expected authentication request from server, but received H',
    'db/connection-refused',
    'is not PostgreSQL',
    'host and port',
  ],
  [
    'ERROR:  could not extend file because project size limit (512 MB) has been exceeded',
    'db/quota-exceeded',
    '512 MB',
    'Delete what is not needed',
  ],
  [
    'ERROR:  Your project has exceeded the compute time quota. Upgrade your plan to increase limits.',
    'db/quota-exceeded',
    'compute time',
    'wait for the next period',
  ],
  [
    'server certificate for "db-old.example.com" does not match host name "db.example.com"',
    'db/tls-rejected',
    'db-old.example.com',
    'under a name that the certificate has',
  ],
  ['SSL error: certificate has expired', 'db/tls-rejected', 'has expired', 'Renew'],
  [
    'root certificate file "/etc/ssl/none.pem" does not exist',
    'db/tls-rejected',
    '/etc/ssl/none.pem',
    'sslrootcert=system',
  ],
  [
    'SSL error: certificate verify failed',
    'db/tls-rejected',
    'certificate verify failed',
    'openssl s_client -starttls postgres',
  ],
  [
    'ERROR:  no schema has been selected to create in',
    'db/schema-missing',
    'search_path',
    'ALTER ROLE … SET search_path',
  ],
  [
    'FATAL:  invalid value for parameter "client_encoding": "klingon"',
    'db/parameter-refused',
    'parameter “client_encoding”',
    'out of the URL',
  ],
  [
    'ERROR:  canceling statement due to statement timeout',
    'db/statement-cancelled',
    'takes longer',
    'SET statement_timeout',
  ],
  [
    'ERROR:  canceling statement due to lock timeout',
    'db/statement-cancelled',
    'another session holds',
    'pg_terminate_backend',
  ],
  [
    'ERROR:  could not extend file "pg_tblspc/16385/PG_15/16390": No space left on device',
    'db/disk-full',
    'no room left',
    'more room',
  ],
  [
    'server does not support SSL, but SSL was required',
    'db/tls-rejected',
    'does not support SSL',
    'client_tls_sslmode',
  ],
  [
    'channel binding required, but server authenticated client without channel binding',
    'db/tls-rejected',
    'channel binding',
    'channel_binding=require out',
  ],
];

describe('the refusal is told with what is refused', () => {
  test.each(ROWS)('%s', async (words, cause, summary, fix) => {
    const found = await told(words);
    expect(found).toMatchObject({ cause, summary: expect.stringContaining(summary) as unknown });
    expect(found?.fix.map(({ description }) => description).join(' ')).toContain(fix);
  });
});

describe('a database that starts or goes down', () => {
  test.each([
    'FATAL:  the database system is starting up',
    'FATAL:  the database system is in recovery mode',
    'ERROR:  Couldn’t connect to compute node'.replace('’', "'"),
    'FATAL:  the database system is shutting down',
    'FATAL:  the database system is not yet accepting connections',
  ])('%s: the pods that do not become ready without it have a fault, not a wait', async (words) => {
    const found = await told(words, notReadyPods);
    expect(found).toMatchObject({ cause: 'db/not-accepting', severity: 'error' });
    expect(found?.fix[0]?.description).toContain('has not come up');
  });

  test('is a wait for pods that outlast it', async () => {
    expect(await told('FATAL:  the database system is starting up')).toMatchObject({
      cause: 'db/waking',
      severity: 'warning',
    });
  });
});

test('an exception in the words of the application’s own line is quoted once', async () => {
  const words = `${CONNECT}FATAL:  no such database: todos`;
  const lines = [
    `ERROR:    todo.database: Database connection failed: ${words}`,
    'Traceback (most recent call last):',
    `psycopg.OperationalError: ${words}`,
  ];
  const { diagnoses } = await diagnosed(together(says(...lines), notMeasured), DB);
  const summary = diagnoses.find(({ cause }) => cause === 'db/database-missing')?.summary ?? '';
  expect(summary.split('no such database: todos')).toHaveLength(2);
  expect(summary).not.toContain('psycopg.OperationalError');
});
