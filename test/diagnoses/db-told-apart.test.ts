/** Database failures that look alike, that only a log tells, or that come two at a time. */
import { describe, expect, test } from '@jest/globals';
import { errorOnWay } from '../../src/computed/logged-error.js';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { containerOf, crashed, podEvent, restarted, waiting } from '../support/pod-states.js';
import {
  type Change,
  DB,
  together,
  climb,
  ladder,
  stopsAt,
  here,
  fromHereNot,
  notMeasured,
  says,
  denies,
  DNS_ONLY,
  secretChanged,
  noService,
  url,
} from '../support/database-states.js';
import { LINEAR_MS } from '../support/patience.js';

test('SQLite is told by the Secret, where it stands there, and else by the log', async () => {
  const bySecret = await diagnosed(url('url-sqlite'), DB);
  expect(bySecret.diagnoses[0]).toMatchObject({ cause: 'db/sqlite', object: { kind: 'Secret' } });
  const words = 'sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: tasks';
  const byLog = await diagnosed(says(words), DB);
  expect(byLog.diagnoses[0]).toMatchObject({ cause: 'db/sqlite', object: { kind: 'Pod' } });
});

test('words that nobody knows are quoted: an error, or a passing fault where the way is free now', async () => {
  const words = 'ERROR:    app.db: the database spoke in tongues';
  const down = await diagnosed(together(says(words), notMeasured), DB);
  expect(down.diagnoses[0]).toMatchObject({ cause: 'db/other', severity: 'error' });
  expect(down.diagnoses[0]?.summary).toContain('the database spoke in tongues');
  const free = await diagnosed(says(words), DB);
  expect(free.diagnoses[0]).toMatchObject({ cause: 'db/other', severity: 'warning' });
});

describe('look-alikes', () => {
  const timeout = stopsAt('tcp', 'timeout', 'no answer in time');

  test('wrong host, DNS down, egress to DNS blocked, and a cluster’s DNS that is behind', async () => {
    const name = stopsAt('dns', 'name', 'Name or service not known');
    const resolver = together(stopsAt('dns', 'resolver', 'Temporary failure in name resolution'), noService);
    const gone = await diagnosed(together(name, here(climb('dns', 'name', 'ENOTFOUND'))), DB);
    expect(gone.causes).toEqual(['db/dns-wrong-host']);
    expect(gone.diagnoses[0]?.ruledOut).toContain('DNS: other names resolve');
    const down = await diagnosed(resolver, DB);
    expect(down.diagnoses[0]).toMatchObject({ cause: 'db/dns-failure', object: { kind: 'Pod' } });
    expect(down.diagnoses[0]?.ruledOut).toContain('egress policy');
    const blocked = await diagnosed(together(resolver, denies([{ protocol: 'TCP', port: 5432 }])), DB);
    expect(blocked.causes[0]).toBe('db/dns-failure');
    expect(blocked.diagnoses[0]).toMatchObject({
      object: { kind: 'NetworkPolicy', name: 'backend-egress' },
      symptoms: expect.arrayContaining(['network/policies']) as unknown,
    });
    const behind = await diagnosed(name, DB);
    expect(behind.causes).toEqual(['db/dns-failure']);
    expect(behind.diagnoses[0]?.summary).toContain('this machine’s DNS knows it');
    const upstream = await diagnosed(stopsAt('dns', 'resolver', 'Temporary failure in name resolution'), DB);
    expect(upstream.diagnoses[0]?.summary).toContain('CoreDNS gets no answer');
  });

  test('refused, timed out by a policy, timed out elsewhere: from the cluster only, or everywhere', async () => {
    expect((await diagnosed(stopsAt('tcp', 'refused', 'Connection refused'), DB)).causes).toEqual([
      'db/connection-refused',
    ]);
    const policy = await diagnosed(together(timeout, denies(DNS_ONLY)), DB);
    expect(policy.diagnoses[0]).toMatchObject({
      cause: 'db/egress-blocked',
      verdict: 'confirmed',
      object: { kind: 'NetworkPolicy', name: 'backend-egress' },
    });
    const cluster = await diagnosed(timeout, DB);
    expect(cluster.diagnoses[0]?.summary).toContain('It answers from here');
    const everywhere = await diagnosed(
      together(timeout, here(climb('tcp', 'timeout', 'no answer in time'))),
      DB,
    );
    expect(everywhere.diagnoses[0]?.summary).toContain('Nor does it answer from here');
  });

  test('a policy that allows it is not to blame', async () => {
    const { causes } = await diagnosed(
      together(
        timeout,
        denies([...DNS_ONLY, { protocol: 'TCP', port: 5432 }, { protocol: 'TCP', port: 443 }]),
      ),
      DB,
    );
    expect(causes).toEqual(['db/timeout']);
  });

  const refused = climb('login', 'server', 'password authentication failed for user "todo"', '28P01');

  test('wrong password, and one that the pods have from before', async () => {
    const wrong = await diagnosed(together(ladder([refused]), secretChanged), DB);
    expect(wrong.causes).toEqual(['db/authentication-failed']);
    const stale = await diagnosed(together(ladder([refused], POD_NAMES, false), secretChanged), DB);
    expect(stale.diagnoses).toMatchObject([
      {
        cause: 'db/credentials-stale',
        verdict: 'confirmed',
        object: { kind: 'Secret', name: 'todo-chatbot-backend-secret' },
      },
    ]);
    expect(stale.diagnoses[0]?.summary).toContain('at 14:00:03');
    expect(stale.diagnoses[0]?.fix[0]?.command).toBe(
      'kubectl -n default rollout restart deployment/todo-chatbot-backend',
    );
  });

  test('both: of two pods one is stale, and the new password is wrong as well', async () => {
    const { causes } = await diagnosed(
      together(ladder([refused], [POD_NAMES[0]], false), ladder([refused], [POD_NAMES[1]], true)),
      DB,
    );
    expect(causes.sort()).toEqual(['db/authentication-failed', 'db/credentials-stale']);
  });

  test('an old value that still works is a warning', async () => {
    const { diagnoses, exitCode } = await diagnosed(ladder([], POD_NAMES, false), DB);
    expect(diagnoses).toMatchObject([{ cause: 'db/credentials-stale', severity: 'warning' }]);
    expect(exitCode).toBe(0);
  });

  test('…and does not explain that the new value leads to a server without TLS', async () => {
    const { diagnoses, unexplained } = await diagnosed(
      together(ladder([], POD_NAMES, false), ({ inPod }) => {
        for (const { probe } of inPod) if (probe.ok) for (const way of probe.value.tls) way.answer = 'N';
      }),
      DB,
    );
    expect(diagnoses).toMatchObject([{ cause: 'db/credentials-stale', symptoms: [] }]);
    expect(unexplained).toEqual(['network/database-egress']);
    // A restart would take down what still works.
    expect(diagnoses[0]?.fix[0]).toMatchObject({ command: null });
    expect(diagnoses[0]?.fix[0]?.description).toMatch(/^Put the new value right first: /);
    expect(diagnoses[0]?.fix[1]?.command).toContain('rollout restart');
  });

  test('pods that a rollout is about to replace are expected to have the old value', async () => {
    const { causes } = await diagnosed(
      together(ladder([], [POD_NAMES[0]], false), ({ replicaSets, pods }) => {
        const [newest] = replicaSets;
        if (newest)
          replicaSets.unshift({ ...structuredClone(newest), metadata: { ...newest.metadata, uid: 'rs-2' } });
        const second = pods[1]?.metadata.ownerReferences?.[0];
        if (second) second.uid = 'rs-2';
      }),
      DB,
    );
    expect(causes).toEqual([]);
  });
});

describe('by the log alone', () => {
  const crash =
    (words: string): Change =>
    (evidence) => {
      notMeasured(evidence);
      for (const index of [0, 1]) {
        crashed(evidence, index, { exitCode: 3 }, [
          'INFO:     Waiting for application startup.',
          'ERROR:    Traceback (most recent call last):',
          `sqlalchemy.exc.OperationalError: (psycopg.OperationalError) ${words}`,
          'ERROR:    Application startup failed. Exiting.',
        ]);
      }
    };

  test.each([
    ['connection failed: FATAL:  password authentication failed for user "todo"', 'db/authentication-failed'],
    ['could not translate host name "db.example" to address: Name or service not known', 'db/dns-wrong-host'],
    ['[Errno -3] Temporary failure in name resolution', 'db/dns-failure'],
    ['connection to server at "10.0.0.1", port 5432 failed: Connection refused', 'db/connection-refused'],
    ['connection timeout expired', 'db/timeout'],
    ['FATAL:  database "todo\\n" does not exist', 'db/database-missing'],
    ['server does not support SSL, but SSL was required', 'db/tls-rejected'],
    ["connect() got an unexpected keyword argument 'sslmode'", 'db/driver-mismatch'],
    ['invalid sslmode value: "Require"', 'db/sslmode-invalid'],
  ])('a start that ends with: %s', async (words, cause) => {
    const { diagnoses, causes } = await diagnosed(together(crash(words), fromHereNot), DB);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Pod' } });
    expect(diagnoses[0]?.evidence[0]).toMatchObject({ source: 'previous log' });
  });

  test('a server that demands TLS is the root of a URL that leaves it out', async () => {
    const { causes, diagnoses } = await diagnosed(
      together(
        crash('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", no encryption'),
        ({ secret }) =>
          Object.assign(secret.databaseUrl ?? {}, { problems: ['sslmode-weak'], sslmode: 'disable' }),
      ),
    );
    expect(causes).toEqual(['db/tls-required']);
    expect(diagnoses[0]?.folded).toContain('db/sslmode-weak');
    expect(diagnoses[0]?.symptoms).toContain('config/database-url');
  });

  test('over all topics it is the root of the crash', async () => {
    const { causes, diagnoses } = await diagnosed(
      crash('FATAL:  password authentication failed for user "todo"'),
    );
    expect(causes[0]).toBe('db/authentication-failed');
    expect(diagnoses[0]?.folded).toContain('crash/startup-exception');
  });

  test('with a Secret that was changed since: likely stale', async () => {
    const { diagnoses } = await diagnosed(
      together(crash('FATAL:  password authentication failed for user "todo"'), secretChanged, fromHereNot),
      DB,
    );
    expect(diagnoses[0]).toMatchObject({ cause: 'db/credentials-stale', verdict: 'likely' });
    expect(diagnoses[0]?.wouldConfirm).toBeTruthy();
  });

  test.each([
    [
      'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
      'db/pool-exhausted',
    ],
    [
      'FATAL:  remaining connection slots are reserved for non-replication superuser connections',
      'db/too-many-connections',
    ],
    ['SSL connection has been closed unexpectedly', 'db/connection-dropped'],
    ['terminating connection due to administrator command', 'db/connection-dropped'],
    ['(psycopg.errors.UndefinedTable) relation "tasks" does not exist', 'db/schema-missing'],
    ['prepared statement "__asyncpg_stmt_1__" already exists', 'db/pooler-incompatible'],
  ])('in use, while the way is free: %s', async (words, cause) => {
    const { causes, diagnoses } = await diagnosed(
      says('INFO:     Database connection established', `ERROR:    todo.database: database error: ${words}`),
      DB,
    );
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]?.symptoms).toContain('functional/database-logs');
  });

  const AT_CONNECT = [
    'psycopg2.OperationalError: connection to server at "10.96.0.7", port 5432 failed: server closed the connection unexpectedly',
    'psycopg.OperationalError: connection failed: connection to server at "10.96.0.7", port 5432 failed: Connection reset by peer',
    'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: server closed the connection unexpectedly',
    'could not connect to server: server closed the connection unexpectedly',
    'ConnectionError: unexpected connection_lost() call',
  ];
  const IN_USE = [
    'SSL connection has been closed unexpectedly',
    'server closed the connection unexpectedly',
    'terminating connection due to administrator command',
    'asyncpg.exceptions.ConnectionDoesNotExistError: connection was closed in the middle of operation',
    'consuming input failed: SSL SYSCALL error: EOF detected',
  ];
  test.each([
    ...AT_CONNECT.map(
      (words) => [words, 'ends it before a session has begun', 'ends new connections'] as const,
    ),
    ...IN_USE.map((words) => [words, 'still wanted to use', 'pool_pre_ping'] as const),
  ])('a connection that ended: %s', async (words, telling, advice) => {
    const { diagnoses } = await diagnosed(
      says('INFO:     Application startup complete.', `ERROR:    todo.database: database error: ${words}`),
      DB,
    );
    const told = diagnoses.find(({ cause }) => cause === 'db/connection-dropped');
    expect(told?.summary).toContain(telling);
    expect(told?.fix[0]?.description).toContain(advice);
  });

  test('a table that is missing is told though no line looks like an error of the database', async () => {
    const { causes, diagnoses } = await diagnosed(
      says(
        'INFO:     Database connection established',
        'sqlalchemy.exc.ProgrammingError: (psycopg.errors.UndefinedTable) relation "tasks" does not exist',
      ),
      DB,
    );
    expect(causes).toEqual(['db/schema-missing']);
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Pod', name: POD_NAMES[0] } });
  });

  test('…and another service that refuses connections is none of it', async () => {
    const { causes } = await diagnosed(
      says('INFO:     Database connection established', 'httpx.ConnectError: [Errno 111] Connection refused'),
      DB,
    );
    expect(causes).toEqual([]);
  });

  test('an error of the way that is over is told, as likely', async () => {
    const { diagnoses, exitCode } = await diagnosed(
      says('ERROR:    database error: connection failed: Connection refused'),
      DB,
    );
    expect(diagnoses).toMatchObject([
      { cause: 'db/connection-refused', verdict: 'likely', symptoms: ['functional/database-logs'] },
    ]);
    expect(exitCode).toBe(1);
  });

  test('an error before the last success, and one in a client’s request, are none', async () => {
    const { causes } = await diagnosed(
      says(
        'ERROR:    database error: connection failed: Connection refused',
        'INFO:     Database connection established',
        'INFO:     10.244.0.1:1 - "GET /api/tasks?q=too%20many%20clients+too many clients HTTP/1.1" 200 OK',
      ),
      DB,
    );
    expect(causes).toEqual([]);
  });
});

describe('whose error it is', () => {
  test('an error of the network counts where a driver is spoken of, on its line or in the traceback before', async () => {
    const other = await diagnosed(
      says(
        'INFO:     ready',
        ...Array<string>(80).fill('INFO:     idle'),
        'ERROR:    httpx: Connection refused',
      ),
      DB,
    );
    expect(other.causes.filter((cause) => cause.startsWith('db/'))).toEqual([]);
    const own = await diagnosed(
      says(
        'INFO:     Database connection established',
        'ERROR:    todo.database: query failed',
        'Traceback (most recent call last):',
        '  File "/usr/lib/asyncpg/connect_utils.py", line 873, in __connect_addr',
        'socket.gaierror: [Errno -2] Name or service not known',
      ),
      DB,
    );
    expect(own.causes).toEqual(['db/dns-wrong-host']);
  });
});

describe('two at once', () => {
  const wrongPassword = ladder([
    climb('login', 'server', 'password authentication failed for user "todo"', '28P01'),
  ]);

  test.each<[string, Change, string]>([
    [
      'and a Service with another selector',
      ({ service }) => (service.spec.selector = { app: 'other' }),
      'service/selector-mismatch',
    ],
    [
      'and a container that was killed for its memory',
      (evidence) => restarted(evidence, 0, { exitCode: 137, reason: 'OOMKilled' }, { secondsAgo: 300 }),
      'memory/oom-killed',
    ],
    [
      'and an image that cannot be pulled',
      (evidence) => {
        waiting(
          evidence,
          1,
          'ImagePullBackOff',
          'Back-off pulling image "todo-chatbot-backend:v9": ErrImagePull: not found',
        );
        containerOf(evidence, 1).image = 'todo-chatbot-backend:v9';
        podEvent(
          evidence,
          1,
          'Failed',
          'Failed to pull image "todo-chatbot-backend:v9": rpc error: code = NotFound desc = failed to pull and unpack image: not found',
        );
        const { pods } = evidence.databaseLadder;
        if (pods.ok) pods.value.splice(1);
      },
      'image/not-found',
    ],
  ])('%s', async (_name, change, other) => {
    const { causes } = await diagnosed(together(wrongPassword, change));
    expect(causes).toContain('db/authentication-failed');
    expect(causes.some((cause) => cause === other || cause.startsWith(`${other.split('/')[0] ?? ''}/`))).toBe(
      true,
    );
  });
});

describe('error texts', () => {
  test('a text is looked at for a bounded length, whatever it is', () => {
    const hostile = `${'relation "'.repeat(50_000)}${'no pg_hba.conf entry '.repeat(50_000)}`;
    const begin = performance.now();
    for (let index = 0; index < 200; index += 1) errorOnWay(hostile);
    expect(performance.now() - begin).toBeLessThan(LINEAR_MS);
  });

  test('SQLSTATE decides where the words are not known, as in another language', () => {
    expect(errorOnWay('Passwort-Authentifizierung fehlgeschlagen', '28P01')?.cause).toBe(
      'db/authentication-failed',
    );
    expect(errorOnWay('Datenbank existiert nicht', '3D000')?.cause).toBe('db/database-missing');
    expect(errorOnWay('something else')).toBeUndefined();
  });

  test('IPv6 noise beside an IPv4 error', () => {
    const text =
      'connection to server at "2600::1" failed: Network is unreachable; at "10.0.0.1" failed: Connection refused';
    expect(errorOnWay(text)?.cause).toBe('db/connection-refused');
  });
});
