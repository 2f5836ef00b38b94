/** One reading of a log, for verify and doctor alike: what is a connection, what an error, and what only sounds like one. */
import { describe, expect, test } from '@jest/globals';
import { readLog } from '../../src/computed/log-reading.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { CONNECTIONS, ERRORS, HARMLESS, NO_CONNECTIONS } from './lines.js';

const { database } = DEFAULT_CONTRACT;
const log = (...texts: string[]) =>
  texts.map((text, index) => ({ at: new Date(Date.UTC(2026, 1, 9, 14) + index * 1000).toISOString(), text }));
const reading = (...texts: string[]) => readLog(log(...texts), database);
const CONNECTED = 'INFO:     Database connection established';

describe('single lines', () => {
  test.each(ERRORS)('an error: %s', (line) => {
    expect(reading(CONNECTED, line).current).toHaveLength(1);
  });
  test.each(CONNECTIONS)('a connection: %s', (line) => {
    expect(reading(line)).toMatchObject({ connected: { text: line }, errors: [] });
  });
  test.each(NO_CONNECTIONS)('no connection: %s', (line) => {
    expect(reading(line).connected).toBeUndefined();
  });
  test.each(HARMLESS)('harmless: %s', (line) => {
    expect(reading(line)).toMatchObject({ connected: undefined, errors: [] });
  });
});

const ASYNCPG = [
  '  File "/usr/local/lib/python3.12/site-packages/uvicorn/lifespan/on.py", line 86, in main',
  '    await app(scope, self.receive, self.send)',
  '  File "/app/app/main.py", line 41, in lifespan',
  '    pool = await asyncpg.create_pool(url)',
  '  File "/usr/local/lib/python3.12/site-packages/asyncpg/connect_utils.py", line 1218, in _connect_addr',
  '    return await __connect_addr(params, True, *args)',
];
const traceback = (...last: string[]) => [
  'ERROR:    Traceback (most recent call last):',
  ...ASYNCPG,
  ...last,
  '',
  'ERROR:    Application startup failed. Exiting.',
];

describe('tracebacks', () => {
  test.each([
    ["ConnectionRefusedError: [Errno 111] Connect call failed ('10.0.0.9', 5432)", 'db/connection-refused'],
    ["OSError: [Errno 113] Connect call failed ('10.0.0.9', 5432)", 'db/network-unreachable'],
    ['TimeoutError', 'db/timeout'],
    ['asyncio.exceptions.TimeoutError', 'db/timeout'],
    ['ConnectionError: unexpected connection_lost() call', 'db/connection-dropped'],
    ['asyncpg.exceptions._base.InterfaceError: connection is closed', 'db/connection-dropped'],
    ["TypeError: connect() got an unexpected keyword argument 'application_name'", 'db/driver-mismatch'],
    ['socket.gaierror: [Errno -2] Name or service not known', 'db/dns-wrong-host'],
    ['socket.gaierror: [Errno -3] Try again', 'db/dns-failure'],
    ['asyncpg.exceptions.InvalidCatalogNameError: database "todos" does not exist', 'db/database-missing'],
    ['asyncpg.exceptions.SomethingNewError: the words of a version to come', 'db/other'],
  ])('%s', (last, means) => {
    const { errors } = reading(...traceback(last));
    expect(errors).toMatchObject([{ means, line: { text: last }, raisedAt: '/app/app/main.py:41' }]);
  });

  test('of a chain the database’s reason counts, whatever the application makes of it', () => {
    const { errors } = reading(
      '2026-02-09 14:00:00,123 ERROR app: could not start',
      'Traceback (most recent call last):',
      ...ASYNCPG,
      'asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "todo"',
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "/app/app/main.py", line 44, in lifespan',
      '    raise StartError("no database") from error',
      'app.errors.StartError: no database',
    );
    expect(errors).toMatchObject([{ means: 'db/authentication-failed' }]);
  });

  test('an exception of several lines is one error', () => {
    const { errors } = reading(
      'Traceback (most recent call last):',
      '  File "/app/app/db.py", line 9, in connect',
      'psycopg.OperationalError: connection failed: connection to server at "2001:db8::1", port 5432 failed: Network is unreachable',
      '\tIs the server running on that host and accepting TCP/IP connections?',
      'connection to server at "10.0.0.9", port 5432 failed: FATAL:  password authentication failed for user "todo"',
      'Multiple connection attempts failed. All failures were:',
      "- host: 'db', port: '5432', hostaddr: '2001:db8::1': connection failed: Network is unreachable",
      "- host: 'db', port: '5432', hostaddr: '10.0.0.9': FATAL:  password authentication failed for user",
      'INFO:     Waiting for application startup.',
    );
    expect(errors).toMatchObject([{ means: 'db/authentication-failed', raisedAt: '/app/app/db.py:9' }]);
  });

  test('in an exception group', () => {
    const { errors } = reading(
      '  + Exception Group Traceback (most recent call last):',
      '  |   File "/app/app/main.py", line 12, in <module>',
      '  |     asyncio.run(main())',
      '  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)',
      '  +-+---------------- 1 ----------------',
      '    | Traceback (most recent call last):',
      '    |   File "/app/app/db.py", line 7, in connect',
      '    | asyncpg.exceptions.TooManyConnectionsError: sorry, too many clients already',
      '    +------------------------------------',
    );
    expect(errors).toMatchObject([{ means: 'db/too-many-connections', raisedAt: '/app/app/db.py:7' }]);
  });

  test('of another system: nothing of the database', () => {
    const other = [
      'ERROR:    Exception in ASGI application',
      'Traceback (most recent call last):',
      '  File "/app/app/db.py", line 9, in session',
      '  File "/app/app/jwks.py", line 3, in keys',
      'httpx.ConnectError: [Errno 111] Connection refused',
    ];
    expect(reading(CONNECTED, ...other).errors).toEqual([]);
    expect(reading(CONNECTED, ...other.slice(0, 4), "KeyError: 'title'").errors).toEqual([]);
    const redis = 'redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.';
    expect(reading(CONNECTED, ...other.slice(0, 4), redis).errors).toEqual([]);
  });

  test('two tracebacks are two events', () => {
    const two = [...traceback('TimeoutError'), ...traceback('asyncpg.exceptions.InternalServerError: x')];
    expect(reading(...two).errors.map(({ means }) => means)).toEqual(['db/timeout', 'db/other']);
  });
});

describe('what counts', () => {
  test('is what was said since the last connection', () => {
    const { connected, errors, current } = reading('ERROR database is down', CONNECTED, 'INFO x');
    expect([connected?.text, errors.length, current.length]).toEqual([CONNECTED, 1, 0]);
  });

  test('a pattern of the user’s own is taken at its word', () => {
    const own = { connectedLogPatterns: ['pool is open'], errorLogPatterns: ['pool is dry'] };
    expect(readLog(log('Pool is open', 'INFO the pool is DRY, no errors'), own).current).toHaveLength(1);
  });

  test('is computed once for one log', () => {
    const lines = log(CONNECTED);
    expect(readLog(lines, database)).toBe(readLog(lines, structuredClone(database)));
  });

  test('stands in 50,000 lines of noise', () => {
    const noise = Array.from(
      { length: 25_000 },
      (_, index) => `INFO:     10.0.0.1:${index} - "GET /api/health HTTP/1.1" 200 OK`,
    );
    const { current } = reading(CONNECTED, ...noise, 'ERROR database is down', ...noise);
    expect(current).toMatchObject([{ line: { text: 'ERROR database is down' } }]);
  });
});
