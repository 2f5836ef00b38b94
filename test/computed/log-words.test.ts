/** What lines of a log mean for the database: words that any system may say count where the database is spoken of. */
import { describe, expect, test } from '@jest/globals';
import { readLog } from '../../src/computed/log-reading.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';

const meant = (...texts: string[]) =>
  readLog(
    texts.map((text) => ({ at: '2026-02-09T14:00:00Z', text })),
    DEFAULT_CONTRACT.database,
  ).errors.map(({ means }) => means);

describe('said of something else', () => {
  test.each([
    'ERROR:    app.auth: login failed: no such user',
    'WARNING:  app: Project not found',
    'ERROR:    api: endpoint /api/v2/tasks not found',
    'ERROR:    Endpoint metrics is disabled',
    'ERROR:    app.ws: too many connections from 10.0.0.1',
    'ERROR:    app.auth: LDAP authentication failed for bob',
    'ERROR:    kafka.conn: SASL authentication failed',
    'ERROR:    app.uploads: [Errno 28] No space left on device',
    'ERROR:    app: unhandled error: division by zero',
    'ERROR:    app.sessions: session is read-only',
    'ERROR:    app.boards: column 5 does not exist',
    'ERROR:    app.mail: TLS connection is required',
    'ERROR:    app.rpc: cannot connect to server',
    'ERROR:    app.flags: function foo does not exist',
    'ERROR:    app.users: password is required but not provided',
    'ERROR:    app.calc: timestamp 99999 out of range',
    'ERROR:    app.llm: you have exceeded the monthly token quota',
    'ERROR:    app.git: branch not found',
    'ERROR:    app.redis: max clients reached',
    'ERROR:    app.files: [Errno 99] Cannot assign requested address',
    '2026-02-09 14:00:00,123 - app.auth - ERROR - no such user: bob',
    '2026-02-09 14:00:00,123 - app.db - ERROR - Validation failed: title too long',
    '{"level":"error","logger":"app.auth","event":"no such user"}',
    '{"level":"error","logger":"app.db","event":"row 5 has no title"}',
    // The class of an exception, of which none was raised.
    'INFO:     Registered exception handler: sqlalchemy.exc.OperationalError',
    'INFO:     app: added handlers for asyncpg.PostgresError, ValueError',
    '{"level":"info","event":"handler registered","exception":"OperationalError"}',
    // What somebody asked for.
    '{"level":"info","event":"request","path":"/api/tasks","query":"database+down","status":200}',
    'INFO:     app.access: method=GET path=/api/search query_string=q=postgres+connection+refused status=200',
    'INFO:     app.access: GET /api/search params=database%20failed 200',
    'INFO:     search q=postgres%20timeout status 200',
    // How often it happened: never.
    'INFO: 失败重试 0 次 数据库 正常',
    'INFO: データベース 失敗: 0',
  ])('%s', (line) => {
    expect(meant(line)).toEqual([]);
  });
});

describe('said of the database: by the words beside it, by the logger’s name, or in the form of a server', () => {
  test.each([
    ['ERROR:    app: database: no such user', 'db/authentication-failed'],
    ['ERROR:    app: login to postgres failed: SASL authentication failed', 'db/authentication-failed'],
    ['ERROR:    app: could not connect: FATAL:  no such user', 'db/authentication-failed'],
    ['ERROR:    app: FATAL:  bouncer config error', 'db/other'],
    [
      'INFO:     app: handled sqlalchemy.exc.OperationalError: (psycopg) connection refused',
      'db/connection-refused',
    ],
    // In other languages.
    ['ERROR データベースに接続できません', 'db/other'],
    ['ERROR 数据库连接失败', 'db/other'],
    ['WARNING:  app: 数据库连接失败', 'db/other'],
    ['WARNING:  app: 数据库连接失败 3 次', 'db/other'],
    ['ERROR Не удалось подключиться к базе данных', 'db/other'],
    ['WARNING:  app: не удалось подключиться к базе данных', 'db/other'],
    ['ERROR 데이터베이스 연결 실패', 'db/other'],
    ['ERROR Błąd połączenia z bazą danych', 'db/other'],
    ['ERROR Connessione alla base dati non riuscita', 'db/other'],
    ['2026-02-09 14:00:00,123 - app.db - ERROR - too many connections', 'db/too-many-connections'],
    ['2026-02-09 14:00:00,123 - app.database - ERROR - Connection refused', 'db/connection-refused'],
    [
      '2026-02-09 14:00:00.123 | ERROR    | app.db:connect:41 - SSL error: wrong version number',
      'db/tls-rejected',
    ],
    ['{"level":"error","logger":"app.db","event":"Connection timed out"}', 'db/timeout'],
    [
      '{"levelname":"ERROR","name":"sqlalchemy.pool","message":"Connection reset by peer"}',
      'db/connection-dropped',
    ],
    ['{"status":"error","logger":{"name":"app.db"},"message":"Connection refused"}', 'db/connection-refused'],
    ["ERROR:    pg8000: {'S': 'FATAL', 'C': '28P01', 'M': 'Zutritt verweigert'}", 'db/authentication-failed'],
  ])('%s', (line, means) => {
    expect(meant(line)).toEqual([means]);
  });

  test('a status of HTTP is no level', () => {
    expect(meant('{"status":503,"message":"asked the database for 3 tasks"}')).toEqual([]);
  });

  test('a list of exceptions, as structlog writes it: the database’s reason counts', () => {
    const words = 'connection failed: FATAL:  password authentication failed for user "todo"';
    const frames = [{ filename: '/app/app/main.py', lineno: 41, name: 'lifespan' }];
    const exception = [
      { exc_type: 'RuntimeError', exc_value: 'startup failed', frames },
      { exc_type: 'OperationalError', exc_value: words, is_cause: true, frames },
    ];
    expect(meant(JSON.stringify({ level: 'error', event: 'startup', exception }))).toEqual([
      'db/authentication-failed',
    ]);
    const other = [{ exc_type: 'ValidationError', exc_value: 'title is too long', frames }];
    expect(meant(JSON.stringify({ level: 'error', event: 'request', exception: other }))).toEqual([]);
  });
});

const raised = (words: string) =>
  meant(
    'ERROR:    Application startup failed. Exiting.',
    'Traceback (most recent call last):',
    '  File "/usr/local/lib/python3.12/site-packages/psycopg/connection.py", line 117, in connect',
    '    raise last_ex.with_traceback(None)',
    ...words.split('\n'),
  );

describe('what Neon, PgBouncer, PostgreSQL and their drivers answer', () => {
  test.each([
    [
      'VPC endpoint ID is not specified. This endpoint requires a VPC endpoint ID to connect.',
      'db/ip-not-allowed',
    ],
    ['This connection is trying to access this endpoint from a blocked network.', 'db/ip-not-allowed'],
    ['This VPC endpoint id vpce-1 is not allowed to connect to this endpoint.', 'db/ip-not-allowed'],
    ['Too many connections to this endpoint. Please try again later.', 'db/too-many-connections'],
    ['Control plane request failed', 'db/other'],
    ['Control plane request failed: endpoint cannot be found', 'db/endpoint-not-found'],
    ['Control plane request failed: endpoint is disabled', 'db/endpoint-disabled'],
    [
      'Control plane request failed: endpoint is temporarily unavailable. Check your quotas and/or contact our support.',
      'db/quota-exceeded',
    ],
    ['The requested branch could not be found, or you don’t have access to it.', 'db/endpoint-not-found'],
    ["Common name inferred from SNI ('ep-x') is not known", 'db/endpoint-not-found'],
    [
      'SNI is missing. EITHER please upgrade the postgres client library OR pass the project name',
      'db/sni-missing',
    ],
    ['could not extend file because project size limit (512 MB) has been exceeded', 'db/quota-exceeded'],
    ['server is in hot standby mode', 'db/read-only'],
    ['bind message supplies 1 parameters, but prepared statement "" requires 0', 'db/pooler-incompatible'],
    ['no schema has been selected to create in', 'db/schema-missing'],
    ['column t.done does not exist', 'db/schema-missing'],
    ['function now_utc(integer) does not exist', 'db/schema-missing'],
    ['must be able to SET ROLE "owner"', 'db/permission-denied'],
    ['FATAL:  database "todo" is paused', 'db/not-accepting'],
    ['FATAL:  client_idle_timeout', 'db/connection-dropped'],
    ['invalid channel_binding value: "required"', 'db/url-malformed'],
    ['unterminated quoted string in connection info string', 'db/url-malformed'],
    ['received unencrypted data after SSL response', 'db/tls-rejected'],
    [
      'connection to server at "::1", port 5432 failed: Cannot assign requested address\n\tIs the server running on that host and accepting TCP/IP connections?',
      'db/network-unreachable',
    ],
    [
      'connection to server at "localhost" (::1), port 5432 failed: Cannot assign requested address\nconnection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused',
      'db/connection-refused',
    ],
    [
      'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?',
      'db/connection-refused',
    ],
  ])('%s', (words, means) => {
    expect(raised(`psycopg.OperationalError: ${words}`)).toEqual([means]);
  });
});

describe('a server whose lc_messages is another language', () => {
  const told = (means: string, ...words: string[]) => words.map((said) => [said, means] as const);
  test.each([
    ...told(
      'db/authentication-failed',
      'FATAL:  Passwort-Authentifizierung für Benutzer »todo« fehlgeschlagen',
      "FATAL:  authentification par mot de passe échouée pour l'utilisateur « todo »",
      'FATAL:  la autentificación password falló para el usuario «todo»',
      'FATAL:  ユーザー"todo"のパスワード認証に失敗しました',
      '致命错误:  用户 "todo" Password 认证失败',
      'FATAL:  autenticação do tipo senha falhou para o usuário "todo"',
      'ВАЖНО:  пользователь "todo" не прошёл проверку подлинности (по паролю)',
      'FATALE:  autenticazione con password fallita per l\'utente "todo"',
      '치명적오류:  사용자 "todo"의 password 인증을 실패했습니다',
    ),
    ...told(
      'db/database-missing',
      'FATAL:  Datenbank »tod« existiert nicht',
      "FATAL:  la base de données « tod » n'existe pas",
      'FATAL:  no existe la base de datos «tod»',
      'FATAL:  データベース"tod"は存在しません',
      '致命错误:  数据库 "tod" 不存在',
      'FATAL:  banco de dados "tod" não existe',
      'ВАЖНО:  база данных "tod" не существует',
    ),
    ...told(
      'db/too-many-connections',
      'FATAL:  tut mir leid, schon zu viele Verbindungen',
      'FATAL:  désolé, trop de clients sont déjà connectés',
      'FATAL:  lo siento, ya tenemos demasiados clientes',
      'FATAL:  現在クライアント数が多すぎます',
      '致命错误:  对不起, 已经有太多的客户',
      'FATAL:  desculpe, muitos clientes conectados',
      'ВАЖНО:  извините, уже слишком много клиентов',
    ),
  ])('%s', (said, means) => {
    expect(meant(`psycopg2.OperationalError: ${said}`)).toEqual([means]);
  });
});
