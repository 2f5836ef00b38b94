import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/database-url.js';
import type { DatabaseUrlFacts } from '../../../src/evidence/evidence.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { healthyDatabaseUrl, NOW } from '../../support/healthy.js';

const withUrl = (facts: Partial<DatabaseUrlFacts>, sslModes?: string[]) =>
  judge(check, ({ secret }, contract) => {
    secret.databaseUrl = { ...healthyDatabaseUrl(), ...facts };
    if (sslModes) contract.database.sslModes = sslModes;
  });

describe('config/database-url', () => {
  test('passes on a connection string that demands TLS', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'sslmode=require, postgresql',
    });
    expect(withUrl({ sslmode: 'verify-full' }).status).toBe('pass');
  });

  test.each([
    ['url-missing', 'the Secret has no key DATABASE_URL'],
    ['url-empty', 'DATABASE_URL is empty'],
    ['url-malformed', 'DATABASE_URL cannot be read as a connection string'],
    ['url-shell-line', 'DATABASE_URL is a whole command line, such as psql …, and not the URL in it'],
    ['url-placeholder', 'DATABASE_URL still has a placeholder of the documentation in it'],
    ['url-sqlite', 'DATABASE_URL leads to a SQLite file, which is lost with the pod'],
    [
      'url-whitespace',
      'DATABASE_URL contains white space; a newline at its end becomes part of the database’s name',
    ],
    ['url-quoted', 'DATABASE_URL is in quotation marks, and they are part of the value'],
    ['url-double-encoded', 'DATABASE_URL was base64-encoded twice'],
    [
      'url-unescaped',
      'user or password in DATABASE_URL contain a reserved character that is not percent-encoded',
    ],
    ['url-port', 'the port in DATABASE_URL is not a port number'],
  ] as const)('fails on %s', (problem, message) => {
    const judged = withUrl({ problems: [problem], hosts: undefined, sslmode: undefined, scheme: undefined });
    expect(judged).toMatchObject({ status: 'fail', ids: [problem], messages: [message] });
    expect(judged.findings[0]).toMatchObject({
      object: { kind: 'Secret', name: 'todo-chatbot-backend-secret' },
      data: { field: 'data.DATABASE_URL', found: '(value hidden)' },
    });
  });

  test.each([
    ['url-scheme', { scheme: 'mysql' }, 'DATABASE_URL does not start with postgresql:// but with mysql://'],
    [
      'url-scheme',
      { scheme: undefined },
      'DATABASE_URL does not start with postgresql:// but with no scheme',
    ],
    [
      'sslmode-missing',
      { sslmode: undefined, sslParameter: undefined },
      'DATABASE_URL does not demand TLS: it has no sslmode',
    ],
    ['sslmode-weak', { sslmode: 'prefer' }, 'DATABASE_URL does not demand TLS: sslmode=prefer'],
    [
      'sslmode-invalid',
      { sslmode: 'banana' },
      'DATABASE_URL has sslmode=banana, a mode that PostgreSQL does not know',
    ],
    [
      'driver-mismatch',
      { scheme: 'postgresql+asyncpg' },
      'DATABASE_URL has parameters that the driver postgresql+asyncpg:// rejects',
    ],
  ] as const)('fails on %s and shows what is no secret', (problem, facts, message) => {
    expect(withUrl({ ...facts, problems: [problem] })).toMatchObject({
      status: 'fail',
      ids: [problem],
      messages: [message],
    });
  });

  test('tells several problems at once', () => {
    expect(withUrl({ problems: ['url-whitespace', 'sslmode-missing'], sslmode: undefined }).ids).toEqual([
      'url-whitespace',
      'sslmode-missing',
    ]);
  });

  test('accepts asyncpg’s spelling', () => {
    const asyncpg = { scheme: 'postgresql+asyncpg', sslParameter: 'ssl' as const };
    expect(withUrl({ ...asyncpg, sslmode: 'require' })).toMatchObject({
      status: 'pass',
      text: 'ssl=require, postgresql+asyncpg',
    });
    expect(withUrl({ ...asyncpg, sslmode: 'true' }).status).toBe('pass');
  });

  test('lets the contract accept fewer modes or more', () => {
    const strict = withUrl({}, ['verify-full']);
    expect(strict).toMatchObject({
      ids: ['sslmode-not-accepted'],
      messages: ['DATABASE_URL has sslmode=require, a mode that the contract does not accept'],
      findings: [{ data: { expected: 'sslmode=verify-full', found: 'sslmode=require' } }],
    });
    expect(withUrl({ sslmode: 'prefer', problems: ['sslmode-weak'] }, ['prefer', 'require']).status).toBe(
      'pass',
    );
  });

  test('warns of what works but is unusual', () => {
    const judged = withUrl({
      duplicateParameters: ['sslmode'],
      hosts: [{ host: 'db.example.org', port: 6543 }],
      hasPassword: false,
    });
    expect(judged).toMatchObject({
      status: 'warn',
      ids: ['duplicate-parameter', 'port-unusual', 'password-missing'],
    });
    expect(judged.messages).toEqual([
      'DATABASE_URL gives sslmode more than once; the last one counts',
      'DATABASE_URL leads to port 6543',
      'DATABASE_URL has no password',
    ]);
  });

  test('a failure outranks a warning', () => {
    expect(withUrl({ problems: ['sslmode-weak'], sslmode: 'allow', hasPassword: false })).toMatchObject({
      status: 'fail',
      ids: ['sslmode-weak', 'password-missing'],
    });
  });

  test('cannot tell without the key', () => {
    expect(judge(check, ({ secret }) => (secret.databaseUrl = undefined)).status).toBe('unknown');
  });

  test('is put right by a command that asks for the URL, so that none stands on a command line', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, [])).toBe(
      'read -rs DATABASE_URL && : "${DATABASE_URL:?}" && helm upgrade todo-chatbot ./helm/todo-chatbot -n default' +
        ' --reset-then-reuse-values --set-file backend.secrets.DATABASE_URL=<(printf %s "$DATABASE_URL")' +
        ' && kubectl -n default rollout restart deployment/todo-chatbot-backend' +
        '   # asks for the URL: postgresql://user:password@host:5432/database?sslmode=require',
    );
    expect(remedyOf(check, { ...context, target: { ...TARGET, helm: undefined } }, [])).toContain(
      ' | kubectl -n default patch secret todo-chatbot-backend-secret --type=merge --patch-file=/dev/stdin && ',
    );
  });

  test.each([
    ['database', 'database-missing', 'PGDATABASE, or the one that is called like the user'],
    ['user', 'user-missing', 'PGUSER, or the name of the system’s user'],
  ] as const)('warns where it leaves out the %s, and says what is taken', (part, id, words) => {
    const judged = withUrl({ leftOut: [part] });
    expect(judged).toMatchObject({ status: 'warn', ids: [id] });
    expect(judged.messages[0]).toContain(words);
  });
});
