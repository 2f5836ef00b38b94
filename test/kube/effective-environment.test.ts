import { describe, expect, test } from '@jest/globals';
import {
  effectiveEnvironment,
  referredObjects,
  type EnvironmentSpec,
  type SourceData,
} from '../../src/kube/effective-environment.js';

const objects: Record<string, Record<string, string> | 'unread'> = {
  'ConfigMap/config': { ENVIRONMENT: 'development', DB_USER: 'todo' },
  'Secret/main': { DATABASE_URL: 'postgresql://main', BETTER_AUTH_SECRET: 'a'.repeat(40) },
  'Secret/other': { BETTER_AUTH_SECRET: 'short', 'bad=key': 'x', 'tls.crt': 'pem' },
  'Secret/odd': { database_url: 'postgresql://odd', DB_PASSWORD: 'p$$w' },
  'Secret/locked': 'unread',
};

const of = (container: EnvironmentSpec) =>
  effectiveEnvironment(container, (kind, name): SourceData => {
    const data = objects[`${kind}/${name}`];
    if (data === undefined) return 'absent';
    return data === 'unread' ? data : new Map(Object.entries(data));
  });
const valueOf = (container: EnvironmentSpec, name: string) => of(container).variables.get(name)?.value;
const secretRef = (name: string, key: string, optional?: boolean) => ({
  valueFrom: { secretKeyRef: { name, key, ...(optional === undefined ? {} : { optional }) } },
});

describe('the order of sources', () => {
  const three: EnvironmentSpec = {
    envFrom: [
      { configMapRef: { name: 'config' } },
      { secretRef: { name: 'main' } },
      { secretRef: { name: 'other' } },
    ],
  };

  test('a later envFrom replaces an earlier one, and says whose value it hides', () => {
    expect(of(three).variables.get('BETTER_AUTH_SECRET')).toMatchObject({
      value: 'short',
      source: { from: 'Secret', name: 'other', key: 'BETTER_AUTH_SECRET' },
      field: 'envFrom[2]',
      hides: [{ source: { from: 'Secret', name: 'main' }, field: 'envFrom[1]' }],
    });
    expect(of(three).variables.get('DATABASE_URL')?.source).toMatchObject({ name: 'main' });
  });

  test('env replaces envFrom whatever their order in the file; of two entries the last counts', () => {
    const container = {
      ...three,
      env: [
        { name: 'BETTER_AUTH_SECRET', value: 'first' },
        { name: 'BETTER_AUTH_SECRET', ...secretRef('main', 'BETTER_AUTH_SECRET') },
      ],
    };
    expect(of(container).variables.get('BETTER_AUTH_SECRET')).toMatchObject({
      value: 'a'.repeat(40),
      field: 'env[1]',
      hides: [{ field: 'envFrom[1]' }, { field: 'envFrom[2]' }, { source: { from: 'template' } }],
    });
  });

  test('an empty literal replaces a value', () => {
    expect(valueOf({ ...three, env: [{ name: 'DATABASE_URL', value: '' }] }, 'DATABASE_URL')).toBe('');
    expect(valueOf({ ...three, env: [{ name: 'DATABASE_URL' }] }, 'DATABASE_URL')).toBe('');
  });

  test('a prefix stands before each key', () => {
    const { variables } = of({ envFrom: [{ prefix: 'TODO_', secretRef: { name: 'main' } }] });
    expect([...variables.keys()]).toEqual(['TODO_DATABASE_URL', 'TODO_BETTER_AUTH_SECRET']);
  });

  test('a key that is no name is left out; dots and hyphens are allowed', () => {
    const { skippedKeys, variables } = of(three);
    expect(skippedKeys).toEqual([{ kind: 'Secret', name: 'other', key: 'bad=key', field: 'envFrom[2]' }]);
    expect(variables.has('tls.crt')).toBe(true);
  });
});

describe('references that lead nowhere', () => {
  test('a missing object and a missing key are told apart', () => {
    const { missing, variables } = of({
      envFrom: [{ secretRef: { name: 'gone' } }],
      env: [
        { name: 'A', ...secretRef('gone', 'a') },
        { name: 'B', ...secretRef('main', 'b', true) },
      ],
    });
    expect(missing).toEqual([
      {
        kind: 'Secret',
        name: 'gone',
        key: undefined,
        field: 'envFrom[0]',
        optional: false,
        variable: undefined,
      },
      { kind: 'Secret', name: 'gone', key: undefined, field: 'env[0]', optional: false, variable: 'A' },
      { kind: 'Secret', name: 'main', key: 'b', field: 'env[1]', optional: true, variable: 'B' },
    ]);
    expect(variables.size).toBe(0);
  });

  test('an optional reference to a missing key leaves the value from envFrom in place', () => {
    const container = {
      envFrom: [{ secretRef: { name: 'main' } }],
      env: [{ name: 'DATABASE_URL', ...secretRef('odd', 'nothing', true) }],
    };
    expect(valueOf(container, 'DATABASE_URL')).toBe('postgresql://main');
  });

  test('what could not be read is unknown, not missing', () => {
    const { missing, unread, variables } = of({
      envFrom: [{ secretRef: { name: 'locked' } }],
      env: [{ name: 'DATABASE_URL', ...secretRef('locked', 'url') }],
    });
    expect(missing).toEqual([]);
    expect(unread.map(({ field }) => field)).toEqual(['envFrom[0]', 'env[0]']);
    expect(variables.get('DATABASE_URL')).toMatchObject({ value: undefined, source: { key: 'url' } });
  });
});

describe('$(NAME)', () => {
  const parts: EnvironmentSpec['env'] = [
    { name: 'PASSWORD', ...secretRef('odd', 'DB_PASSWORD') },
    { name: 'DATABASE_URL', value: 'postgresql://$(DB_USER):$(PASSWORD)@db/$(NAME)?a=$$(DB_USER)' },
  ];

  test('is replaced by what was set before; a value that was put in is not expanded again', () => {
    const { variables } = of({ envFrom: [{ configMapRef: { name: 'config' } }], env: parts });
    expect(variables.get('DATABASE_URL')).toMatchObject({
      value: 'postgresql://todo:p$$w@db/$(NAME)?a=$(DB_USER)',
      source: { from: 'template', uses: ['DB_USER', 'PASSWORD', 'NAME'] },
    });
  });

  test('does not see what is set after it', () => {
    expect(
      valueOf(
        {
          env: [
            { name: 'A', value: '$(B)' },
            { name: 'B', value: 'b' },
          ],
        },
        'A',
      ),
    ).toBe('$(B)');
  });

  test('of a field of the pod, an unread Secret or a Service is unknown', () => {
    const pod = { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
    for (const env of [
      [pod, { name: 'A', value: '$(IP)' }],
      [
        { name: 'P', ...secretRef('locked', 'p') },
        { name: 'A', value: 'x$(P)' },
      ],
      [{ name: 'A', value: 'postgresql://$(POSTGRES_SERVICE_HOST)' }],
    ])
      expect(of({ env }).variables.get('A')).toMatchObject({ value: undefined });
  });

  test('without its end is text', () => {
    expect(valueOf({ env: [{ name: 'A', value: '$(B $B 5$ $$' }] }, 'A')).toBe('$(B $B 5$ $');
  });
});

test('every object that is referred to, once', () => {
  const container = {
    envFrom: [{ secretRef: { name: 'main' } }, { configMapRef: { name: 'config' } }],
    env: [
      { name: 'A', ...secretRef('main', 'a') },
      { name: 'B', ...secretRef('odd', 'b') },
    ],
  };
  expect(referredObjects(container).map(({ kind, name }) => `${kind}/${name}`)).toEqual([
    'Secret/main',
    'ConfigMap/config',
    'Secret/odd',
  ]);
});
