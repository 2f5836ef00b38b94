import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { createHider } from '../../src/evidence/hide.js';
import { createRedactor } from '../../src/evidence/redaction.js';
import { LINEAR_MS } from '../support/patience.js';

function hider(...secrets: string[]) {
  const made = createHider(DEFAULT_CONTRACT, createRedactor());
  secrets.forEach(made.learn);
  return made;
}

describe('what is a credential', () => {
  test.each([
    ['PGPASSWORD', 'abcdef'],
    ['DB_PASSWORD', 'abcdef'],
    ['CLIENTSECRET', 'abcdef'],
    ['AUTH_TOKEN', 'abcdef'],
    ['accessToken', 'abcdef'],
    ['MAIL_PWD', 'abcdef'],
    ['ADMIN_PW', 'abcdef'],
    ['SMTP_PASS', 'abcdef'],
    ['SECRET_KEY_BASE', 'abcdef'],
    ['example.com/token', 'abcdef'],
    ['vault.example.com/secret-key', 'abcdef'],
    ['OPENAI_API_KEY', 'abcdef'],
    ['NEXT_PUBLIC_OPENROUTER_KEY', 'abcdef'],
  ])('%s is, by its name', (name, value) => {
    expect(hider().reason(name, value)).toBe('secret-key');
    expect(hider().value(name, value)).toBe('(value hidden, 6 characters)');
  });

  test.each([
    ['PWD', '/app'],
    ['BYPASS', 'abcdef'],
    ['SECRET_NAME', 'backend'],
    ['checksum/secret', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['TOKEN_EXPIRY_MINUTES', '30'],
    ['USE_TOKEN', 'true'],
    ['API_KEY', '$(OPENROUTER)'],
    ['PRIVATE_KEY', '/run/secrets/key.pem'],
    ['ENVIRONMENT', 'production'],
    ['WEBHOOK', 'https://host.example:8443/u/@me'],
    ['REPOSITORY', 'ssh://git@host.example/x.git'],
    ['DATABASE_URL', ''],
    ['DATABASE_URL', 'postgresql://$(DB_USER):$(DB_PASS)@$(DB_HOST):5432/$(DB_NAME)?sslmode=require'],
    ['DATABASE_URL', 'postgresql+asyncpg://todo:$(PGPASSWORD)@db/todo'],
    ['DB_URL', 'postgresql://h/db?user=u&password=$(P)&sslmode=require'],
  ])('%s=%s is not', (name, value) => {
    expect(hider().reason(name, value)).toBeUndefined();
    expect(hider().value(name, value)).toBe(value);
  });

  test.each([
    'https://user:abcdef@host.example/path',
    'postgresql://$(DB_USER):abcdef@$(DB_HOST)/todo',
    'postgresql://u:$(SALT)abcdef@h/db',
    'postgresql://u:$(P)@h/db?password=abcdef',
    'redis://:abcdef@cache:6379/0',
    'postgresql://u:ab/cd@h/db',
    'postgresql://h/db?user=u&password=abcdef',
    'use amqp://a:bcdefg@mq now',
    "postgresql://u:it's-mine@h/db",
    'postgresql://u:sa"y`it<now>@h/db',
    'postgresql://u:two words@h/db',
    "https://robot:o'neill@host.example/path",
  ])('%s is, by its password', (value) => {
    expect(hider().reason('URL', value)).toBe('url-with-password');
  });

  test('what holds a known value is', () => {
    expect(hider('known-secret-value-1').reason('X', 'a known-secret-value-1 b')).toBe('known-secret-value');
  });
});

describe('text', () => {
  test('several URLs in one line', () => {
    expect(hider().text('from http://a:bcdefg@x to "ftp://c:defghi@y", see https://z:443/')).toBe(
      'from (value hidden, 17 characters) to "(value hidden, 16 characters)", see https://z:443/',
    );
  });

  test.each([
    ["to postgresql://u:it's-mine@h/db now", 'to (value hidden, 29 characters) now'],
    ["'postgresql://u:it's-mine@h/db', next", "'(value hidden, 29 characters)', next"],
    ['{"a":"http://x:80/","b":"c@d.example"}', '{"a":"http://x:80/","b":"c@d.example"}'],
    ["at 'http://x:80', mail 'c@d.example'", "at 'http://x:80', mail 'c@d.example'"],
    ['<a href="http://x:80/">c@d.example</a>', '<a href="http://x:80/">c@d.example</a>'],
    ['error: token=s3cr3t-of-the-plugin', 'error: token=(value hidden, 20 characters)'],
    ['password=kNB@6.)_X|5n6d user=u', 'password=(value hidden, 14 characters) user=u'],
    ["password=it's-mine,5 x", 'password=(value hidden, 11 characters) x'],
  ])('%s', (text, expected) => {
    expect(hider().text(text)).toBe(expected);
  });

  test('what a URL showed once stays hidden by itself', () => {
    const made = hider();
    made.text('connect postgresql://app:Learned-77@h/db');
    expect(made.text('auth failed: Learned-77')).toBe('auth failed: (value hidden)');
  });

  test.each([
    ['BETTER_AUTH_SECRET=abc; x', 'BETTER_AUTH_SECRET=(value hidden, 3 characters); x'],
    ['BETTER_AUTH_SECRET=abc;PORT=1', 'BETTER_AUTH_SECRET=(value hidden, 3 characters);PORT=1'],
    ['BETTER_AUTH_SECRET=abc;x', 'BETTER_AUTH_SECRET=(value hidden, 5 characters)'],
    [`{"BETTER_AUTH_SECRET": "abc"}`, `{"BETTER_AUTH_SECRET": (value hidden, 5 characters)}`],
    ['BETTER_AUTH_SECRET: must be set', 'BETTER_AUTH_SECRET: must be set'],
    ['BETTER_AUTH_SECRET=$SECRET', 'BETTER_AUTH_SECRET=$SECRET'],
  ])('%s', (text, expected) => {
    expect(hider().text(text)).toBe(expected);
  });

  test('hostile text takes linear time', () => {
    const made = hider('known-secret-value-1');
    // The processor's time: on a busy machine the clock goes on while others work.
    const begin = process.cpuUsage();
    for (const part of [
      '://',
      'a:b@',
      'http://a:',
      'BETTER_AUTH_SECRET',
      'BETTER_AUTH_SECRET"    ',
      'password: "',
      'client_secret',
      'authorization: a ',
      '"',
      '@',
    ]) {
      made.text(part.repeat(300_000));
    }
    const { user, system } = process.cpuUsage(begin);
    expect((user + system) / 1000).toBeLessThan(LINEAR_MS);
  });
});

describe('credentials that nobody has registered', () => {
  const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlLW9mLTEyMw';

  test.each([
    ['Authorization: Bearer abc123def456ghi', 'Authorization: Bearer (value hidden, 15 characters)'],
    ['authorization=Basic dXNlcjpwYXNzd29yZDEy', 'authorization=Basic (value hidden, 20 characters)'],
    [`user 7 has ${JWT}`, `user 7 has (value hidden, ${JWT.length} characters)`],
    [
      '"GET /api/tasks?page=2&token=abcdefgh HTTP/1.1"',
      '"GET /api/tasks?page=2&token=(value hidden, 8 characters) HTTP/1.1"',
    ],
    ['host=db user=u password=abcdefgh', 'host=db user=u password=(value hidden, 8 characters)'],
    ['{"apiKey": "abcdefgh"}', '{"apiKey": "(value hidden, 8 characters)"}'],
    ['{\\"client_secret\\":\\"abcdefgh\\"}', '{\\"client_secret\\":\\"(value hidden, 8 characters)\\"}'],
    ['key sk-or-v1-0123456789abcdef0123 is invalid', 'key (value hidden, 29 characters) is invalid'],
    [
      "oidc: client_secret: 'abcdefgh' is unknown",
      "oidc: client_secret: '(value hidden, 8 characters)' is unknown",
    ],
    ['password: "correct horse"', 'password: "(value hidden, 13 characters)"'],
    ['  db_password: Zx81-Qf7w', '  db_password: (value hidden, 9 characters)'],
    ['access_token : Zx81Qf7w.', 'access_token : (value hidden, 9 characters)'],
    ['refresh-token: Zx81Qf7w, retry', 'refresh-token: (value hidden, 8 characters), retry'],
    ['clientSecret: Zx81Qf7wKp', 'clientSecret: (value hidden, 10 characters)'],
    ["refreshToken: 'abcdefgh'", "refreshToken: '(value hidden, 8 characters)'"],
    ['user:jane password:Zx81Qf7w', 'user:jane password:(value hidden, 8 characters)'],
    ['password = Zx81Qf7w', 'password = (value hidden, 8 characters)'],
    ['DB_PASSWORD = "abc def gh"', 'DB_PASSWORD = "(value hidden, 10 characters)"'],
    ['Authorization: Token s3cr3t-of-nobody', 'Authorization: Token (value hidden, 16 characters)'],
    ['"authorization": "ApiKey abcd1234"', '"authorization": "ApiKey (value hidden, 8 characters)"'],
    ['api_key: k3y-of-somebody', 'api_key: (value hidden, 15 characters)'],
    ['sh -c run --password abcdefgh -v', 'sh -c run --password (value hidden, 8 characters) -v'],
  ])('%s', (text, hidden) => {
    expect(hider().text(text)).toBe(hidden);
    expect(hider().lines([text])).toEqual([hidden]);
  });

  test.each([
    'password authentication failed for user "todo_owner"',
    'Bearer authentication-is-required',
    'secret "todo-chatbot-backend-secret" not found',
    'token=true secret=false password=$DB_PASSWORD',
    'sslcert=/run/secrets/token secret=/run/secrets/key',
    'the token: expired two minutes ago',
    'the token: 2 minutes old, secret: "todo-chatbot-backend-secret" is there',
    'password: incorrect',
    'password = expected',
    'existingSecret: todo-db',
    'authorization: required by policy 12345678',
    'password: "(value hidden, 9 characters)"',
    'id_token: 2026-11-30T17:00:00Z is past',
    'access_token: v1.2 is needed',
    'imagePullSecret: regcred-2 was not found',
    'api key: none, api_key: 12345',
    'password: /run/secrets/password1',
    '--token-file /run/token --password-stdin --verbose',
    'password=********',
  ])('%s stays', (text) => {
    expect(hider().text(text)).toBe(text);
  });

  test('inside a value that is none as a whole', () => {
    expect(hider().value('DSN', 'host=db password=abcdefgh')).toBe(
      'host=db password=(value hidden, 8 characters)',
    );
  });

  test('headers of probes', () => {
    expect(hider().header('Authorization', 'whatever')).toBe('(value hidden, 8 characters)');
    expect(hider().header('X-Api-Key', 'whatever')).toBe('(value hidden, 8 characters)');
    expect(hider().header('Accept', 'application/json')).toBe('application/json');
  });
});

describe('a secret that a text was cut through', () => {
  const SECRET = 'cAn4ry-of-the-database-0123456789';
  const long = 'm'.repeat(1000);

  test.each([8, 20, SECRET.length - 1])(
    '%i characters of it, at the end, at the beginning and before an ellipsis',
    (length) => {
      const made = hider(SECRET);
      const head = SECRET.slice(0, length);
      const tail = SECRET.slice(-length);
      expect(made.text(`${long}${head}`)).toBe(`${long}(value hidden)`);
      expect(made.text(`${tail} ${long}`)).toBe(`(value hidden) ${long}`);
      expect(made.text(`a ${head}… and so on`)).toBe('a (value hidden)… and so on');
      expect(made.lines(['a', `${long}${head}…`, 'b'])).toEqual(['a', `${long}(value hidden)…`, 'b']);
    },
  );

  test('in an encoding', () => {
    const cut = Buffer.from(SECRET).toString('base64').slice(0, 30);
    expect(hider(SECRET).text(`${long} ${cut}`)).toBe(`${long} (value hidden)`);
  });

  test('nothing else is taken', () => {
    const made = hider(SECRET);
    const texts = [`${long} cAn4ry`, 'short: cAn4ry-', `${SECRET.slice(-5)} ${long}`, 'the database is up'];
    expect(texts.map(made.text)).toEqual(texts);
  });

  test('eight characters of it are enough, wherever they stand', () => {
    const made = hider(SECRET);
    expect(made.text('short: cAn4ry-of-the')).toBe('short: (value hidden)');
    expect(made.text('a cAn4ry-of-the-coal-mine')).toBe('a (value hidden)coal-mine');
  });
});

describe('argv', () => {
  test('flags and assignments', () => {
    expect(
      hider().argv([
        'run',
        '--password',
        'abcdef',
        '--api-key=ghijkl',
        '--port',
        '8000',
        '--secret-file',
        '/x/y',
      ]),
    ).toEqual([
      'run',
      '--password',
      '(value hidden, 6 characters)',
      '--api-key=(value hidden, 6 characters)',
      '--port',
      '8000',
      '--secret-file',
      '/x/y',
    ]);
  });
});

describe('lines of a log', () => {
  const SECRET = 's3cr3t-of-the-database';
  const plain = (index: number) =>
    `INFO:     10.244.0.1:${40_000 + index} - "GET /api/health HTTP/1.1" 200 OK`;
  const telling = [
    `connected as ${SECRET}`,
    `base64 ${Buffer.from(SECRET).toString('base64')}`,
    'postgresql://user:abcdef@host.example/db',
    'DATABASE_URL=whatever',
    '"DATABASE_URL": "whatever"',
    '"DATABASE_URL":',
    '"true" after a line that ends with the key',
    'postgresql://user:',
    'abcdef@host.example/db',
    'a\ttab',
    '\u001b[31mred\u001b[0m',
    'Grüße \ud800',
  ];

  test.each(telling)('a long log with %j gives the same as line by line', (text) => {
    const made = hider(SECRET);
    const log = Array.from({ length: 300 }, (_, index) => (index === 100 ? text : plain(index)));
    expect(made.lines(log)).toEqual(log.map(made.line));
  });

  test('every line of it at once', () => {
    const made = hider(SECRET);
    // By a hider of its own: what a URL has shown once is known from then on.
    expect(made.lines(telling)).toEqual(telling.map(hider(SECRET).line));
    expect(made.lines([])).toEqual([]);
    expect(made.lines(telling).join()).not.toContain(SECRET);
  });
});
