/** What poolers, proxies and hosted databases refuse; and the right that a role lacks, granted on the object that the message names. */
import { describe, expect, test } from '@jest/globals';
import { DB, fromHereNot, notMeasured, says, together } from '../support/database-states.js';
import { diagnosed } from '../support/diagnosed.js';

const CONNECT = 'connection failed: connection to server at "10.96.0.7", port 5432 failed: ';

test.each([
  [
    'FATAL:  This RDS proxy has no credentials for the role app. Check the credentials for this role and try again.',
    'db/authentication-failed',
    'no credentials for role “app”',
    'Add a secret',
  ],
  [
    'FATAL:  The password that was provided for the role app is wrong.',
    'db/authentication-failed',
    'for user “app”',
    'has not expired (pg_roles)',
  ],
  [
    'FATAL:  The IAM authentication failed for the role app. Check the IAM token for this role and try again.',
    'db/authentication-failed',
    'access token',
    'a new token for each connection',
  ],
  [
    'FATAL:  Azure AD access token not valid for role app (does not contain group ID 1)',
    'db/authentication-failed',
    'access token',
    'a new token for each connection',
  ],
  [
    'FATAL:  RDS Proxy supports only IAM or MD5 authentication',
    'db/authentication-failed',
    'no way of logging in in common',
    'a newer driver',
  ],
  [
    'authentication method 10 not supported',
    'db/authentication-failed',
    'no way of logging in in common',
    'libpq 10',
  ],
  [
    'FATAL:  A user name is missing from the connection startup packet. Provide a user name for this connection.',
    'db/authentication-failed',
    'asks for a user',
    'with its user',
  ],
  [
    'FATAL:  (ENOTFOUND) tenant/user postgres.abcdefgh not found',
    'db/authentication-failed',
    'the user or the project',
    'postgres.PROJECT',
  ],
  [
    'FATAL:  (ENOIDENTIFIER) no tenant identifier provided (external_id or sni_hostname required)',
    'db/authentication-failed',
    'the user or the project',
    'postgres.PROJECT',
  ],
  [
    'FATAL:  (ECIRCUITBREAKER) too many authentication failures, new connections are temporarily blocked',
    'db/authentication-failed',
    'for some minutes',
    'still logs in with an old one',
  ],
  [
    'FATAL:  Circuit breaker open: Failed to retrieve database credentials after multiple attempts, new connections are temporarily blocked',
    'db/not-accepting',
    'does not get through to it',
    'whether the database itself is up',
  ],
  [
    'FATAL:  client_login_timeout (server down)',
    'db/not-accepting',
    'does not get through to it',
    'whether the database itself is up',
  ],
  [
    'FATAL:  server login has been failing, try again later (server_login_retry)',
    'db/not-accepting',
    'does not get through to it',
    'in the pooler’s log',
  ],
  [
    'ERROR:  pgpool is not accepting any new connections',
    'db/not-accepting',
    'does not get through to it',
    'in the pooler’s log',
  ],
  [
    'FATAL:  could not get connection from the pool - AllServersDown',
    'db/not-accepting',
    'does not get through to it',
    'in the pooler’s log',
  ],
  [
    'FATAL:  database "todo" is not currently accepting connections',
    'db/not-accepting',
    'lets nobody in',
    'ALLOW_CONNECTIONS',
  ],
  [
    'FATAL:  This RDS Proxy requires TLS connections',
    'db/tls-required',
    'refuses a connection without TLS',
    'sslmode=require',
  ],
  [
    'FATAL:  Timed-out waiting to acquire database connection',
    'db/too-many-connections',
    'to give for too long',
    'MaxConnectionsPercent',
  ],
  [
    'FATAL:  could not get connection from the pool - Timeout',
    'db/too-many-connections',
    'to give for too long',
    'SHOW POOLS',
  ],
  [
    'FATAL:  odyssey: c8be27: too many client tcp connections (global client_max)',
    'db/too-many-connections',
    'no more clients',
    'client_max',
  ],
  [
    'FATAL:  The maximum number of client connections to the proxy exceeded 100',
    'db/too-many-connections',
    'no more clients',
    'limit of clients',
  ],
  [
    "FATAL:  odyssey: c8be27be6f9b1: route for 'todos.app' is not found",
    'db/database-missing',
    'route for',
    'pair of database and user',
  ],
  [
    'FATAL:  No pool configured for database: "todos", user: "app"',
    'db/database-missing',
    'No pool configured',
    'pair of database and user',
  ],
  [
    'FATAL:  codeParamsRoutingFailed: missing cluster identifier',
    'db/endpoint-not-found',
    'missing cluster identifier',
    'Copy the connection string again',
  ],
  ['session is not read-only', 'db/parameter-refused', 'asks for a replica', 'target_session_attrs out'],
  [
    'server is not in hot standby mode',
    'db/parameter-refused',
    'asks for a replica',
    'the host of a replica',
  ],
  ['server is in hot standby mode', 'db/read-only', 'takes no writes', 'host of the primary'],
  [
    'ERROR:  extension "vector" is not available',
    'db/schema-missing',
    'does not have the extension “vector”',
    'a server that has vector',
  ],
  [
    'ERROR:  could not open extension control file "/usr/share/postgresql/16/extension/vector.control": No such file or directory',
    'db/schema-missing',
    'the extension “vector”',
    'azure.extensions',
  ],
  ['ERROR:  type "vector" does not exist', 'db/schema-missing', 'a type is missing', 'CREATE EXTENSION'],
  [
    'ERROR:  column "owner_id" does not exist',
    'db/schema-missing',
    'a column is missing',
    'alembic upgrade head',
  ],
  [
    'ERROR:  relation "tasks" does not exist',
    'db/schema-missing',
    'a table is missing',
    'alembic upgrade head',
  ],
  [
    'FATAL:  unable to read data from DB node 0',
    'db/connection-dropped',
    'ends it before',
    'in the log of the database',
  ],
  [
    'FATAL:  permission denied for database "todo"',
    'db/permission-denied',
    'permission denied for database',
    'GRANT CONNECT ON DATABASE "todo" TO the role',
  ],
  [
    "Can't locate revision identified by '1a2b3c4d'",
    'db/schema-missing',
    'do not fit each other',
    'the revision that the database is at',
  ],
  [
    "Multiple head revisions are present for given argument 'head'",
    'db/schema-missing',
    'do not fit each other',
    'alembic merge heads',
  ],
])('%s', async (words, cause, summary, fix) => {
  const line = `ERROR:    todo.database: Database connection failed: ${CONNECT}${words}`;
  const { diagnoses } = await diagnosed(together(says(line), notMeasured, fromHereNot), DB);
  const found = diagnoses.find((each) => each.cause.startsWith('db/'));
  expect(found).toMatchObject({ cause, summary: expect.stringContaining(summary) as unknown });
  expect(found?.fix.map(({ description }) => description).join(' ')).toContain(fix);
});

describe('the right that is lacking is granted on the object that the message names', () => {
  test.each([
    ['ERROR:  permission denied for database todo', 'GRANT CREATE ON DATABASE "todo" TO the role'],
    [
      'permission denied for database "todo" DETAIL:  User does not have CONNECT privilege.',
      'GRANT CONNECT ON DATABASE "todo" TO the role',
    ],
    [
      'ERROR:  permission denied to create temporary tables in database "todo"',
      'GRANT TEMPORARY ON DATABASE "todo" TO the role',
    ],
    ['ERROR:  permission denied for schema public', 'GRANT USAGE, CREATE ON SCHEMA "public" TO the role'],
    [
      'ERROR:  permission denied for table Tasks',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON "Tasks" TO the role',
    ],
    [
      'ERROR:  permission denied for sequence tasks_id_seq',
      'GRANT USAGE, SELECT ON SEQUENCE "tasks_id_seq" TO the role',
    ],
    ['ERROR:  permission denied for function next_task', 'GRANT EXECUTE ON ROUTINE "next_task" TO the role'],
    [
      'ERROR:  permission denied for view open_tasks',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON "open_tasks" TO the role',
    ],
    [
      'ERROR:  permission denied for foreign server archive',
      'GRANT USAGE ON FOREIGN SERVER "archive" TO the role',
    ],
    ['ERROR:  permission denied for tablespace fast', 'GRANT CREATE ON TABLESPACE "fast" TO the role'],
    [
      'ERROR:  permission denied for large object 16400',
      'GRANT SELECT, UPDATE ON LARGE OBJECT 16400 TO the role',
    ],
    [
      'ERROR:  permission denied to set parameter "log_statement"',
      'GRANT SET ON PARAMETER "log_statement" TO the role',
    ],
    [
      'ERROR:  permission denied to create extension "vector" HINT:  Must be superuser to create this extension.',
      'CREATE EXTENSION "vector"',
    ],
    [
      'ERROR:  permission denied to create extension "citext" HINT:  Must have CREATE privilege on current database to create this extension.',
      'GRANT CREATE ON DATABASE … TO the role',
    ],
    ['ERROR:  permission denied to create database', 'ALTER ROLE … CREATEDB'],
    ['ERROR:  must be able to SET ROLE "todo_owner"', 'GRANT "todo_owner" TO the role'],
    ['ERROR:  must be owner of table tasks', 'ALTER TABLE "tasks" OWNER TO the role'],
    ['ERROR:  must be owner of materialized view counts', 'the owner of materialized view "counts"'],
    ['ERROR:  must be superuser to create FOR ALL TABLES publication', 'Let an administrator do it'],
  ])('%s', async (words, grant) => {
    const { diagnoses } = await diagnosed(
      together(says(`ERROR:    todo.database: Database error: ${words}`), notMeasured),
      DB,
    );
    const found = diagnoses.find(({ cause }) => cause === 'db/permission-denied');
    expect(found?.fix[0]?.description).toContain(grant);
  });
});
