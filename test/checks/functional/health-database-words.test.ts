/** What stands under the database's name in a health response: its name, or a word that says it is not the real, writable one. */
import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/health.js';
import { judge } from '../../support/check-context.js';

const withJson = (more: object) => {
  const json = { status: 'ok', ...more };
  return judge(check, ({ health }) =>
    Object.assign(health, { json, status: 200, body: JSON.stringify(json) }),
  );
};

test.each([
  ...[
    'readonly',
    'read-only',
    'READ_ONLY',
    'readOnly',
    'read only mode',
    'mocked',
    'mock',
    'Mocked DB',
    'using a mock database',
  ],
  ...[
    'stub',
    'stubbed',
    'fake',
    'dummy',
    'in-memory',
    'in_memory',
    'memory',
    'InMemory',
    'simulated',
    'placeholder',
    'noop',
    'off',
  ],
  ...[
    'disabled',
    'bypassed',
    'unconfigured',
    'fallback',
    'sqlite:///:memory:',
    'suspended',
    'paused',
    'missing',
  ],
  ...[
    'not_checked',
    'not_connected',
    'not-configured',
    'notConnected',
    'NOT_INITIALIZED',
    'connection_failed',
    'shutting_down',
    'no_connection',
  ],
  ...[
    'connected (read-only)',
    'ok, mocked',
    'connected, but read only',
    'ok (not writable)',
    'up - in-memory fallback',
  ],
  ...[
    'MockDatabase',
    'FakeDB',
    'InMemoryDatabase',
    'mock://db',
    'memory://',
    'noDb',
    'no-database',
    'without database',
  ],
  ...[
    'turned off',
    'dry-run',
    'write-protected',
    'locked',
    'ephemeral',
    'misconfigured',
    'forbidden',
    'not-in-use',
    'ro',
  ],
  ...[
    'disabled_by_config',
    'disabled-for-tests',
    'mocked for tests',
    'read_only_replica',
    'test double',
    'safe mode',
  ],
])('fails when it says of the database: %s', (database) => {
  for (const more of [
    { database },
    { db_status: database },
    { database: { status: database } },
    { data: { postgres: database } },
  ])
    expect({ more, ...withJson(more) }).toMatchObject({ status: 'fail' });
  expect(withJson({ database })).toMatchObject({ status: 'fail', ids: ['database'] });
});

test.each([
  ...[
    'skipped',
    'SKIP',
    'ignored',
    'unmonitored',
    'optional',
    'standby',
    'replica',
    'in recovery',
    'in_recovery',
    'maintenance',
  ],
  ...['connecting', 'reconnecting', 'retrying', 'waiting', 'idle', 'maintenance mode', 'deferred'],
  ...[
    'skipped (no url)',
    'skipped for tests',
    'skipped_in_tests',
    'migrating',
    'restoring',
    'sleeping',
    'busy',
    'throttled',
    'mock_db',
    'dummy-db',
  ],
])('is unknown when it says of the database: %s', (database) => {
  expect(withJson({ database }).status).toBe('unknown');
  expect(withJson({ database: { status: database } }).status).toBe('unknown');
});

test.each([
  ...[
    'postgres',
    'postgresql',
    'PostgreSQL 16.2',
    'neon',
    'neondb',
    'main',
    'todo',
    'todo-chatbot',
    'todo_db',
    'primary',
    'production',
  ],
  ...[
    'readonly_reports',
    'mock_exams',
    'mockingbird',
    'stubhub',
    'memory_lane',
    'fake_store',
    'offline_sales',
    'disabled_users',
  ],
  ...[
    'failed_jobs',
    'lost_and_found',
    'idle_games',
    'notconnected_app',
    'skipper',
    'replica_todo',
    'no_name',
    'error_log',
    'paused-tasks',
  ],
  ...[
    'unset_prod',
    'dev',
    'test',
    'sample',
    'todoReadModel',
    'upstash',
    'asyncpg',
    'fallback_todo',
    'standby-scheduler',
    'off-grid',
  ],
  ...[
    'connected (read_only=false)',
    'connected (not mocked)',
    'ok, never in-memory',
    'connected; readonly: false',
    'postgres://…/todo',
  ],
  ...[
    'TodoDatabase',
    'TodoDB',
    'locked_rooms',
    'sleeping-beauty',
    'void_main',
    'busybox',
    'denied-persons',
    'rose',
    'rotodo',
  ],
  ...[
    'expired_items',
    'invalid_orders',
    'mock_db_prod',
    'blocked-users',
    'limitedEdition',
    'migrations',
    'updates',
    'made_for_you',
  ],
  ...[
    'todo (primary)',
    'neon, eu-central-1',
    'todo for production',
    'connected (pool idle: 3)',
    'cache',
    'archive',
  ],
])('%s is its name, or says that it is there', (database) => {
  expect(withJson({ database })).toMatchObject({ status: 'pass' });
});

describe('a field that says of what kind it is', () => {
  test.each([
    { database: { status: 'ok', readonly: true } },
    { database: { connected: true, mode: 'read-only' } },
    { database: { status: 'up', type: 'mock' } },
    { database: 'sqlite' },
    { database: 'sqlite+aiosqlite:///./todo.db' },
    { database: { status: 'ok', dialect: 'sqlite' } },
    { db: { ok: true, mocked: 'yes' } },
    { db: { healthy: true, driver: 'in-memory' } },
    { database: { status: 'ok', writable: false } },
    { database: { status: 'ok', enabled: false } },
    { database_readonly: true },
    { db_read_only: 'true' },
    { is_database_mocked: true },
    { database_mode: 'readonly' },
    { dbWritable: false },
    { mock_db: true },
    { use_fake_database: true },
    { checks: [{ name: 'database', status: 'pass', mode: 'stub' }] },
    { database: { status: 'ok', in_recovery: true } },
  ])('fails: %j', (more) => {
    expect(withJson(more)).toMatchObject({ status: 'fail', ids: ['database'] });
  });

  test.each([
    { database: { status: 'ok', readonly: false, mocked: false, writable: true, enabled: true } },
    { database: { connected: true, mode: 'read-write', type: 'postgresql', driver: 'asyncpg' } },
    { database: { status: 'ok', role: 'primary', provider: 'neon' } },
    { database_readonly: false, db_mode: 'rw', database_type: 'postgres', database_enabled: true },
    { mock_db: false, use_mock_database: null },
    { database: { status: 'ok', ssl: { enabled: false }, pool: { type: 'memory' } } },
    { cache: { status: 'ok', type: 'in-memory', readonly: true } },
    { mode: 'readonly-ui', memory: { type: 'in-memory' } },
    { checks: [{ name: 'database', status: 'pass', type: 'datastore' }] },
  ])('passes: %j', (more) => expect(withJson(more).status).toBe('pass'));
});
