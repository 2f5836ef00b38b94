/** An application that gets its database by other variables than DATABASE_URL: what puts it right names those. */
import { describe, expect, test } from '@jest/globals';
import type { VariableFacts } from '../../src/evidence/evidence.js';
import { DB, notMeasured, says, together } from '../support/database-states.js';
import { diagnosed } from '../support/diagnosed.js';

const from = (name: string, kind: 'ConfigMap' | 'Secret', object: string, key: string): VariableFacts => ({
  ...{ name, source: { from: kind, name: object, key }, field: 'env[0]', optional: false, hides: [] },
  ...{ length: 20, blank: false },
});

async function told(variables: VariableFacts[], log: string) {
  const { diagnoses } = await diagnosed((evidence) => {
    together(notMeasured, says(log))(evidence);
    const [container] = evidence.deployment.spec.template.spec.containers;
    Object.assign(container ?? {}, { env: variables.map(({ name }) => ({ name, value: 'x' })), envFrom: [] });
    evidence.secret.keys = [];
    evidence.secret.databaseUrl = undefined;
    evidence.environment = { ...evidence.environment, variables, databaseUrl: undefined };
  }, DB);
  const [first] = diagnoses;
  return {
    cause: first?.cause,
    summary: first?.summary ?? '',
    fix: (first?.fix ?? []).map(({ description, command }) => `${description} ${command ?? ''}`).join('\n'),
  };
}

const LOGS = [
  ['FATAL:  password authentication failed for user "todo"', 'db/authentication-failed'],
  ['could not translate host name "db" to address: Name or service not known', 'db/dns-wrong-host'],
  ['FATAL:  database "todo" does not exist', 'db/database-missing'],
  ["TypeError: connect() got an unexpected keyword argument 'sslmode'", 'db/driver-mismatch'],
  ['ERROR: connection is insecure (try using `sslmode=require`)', 'db/tls-required'],
] as const;

describe.each(LOGS)('%s', (log, cause) => {
  test.each(['NEON_DATABASE_URL', 'POSTGRES_URL', 'SQLALCHEMY_DATABASE_URI'])('of %s', async (name) => {
    const { fix, summary, ...rest } = await told([from(name, 'Secret', 'db', 'url')], log);
    expect(rest.cause).toBe(cause);
    expect(fix).toMatch(/create secret generic db --from-file=url=/);
    expect(fix + summary).not.toMatch(/\bDATABASE_URL/);
  });

  test('of a URL in a ConfigMap, which no command for Secrets changes', async () => {
    const { fix } = await told([from('PG_DSN', 'ConfigMap', 'settings', 'dsn')], log);
    expect(fix).toContain('It is PG_DSN, from ConfigMap settings, key dsn.');
    expect(fix).not.toContain('create secret');
  });

  test.each([
    ['DB_HOST', 'DB_PASSWORD'],
    ['PGHOST', 'PGPASSWORD'],
    ['POSTGRES_SERVER', 'POSTGRES_PASSWORD'],
    ['TODO_DATABASE_HOST', 'TODO_DATABASE_PASS'],
  ])('of pieces: %s, %s', async (host, password) => {
    const pieces = [
      from(host, 'ConfigMap', 'settings', host),
      from(password, 'Secret', 'db', 'password'),
      from('REDIS_HOST', 'ConfigMap', 'settings', 'REDIS_HOST'),
    ];
    const { cause: found, fix, summary } = await told(pieces, log);
    expect(found).toBe(cause);
    expect(fix).toContain(
      `${host} (from ConfigMap settings, key ${host}), ${password} (from Secret db, key password)`,
    );
    expect(fix + summary).not.toMatch(/DATABASE_URL|REDIS/);
  });
});

test('a DATABASE_URL beside them is what counts', async () => {
  const variables = [
    from('DATABASE_URL', 'Secret', 'db', 'url'),
    from('DB_HOST', 'ConfigMap', 'settings', 'h'),
  ];
  const { fix } = await told(variables, LOGS[0][0]);
  expect(fix).not.toContain('DB_HOST');
});
