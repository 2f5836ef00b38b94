import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/environment.js';
import type { Container, EnvVar } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const CONFIG = 'todo-chatbot-backend-config';
const SECRET = 'todo-chatbot-backend-secret';
const withContainer = (change: Partial<Container>) =>
  judge(check, ({ deployment }) => Object.assign(deployment.spec.template.spec.containers[0] ?? {}, change));
const fromSecret = (name: string, more: object = {}): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: SECRET, key: name, ...more } },
});
const fromConfig = (name: string, more: object = {}): EnvVar => ({
  name,
  valueFrom: { configMapKeyRef: { name: CONFIG, key: name, ...more } },
});

describe('deployment/environment', () => {
  test('passes on envFrom', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'ENVIRONMENT, LOG_LEVEL from the ConfigMap, DATABASE_URL, BETTER_AUTH_SECRET from the Secret',
    });
  });

  test('passes on one reference for each variable', () => {
    const env = [
      fromConfig('ENVIRONMENT'),
      fromConfig('LOG_LEVEL'),
      fromSecret('DATABASE_URL'),
      fromSecret('BETTER_AUTH_SECRET'),
    ];
    expect(withContainer({ envFrom: undefined, env }).status).toBe('pass');
  });

  test('fails on each variable that is not wired, and says what there is instead', () => {
    const judged = withContainer({
      envFrom: [{ configMapRef: { name: CONFIG } }, { secretRef: { name: 'old-secret' } }],
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-wired', 'not-wired'] });
    expect(judged.messages[0]).toBe(`DATABASE_URL is not taken from Secret ${SECRET}, key DATABASE_URL`);
    expect(judged.findings[0]?.data?.found).toBe(`envFrom ConfigMap ${CONFIG}, envFrom Secret old-secret`);
    expect(withContainer({ envFrom: undefined }).findings[0]?.data?.found).toBe('no such variable');
  });

  test('fails on a prefix, under which the application does not look', () => {
    const judged = withContainer({
      envFrom: [{ configMapRef: { name: CONFIG }, prefix: 'APP_' }, { secretRef: { name: SECRET } }],
    });
    expect(judged.ids).toEqual(['prefix', 'prefix']);
    expect(judged.messages[0]).toContain('as APP_ENVIRONMENT');
    const twice = withContainer({
      envFrom: [
        { configMapRef: { name: CONFIG }, prefix: 'APP_' },
        { configMapRef: { name: CONFIG } },
        { secretRef: { name: SECRET } },
      ],
    });
    expect(twice.status).toBe('pass');
  });

  test('a prefix that makes the variable’s name is judged by the key that it comes from', () => {
    const judgeWith = (secretKeys: Record<string, string>) =>
      judge(check, ({ deployment, secret }, { backend }) => {
        const envFrom = [
          { configMapRef: { name: CONFIG } },
          { secretRef: { name: SECRET }, prefix: 'DATABASE_' },
        ];
        Object.assign(deployment.spec.template.spec.containers[0] ?? {}, { envFrom });
        secret.keys.push({ key: 'URL', length: 60, blank: false });
        Object.assign(backend, { secretKeys, requiredSecretKeys: ['DATABASE_URL'] });
      });
    expect(judgeWith({ DATABASE_URL: 'URL' }).status).toBe('pass');
    expect(judgeWith({}).ids).toEqual(['wrong-key']);
    expect(judgeWith({ DATABASE_URL: 'other/URL' }).ids).toEqual(['not-wired']);
  });

  test('an entry under env wins over envFrom, and the last one over earlier ones', () => {
    const other = {
      name: 'DATABASE_URL',
      valueFrom: { secretKeyRef: { name: 'other', key: 'DATABASE_URL' } },
    };
    expect(withContainer({ env: [other] })).toMatchObject({
      ids: ['wrong-source'],
      messages: ['DATABASE_URL is taken from Secret other, key DATABASE_URL'],
      findings: [{ data: { field: 'spec.template.spec.containers[0].env[0]' } }],
    });
    expect(withContainer({ env: [other, fromSecret('DATABASE_URL')] }).status).toBe('pass');
  });

  test.each<[string, EnvVar, string]>([
    ['a secret in the ConfigMap', fromConfig('BETTER_AUTH_SECRET'), 'wrong-source'],
    ['a setting in the Secret', fromSecret('LOG_LEVEL'), 'wrong-source'],
    [
      'a field of the pod',
      { name: 'ENVIRONMENT', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      'wrong-source',
    ],
    ['an empty secret', { name: 'DATABASE_URL', value: '' }, 'wrong-source'],
    ['no value at all', { name: 'DATABASE_URL' }, 'wrong-source'],
    ['other variables', { name: 'DATABASE_URL', value: 'postgresql://$(DB_USER)@db' }, 'wrong-source'],
    [
      'a source of an unknown kind',
      { name: 'DATABASE_URL', valueFrom: { fileKeyRef: {} } as never },
      'wrong-source',
    ],
    ['another key', fromSecret('DATABASE_URL', { key: 'url' }), 'wrong-key'],
    ['a literal setting', { name: 'LOG_LEVEL', value: 'DEBUG' }, 'literal'],
    ['an optional secret in disorder', fromConfig('NEXT_PUBLIC_OPENROUTER_KEY'), 'wrong-source'],
  ])('fails on %s', (_, entry, id) => {
    expect(withContainer({ env: [entry] })).toMatchObject({ status: 'fail', ids: [id] });
  });

  test('leaves a secret’s literal to deployment/no-inline-secrets', () => {
    expect(withContainer({ env: [{ name: 'DATABASE_URL', value: 'postgresql://u@h/d' }] })).toMatchObject({
      status: 'pass',
      text:
        'ENVIRONMENT, LOG_LEVEL from the ConfigMap, BETTER_AUTH_SECRET from the Secret, ' +
        'DATABASE_URL a literal value (see deployment/no-inline-secrets)',
    });
  });

  test('warns of a required variable that is optional', () => {
    expect(withContainer({ env: [fromSecret('DATABASE_URL', { optional: true })] })).toMatchObject({
      status: 'warn',
      ids: ['optional'],
    });
    const envFrom = [{ configMapRef: { name: CONFIG } }, { secretRef: { name: SECRET, optional: true } }];
    expect(withContainer({ envFrom })).toMatchObject({ status: 'warn', ids: ['optional', 'optional'] });
  });

  test('names an optional secret that is wired properly', () => {
    expect(withContainer({ env: [fromSecret('NEXT_PUBLIC_OPENROUTER_KEY')] }).text).toContain(
      'NEXT_PUBLIC_OPENROUTER_KEY',
    );
  });
});

test('fails where a later import replaces the Secret’s value', () => {
  const judged = judge(check, ({ deployment, environment }) => {
    deployment.spec.template.spec.containers[0]?.envFrom?.push({ secretRef: { name: 'other' } });
    const source = { from: 'Secret', name: 'other', key: 'BETTER_AUTH_SECRET' } as const;
    environment.variables = [
      {
        name: 'BETTER_AUTH_SECRET',
        source,
        field: 'envFrom[2]',
        optional: false,
        hides: [],
        length: 5,
        blank: false,
      },
    ];
  });
  expect(judged.ids).toEqual(['overridden']);
  expect(judged.messages[0]).toContain('is taken from Secret other, key BETTER_AUTH_SECRET, which replaces');
});
