/** Why an application says that it ended; and that no log makes the reader slow. */
import { describe, expect, test } from '@jest/globals';
import { parseLog } from '../../../src/evidence/log-lines.js';
import { readRefusal } from '../../../src/computed/refusals.js';
import { parseConfigProblem } from '../../../src/computed/config-problem.js';
import { readCrashLog, workerDeaths } from '../../../src/computed/crash-sign.js';
import { imageProblem } from '../../../src/computed/image-problem.js';
import { parseProbeFailure } from '../../../src/computed/probe-failure.js';
import { parseSchedulerMessage } from '../../../src/computed/scheduler-answer.js';
import { listeningOn } from '../../../src/computed/listening.js';
import { LINEAR_MS } from '../../support/patience.js';

const AT = '2026-02-09T14:00:00Z';
const lines = (...texts: string[]) => texts.map((text) => ({ at: AT, text }));
const TRACEBACK = ['Traceback (most recent call last):', '  File "/app/main.py", line 3, in <module>'];

describe('the last exception counts', () => {
  test('of a chain, the last', () => {
    const sign = readCrashLog(
      lines(
        ...TRACEBACK,
        "KeyError: 'cache'",
        '',
        'During handling of the above exception, another exception occurred:',
        '',
        ...TRACEBACK,
        'app.errors.StartError: no model',
        'ERROR:    Application startup failed. Exiting.',
      ),
    );
    expect(sign).toMatchObject({
      cause: 'crash/startup-exception',
      subject: 'app.errors.StartError',
      line: { text: 'app.errors.StartError: no model' },
    });
  });

  test('what was survived earlier does not count', () => {
    const sign = readCrashLog(
      lines("WARNING:  Permission denied: '/tmp/cache', going on without", ...TRACEBACK, 'ValueError: no'),
    );
    expect(sign).toMatchObject({ cause: 'crash/startup-exception', subject: 'ValueError' });
  });

  test('a database’s exception is marked as such', () => {
    const sign = readCrashLog(
      lines(
        ...TRACEBACK,
        'sqlalchemy.exc.OperationalError: (psycopg.OperationalError) connection failed: timeout',
      ),
    );
    expect(sign).toMatchObject({ cause: 'crash/startup-exception', database: true });
  });

  test.each([
    [
      'crash/import-error',
      'No package metadata was found for psycopg2-binary',
      'importlib.metadata.PackageNotFoundError: No package metadata was found for psycopg2-binary',
    ],
    [
      'crash/startup-exception',
      "IndentationError: expected an indented block after 'if' statement on line 1",
      "IndentationError: expected an indented block after 'if' statement on line 1",
    ],
    ['crash/startup-exception', "SyntaxError: '(' was never closed", "SyntaxError: '(' was never closed"],
    ['crash/permission-denied', '/secrets/DATABASE_URL', 'cat: /secrets/DATABASE_URL: Permission denied'],
    ['crash/permission-denied', '/app/logs', 'mkdir: cannot create directory ‘/app/logs’: Permission denied'],
    ['crash/permission-denied', '/data/x y', "touch: cannot touch '/data/x y': Permission denied"],
    ['crash/permission-denied', '/entrypoint.sh', 'bash: /entrypoint.sh: Permission denied'],
    ['crash/permission-denied', '/app/state', 'sh: 1: cannot create /app/state: Permission denied'],
    [
      'crash/crlf-script',
      '/app/start.sh',
      '{"msg":"exec container process `/app/start.sh`: No such file or directory","level":"error"}',
    ],
    [
      'image/wrong-architecture',
      undefined,
      '{"msg":"exec container process `/usr/local/bin/python3`: Exec format error"}',
    ],
    ['crash/command-not-found', 'uvicorn', '/bin/sh: 1: uvicorn: not found'],
    ['crash/command-not-found', 'gunicorn', 'sh: gunicorn: not found'],
    [
      'crash/migration-failed',
      'alembic.ini',
      "FAILED: No config file 'alembic.ini' found, or file has no '[alembic]' section",
    ],
  ])('%s, %s: %s', (cause, subject, text) => {
    expect(readCrashLog(lines(text))).toMatchObject({ cause, subject });
  });

  test('pydantic 1 names a nested setting', () => {
    const sign = readCrashLog(
      lines(
        ...TRACEBACK,
        'pydantic.error_wrappers.ValidationError: 1 validation error for Settings',
        'auth -> secret',
        '  field required (type=value_error.missing)',
      ),
    );
    expect(sign).toMatchObject({ cause: 'crash/missing-environment', missing: ['auth -> secret'] });
  });

  test.each([
    ['killed', '[1] [ERROR] Worker (pid:7) was sent SIGKILL! Perhaps out of memory?', 2],
    ['failed', '[1] [ERROR] Worker (pid:7) exited with code 3', 2],
    ['told to end', '[1] [INFO] Worker (pid:7) was sent SIGTERM!', 0],
    ['ended well', '[1] [INFO] Worker (pid:7) exited with code 0', 0],
  ])('a worker of gunicorn that was %s', (_how, text, count) => {
    const timeout = '[1] [CRITICAL] WORKER TIMEOUT (pid:7)';
    expect(workerDeaths(lines(timeout, text, timeout, text)).count).toBe(count);
  });

  test('several missing variables are named together, no value is', () => {
    const sign = readCrashLog(
      lines(
        ...TRACEBACK,
        'pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings',
        'DATABASE_URL',
        "  Field required [type=missing, input_value={'TOKEN': 'hidden'}, input_type=dict]",
        'BETTER_AUTH_SECRET',
        "  Field required [type=missing, input_value={'TOKEN': 'hidden'}, input_type=dict]",
      ),
    );
    expect(sign).toMatchObject({
      cause: 'crash/missing-environment',
      subject: 'DATABASE_URL, BETTER_AUTH_SECRET',
    });
    expect(JSON.stringify(sign)).not.toContain('hidden');
  });

  test('a variable that is there and wrong is not missing', () => {
    const sign = readCrashLog(
      lines(
        ...TRACEBACK,
        'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings',
        'DATABASE_POOL_SIZE',
        '  Input should be a valid integer [type=int_parsing]',
      ),
    );
    expect(sign).toMatchObject({
      cause: 'crash/settings-invalid',
      subject: 'DATABASE_POOL_SIZE: Input should be a valid integer',
    });
  });

  test('a log that says nothing of an end', () => {
    expect(
      readCrashLog(lines('INFO:     Started server process [1]', 'SomeError: not in a traceback')),
    ).toBeUndefined();
    expect(readCrashLog([])).toBeUndefined();
  });
});

/** Milliseconds that a run takes. */
function timed(run: () => void): number {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}

describe('hostile logs', () => {
  const MEBIBYTE = 1024 * 1024;
  const nested = [
    'Traceback (most recent call last):'.repeat(300_000),
    `${'a.'.repeat(5 * MEBIBYTE)}Error: x`,
    `ModuleNotFoundError: ${"'".repeat(10 * MEBIBYTE)}`,
    `Read-only file system: '${'x'.repeat(10 * MEBIBYTE)}`,
    `ValidationError: ${'1 validation error for '.repeat(400_000)}`,
    ' '.repeat(10 * MEBIBYTE),
    `Uvicorn running on http://${'1'.repeat(10 * MEBIBYTE)}:8000`,
    `Child process [${'9'.repeat(10 * MEBIBYTE)}] died`,
  ];
  test.each(nested.map((text, index): [number, string] => [index, text]))(
    'line %i of 10 MB does not hold it up',
    (_, text) => {
      const read = lines(...TRACEBACK, text, text);
      const ms = timed(() => {
        readCrashLog(read);
        workerDeaths(read);
        listeningOn(read);
      });
      expect(ms).toBeLessThan(LINEAR_MS);
    },
  );

  test('time grows with the number of lines, not with its square', () => {
    const some = Array.from({ length: 100_000 }, (_, index) => TRACEBACK[index % 2] ?? '');
    expect(timed(() => void readCrashLog(lines(...some)))).toBeLessThan(LINEAR_MS);
  });

  test('random texts: no parser throws, none takes long', () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const words = [
      'Traceback (most recent call last):',
      'KeyError:',
      "'A_B'",
      'ValidationError: 1 validation error for X',
      '0/1 nodes are available:',
      '1 Insufficient memory',
      '{',
      '}',
      ',',
      '"',
      "'",
      '[',
      '(',
      'exceeded quota:',
      'Liveness probe failed:',
      'statuscode: 404',
      '\u001b[31m',
      '\u0000',
      '\ud800',
      '💥',
      'Uvicorn running on http://',
      ':8000',
      'not found',
      '\n',
      ' ',
      'Field required',
      'A_B',
      '.'.repeat(50),
    ];
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: random(60) }, () => words[random(words.length)] ?? '').join(
        random(2) === 0 ? ' ' : '',
      );
      const log = text.split('\n').map((line) => ({ at: AT, text: line }));
      const begin = performance.now();
      readCrashLog(log);
      workerDeaths(log);
      listeningOn(log);
      parseSchedulerMessage(`0/2 nodes are available: ${text}`);
      readRefusal(text);
      parseConfigProblem(text);
      parseProbeFailure(`Readiness probe failed: ${text}`);
      imageProblem('ErrImagePull', text);
      expect(performance.now() - begin).toBeLessThan(LINEAR_MS);
    }
  });

  test('what the reader gives of a line of 10 MB is short already', () => {
    const [line] = parseLog(`${AT} ${'x'.repeat(10 * MEBIBYTE)}\n`, false);
    expect(line?.text.length).toBeLessThan(5000);
  });
});

describe('what a process says before it ends', () => {
  const boom = (...last: string[]) => readCrashLog(lines(...TRACEBACK, ...last));
  test.each([
    ['RuntimeError: DATABASE_URL is not set', 'crash/missing-environment', 'DATABASE_URL'],
    ['ValueError: BETTER_AUTH_SECRET must be set', 'crash/missing-environment', 'BETTER_AUTH_SECRET'],
    ['Exception: missing env var JWT_SECRET', 'crash/missing-environment', 'JWT_SECRET'],
    ["KeyError: 'OPENAI_API_KEY'", 'crash/missing-environment', 'OPENAI_API_KEY'],
    [
      'openai.OpenAIError: The api_key client option must be set either by passing api_key to the client or by setting the OPENAI_API_KEY environment variable',
      'crash/missing-environment',
      'OPENAI_API_KEY',
    ],
    [
      'sqlalchemy.exc.ArgumentError: Expected string or URL object, got None',
      'crash/missing-environment',
      'DATABASE_URL',
    ],
    [
      "alembic.util.exc.CommandError: Can't locate revision identified by 'abc123'",
      'crash/migration-failed',
      'abc123',
    ],
    [
      'pydantic_settings.exceptions.SettingsError: error parsing value for field "cors_origins" from source "EnvSettingsSource"',
      'crash/settings-invalid',
      'cors_origins',
    ],
    ['app.errors.Odd: nobody has seen this', 'crash/startup-exception', 'app.errors.Odd'],
  ])('%s', (last, cause, subject) => {
    expect(boom(last)).toMatchObject({ cause, subject, raisedAt: '/app/main.py:3' });
  });

  test.each([
    ['INFO: DATABASE_URL is set', undefined],
    ['INFO: environment variable LOG_LEVEL is set to INFO', undefined],
    [
      "Error: Invalid value for '--port': 'tcp://10.96.0.9:8000' is not a valid integer.",
      'crash/bad-arguments',
    ],
    ['gunicorn: error: unrecognized arguments: --worker 4', 'crash/bad-arguments'],
    ['python: error: the following arguments are required: app', 'crash/bad-arguments'],
    ["/usr/bin/env: 'bash\\r': No such file or directory", 'crash/crlf-script'],
    ['exec /app/start.sh: no such file or directory', 'crash/crlf-script'],
    ["[2026-02-09 14:00:00 +0000] [7] [ERROR] Connection in use: ('0.0.0.0', 8000)", 'crash/port-in-use'],
  ])('%s', (line, cause) => expect(readCrashLog(lines(line))?.cause).toBe(cause));

  test('a certificate that libpq may not read is the database’s affair', () => {
    const sign = boom(
      'psycopg.OperationalError: connection failed: could not open certificate file "/root/.postgresql/postgresql.crt": Permission denied',
    );
    expect(sign).toMatchObject({ cause: 'crash/startup-exception', database: true });
  });

  test('in 50,000 lines of noise', () => {
    const noise = Array.from({ length: 25_000 }, (_, index) => `INFO: tick ${index}`);
    const sign = readCrashLog(lines(...noise, ...TRACEBACK, 'ValueError: no', ...noise));
    expect(sign?.subject).toBe('ValueError');
  });
});
