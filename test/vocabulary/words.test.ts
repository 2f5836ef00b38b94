/** Every row of the vocabulary is fed its own example: the first row that recognises it must be that row. */
import { describe, expect, test } from '@jest/globals';
import { databaseError } from '../../src/computed/database-error.js';
import { CAUSES } from '../../src/causes/catalogue.js';
import { parseConfigProblem } from '../../src/computed/config-problem.js';
import { UNMADE } from '../../src/vocabulary/container-config.js';
import {
  CLIENT_FILE,
  DATABASE_WORDS,
  ENDED_AT_CONNECT,
  LOCAL_SOCKET,
  NO_DATABASE,
} from '../../src/vocabulary/database.js';
import type { Words } from '../../src/vocabulary/vocabulary.js';
import { END_WORDS, WORKER_ENDS } from '../../src/vocabulary/process-end.js';
import { LISTENS, LISTENS_ON_SOCKET } from '../../src/vocabulary/server-start.js';
import { NO_NODE } from '../../src/vocabulary/scheduler.js';
import { SQLSTATES } from '../../src/vocabulary/sqlstates.js';

describe('databases and their drivers', () => {
  test.each(DATABASE_WORDS.map((row) => ({ row, example: row.example })))('$example', ({ row, example }) => {
    expect(DATABASE_WORDS.find(({ says }) => says.test(example))).toBe(row);
  });

  test('each means a cause that the doctor has, or a statement that is refused', () => {
    const ids = new Set<string>(['statement', ...CAUSES.map(({ id }) => id)]);
    const meanings = [...DATABASE_WORDS, ...Object.values(SQLSTATES)].map(({ means }) => means);
    expect(meanings.filter((means) => !ids.has(means))).toEqual([]);
  });

  test.each(
    [NO_DATABASE, ENDED_AT_CONNECT, LOCAL_SOCKET, CLIENT_FILE].flatMap((rows: readonly Words<string>[]) =>
      rows.map((row) => ({ rows, row, example: row.example })),
    ),
  )('$example', ({ rows, row, example }) => {
    expect(rows.find(({ says }) => says.test(example))).toBe(row);
  });

  test('no pattern keeps a place between two questions', () => {
    expect(DATABASE_WORDS.filter(({ says }) => says.global || says.sticky)).toEqual([]);
  });
});

describe('how processes end', () => {
  test.each(END_WORDS.map((row) => ({ row, example: row.example })))('$example', ({ row, example }) => {
    expect(END_WORDS.find(({ says }) => says.test(example))).toBe(row);
  });

  test.each(WORKER_ENDS.map((row) => ({ row, example: row.example })))('$example', ({ row, example }) => {
    expect(WORKER_ENDS.find(({ says }) => says.test(example))).toBe(row);
  });

  test('each means a cause that the doctor has', () => {
    const ids = CAUSES.map(({ id }) => id);
    expect(END_WORDS.map(({ means }) => means).filter((means) => !ids.includes(means))).toEqual([]);
  });
});

describe('why no container is made, and no node takes a pod', () => {
  test.each([...UNMADE, ...NO_NODE].map((row) => ({ row, example: row.example })))(
    '$example',
    ({ row, example }) => {
      const rows: readonly unknown[] = row.means.startsWith('scheduling/') ? NO_NODE : UNMADE;
      const first = [...UNMADE, ...NO_NODE].find((each) => rows.includes(each) && each.says.test(example));
      expect(first).toBe(row);
    },
  );

  test.each(UNMADE.filter(({ says }) => says.source.includes('(?<object>')).map(({ example }) => example))(
    'names its object: %s',
    (example) => expect(parseConfigProblem(example)?.object).toMatch(/^todo-(?:secret|config)$/),
  );

  test('each means a cause that the doctor has', () => {
    const ids = CAUSES.map(({ id }) => id);
    expect([...UNMADE, ...NO_NODE].map(({ means }) => means).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe('where servers listen', () => {
  test.each(LISTENS.map((row) => ({ row, example: row.example })))('$example', ({ row, example }) => {
    expect(LISTENS.find(({ says }) => says.test(example))).toBe(row);
    expect(row.says.exec(example)?.[2]).toBe('8000');
  });

  test.each([
    ['INFO:     Uvicorn running on unix socket /tmp/todo.sock (Press CTRL+C to quit)', '/tmp/todo.sock'],
    ['[2026-02-09 14:00:00 +0000] [1] [INFO] Listening at: unix:/run/todo.sock (1)', '/run/todo.sock'],
    [
      '[2026-02-09 14:00:00 +0000] [1] [INFO] Running on unix:/run/todo.sock (CTRL + C to quit)',
      '/run/todo.sock',
    ],
  ])('%s', (line, path) => {
    expect(LISTENS_ON_SOCKET.exec(line)?.[1]).toBe(path);
    expect(LISTENS.some(({ says }) => says.test(line))).toBe(false);
  });
});

describe('within one error an answer of the server says more than addresses that were not reached', () => {
  test.each([
    [
      'psycopg 3: no IPv6 route, a wrong password',
      'connection failed: connection to server at "10.0.0.9", port 5432 failed: FATAL:  password authentication failed for user "todo"\nMultiple connection attempts failed. All failures were:\n- host: \'db\', port: 5432, hostaddr: \'2001:db8::1\': connection failed: connection to server at "2001:db8::1", port 5432 failed: Network is unreachable\n- host: \'db\', port: 5432, hostaddr: \'10.0.0.9\': FATAL:  password authentication failed for user "todo"',
      'db/authentication-failed',
    ],
    [
      'the answer stands last',
      'connection to server at "::1", port 5432 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\nconnection to server at "127.0.0.1", port 5432 failed: FATAL:  database "todos" does not exist',
      'db/database-missing',
    ],
    [
      'with and without TLS (sslmode=prefer)',
      'connection to server at "10.0.0.9", port 5432 failed: FATAL:  password authentication failed for user "todo"\nconnection to server at "10.0.0.9", port 5432 failed: FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "todo", database "todo", no encryption',
      'db/authentication-failed',
    ],
    [
      'one host times out, the other has no slot left',
      'connection to server at "10.0.0.8", port 5432 failed: timeout expired\nconnection to server at "10.0.0.9", port 5432 failed: FATAL:  sorry, too many clients already',
      'db/too-many-connections',
    ],
    [
      'asyncio: refused at one address, no route to the other',
      "OSError: Multiple exceptions: [Errno 101] Connect call failed ('2001:db8::1', 5432, 0, 0), [Errno 111] Connect call failed ('10.0.0.9', 5432)",
      'db/connection-refused',
    ],
    [
      'a certificate that is refused, and an address that is not reached',
      'connection to server at "2001:db8::1", port 5432 failed: Network is unreachable\nconnection to server at "10.0.0.9", port 5432 failed: SSL error: certificate verify failed',
      'db/tls-rejected',
    ],
  ])('%s', (_name, text, means) => expect(databaseError(text)?.means).toBe(means));
});
