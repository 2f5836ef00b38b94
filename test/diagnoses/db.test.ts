/** Database connection failures: each cause in the words of its system, found first. */
import { describe, expect, test } from '@jest/globals';
import type { RungResult } from '../../src/evidence/deep-facts.js';
import type { EnvironmentFacts, VariableFacts } from '../../src/evidence/evidence.js';
import { healthyLadder } from '../support/deep-facts.js';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { ago, log } from '../support/pod-states.js';
import {
  type Change,
  climb,
  DB,
  HOST,
  ladder,
  notMeasured,
  RUNGS,
  says,
  stopsAt,
  together,
  url,
} from '../support/database-states.js';
import { badUrl, MEASURED, URLS } from './shown/db.js';

describe('healthy', () => {
  test('every hop is good, in the order of the way', async () => {
    const { diagnoses, topics, exitCode } = await diagnosed(undefined, DB);
    expect(diagnoses).toEqual([]);
    expect(topics[0]?.path.map(({ hop, state }) => [hop, state])).toEqual(
      ['cluster', 'deployment', 'env', 'secret', 'url', 'dns', 'tcp', 'tls', 'login', 'query', 'use'].map(
        (hop) => [hop, 'good'],
      ),
    );
    expect(topics[0]?.path.find(({ hop }) => hop === 'tls')?.ms).toBe(10);
    expect(exitCode).toBe(0);
  });

  test('without exec, and with an image without python3, the application’s own word stands for it', async () => {
    const declined = await diagnosed((evidence) => {
      evidence.databaseLadder.pods = { ok: false, at: ago(0), why: 'not-collected', detail: '--no-exec' };
    }, DB);
    expect(declined.causes).toEqual([]);
    const shell = await diagnosed((evidence) => {
      const { pods } = evidence.databaseLadder;
      if (!pods.ok) return;
      for (const { ladder: own } of pods.value) {
        if (!own.ok) continue;
        Object.assign(own.value, { tool: 'sh', url: 'not-read', matchesSecret: undefined });
        own.value.unmeasured = [{ what: 'tls', reason: 'the image has no python3' }];
        for (const host of own.value.hosts) host.climbs = [host.climbs[0]?.slice(0, 3) ?? []];
      }
    }, DB);
    expect(shell.causes).toEqual([]);
    expect(shell.topics[0]?.path.find(({ hop }) => hop === 'login')).toMatchObject({
      state: 'skipped',
      detail: 'not measured: the image has no python3',
    });
  });

  test('what cannot be seen is inconclusive, never clean', async () => {
    const { diagnoses, exitCode } = await diagnosed((evidence) => {
      evidence.databaseLadder.pods = {
        ok: false,
        at: ago(0),
        why: 'forbidden',
        detail: 'pods/exec is forbidden',
      };
    }, DB);
    expect(diagnoses.every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
    expect(diagnoses.length).toBeGreaterThan(0);
    expect(exitCode).toBe(3);
  });
});

describe('wiring and URL', () => {
  test('no source of the variable', async () => {
    const { diagnoses, causes } = await diagnosed(({ deployment }) => {
      const [container] = deployment.spec.template.spec.containers;
      if (container) container.envFrom = [{ configMapRef: { name: 'todo-chatbot-backend-config' } }];
    }, DB);
    expect(causes[0]).toBe('db/url-missing');
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Deployment' } });
    // The other key that it gets from nowhere comes with it.
    expect(diagnoses[0]?.fix[0]?.command).toContain(' --keys=DATABASE_URL,BETTER_AUTH_SECRET --from=secret/');
  });

  test('a literal in the pod template', async () => {
    const { diagnoses, causes, topics } = await diagnosed(({ deployment }) => {
      const [container] = deployment.spec.template.spec.containers;
      if (container) container.env = [{ name: 'DATABASE_URL', value: '(value hidden, 78 characters)' }];
    }, DB);
    expect(causes).toEqual(['db/url-hardcoded']);
    expect(diagnoses[0]).toMatchObject({
      object: { kind: 'Deployment' },
      symptoms: ['deployment/no-inline-secrets'],
    });
    // It may work all the same: the way is looked at.
    expect(topics[0]?.path.find(({ hop }) => hop === 'url')?.state).not.toBe('good');
  });

  test('a Secret without the key, and one with an empty value', async () => {
    const missing = await diagnosed(({ secret }) => {
      secret.keys = secret.keys.filter(({ key }) => key !== 'DATABASE_URL');
      secret.databaseUrl = undefined;
    }, DB);
    expect(missing.causes[0]).toBe('db/url-missing');
    expect(missing.diagnoses[0]).toMatchObject({ object: { kind: 'Secret' }, verdict: 'confirmed' });
    const empty = await diagnosed(together(url('url-empty')), DB);
    expect(empty.causes[0]).toBe('db/url-missing');
    expect(empty.diagnoses[0]?.evidence[0]).toMatchObject({ field: 'data.DATABASE_URL', value: 'empty' });
  });

  describe('as the container gets it', () => {
    const variable = (name: string, source: VariableFacts['source'], length = 60): VariableFacts => ({
      ...{ name, source, field: 'env[0]', optional: false, hides: [], length, blank: length === 0 },
    });
    const started = (variables: VariableFacts[], more: Partial<EnvironmentFacts> = {}) =>
      diagnosed((evidence) => {
        const [container] = evidence.deployment.spec.template.spec.containers;
        const env = variables.map(({ name, source }) =>
          source.from === 'Secret'
            ? { name, valueFrom: { secretKeyRef: { name: source.name, key: source.key } } }
            : { name, value: source.from === 'template' ? 'postgresql://$(USER)@db/todo' : 'x' },
        );
        Object.assign(container ?? {}, { env, envFrom: [] });
        evidence.secret.keys = [];
        evidence.secret.databaseUrl = undefined;
        evidence.environment = { ...evidence.environment, variables, ...more };
      }, DB);
    const hop = ({ topics }: Awaited<ReturnType<typeof diagnosed>>, id: string) =>
      topics[0]?.path.find((each) => each.hop === id);

    test('from a key of another name, in another Secret', async () => {
      const state = await started([variable('DATABASE_URL', { from: 'Secret', name: 'db', key: 'url' })]);
      expect(state.causes).not.toContain('db/url-missing');
      expect(hop(state, 'env')).toMatchObject({ state: 'good', detail: 'from Secret db, key url' });
      expect(hop(state, 'secret')).toMatchObject({ state: 'good', detail: '60 characters' });
    });

    test('put together with $(NAME) in the template', async () => {
      const state = await started([variable('DATABASE_URL', { from: 'template', uses: ['USER'] })]);
      expect(state.causes).not.toContain('db/url-hardcoded');
      expect(hop(state, 'env')?.detail).toBe('put together in the pod template');
    });

    test('unreadable in the template, whose value hides that of the Secret: one cause, and the value goes', async () => {
      const { causes, diagnoses } = await diagnosed(
        together(
          notMeasured,
          says('sqlalchemy.exc.ArgumentError: Could not parse SQLAlchemy URL from given URL string'),
          (evidence) => {
            const [container] = evidence.deployment.spec.template.spec.containers;
            Object.assign(container ?? {}, { env: [{ name: 'DATABASE_URL', value: '$(NEON_URL)' }] });
            const own = variable('DATABASE_URL', { from: 'template', uses: ['NEON_URL'] });
            const databaseUrl = { ...evidence.secret.databaseUrl, problems: ['url-malformed'] };
            Object.assign(evidence.environment, { variables: [own], databaseUrl });
          },
        ),
        DB,
      );
      // Nothing was measured, which is told besides.
      expect(causes).toEqual(['db/url-malformed', 'evidence/unreadable']);
      expect(diagnoses[0]?.fix[0]?.command).toMatch(
        / set env deployment\/todo-chatbot-backend .*DATABASE_URL-$/,
      );
    });

    test.each([
      ['DB_HOST', 'in pieces: DB_HOST'],
      ['POSTGRES_SERVER', 'in pieces: POSTGRES_SERVER'],
      ['PGHOST', 'in pieces: PGHOST'],
      ['SQLALCHEMY_DATABASE_URI', 'SQLALCHEMY_DATABASE_URI in its place'],
      ['NEON_DB_URL', 'NEON_DB_URL in its place'],
    ])('%s in its place is a way to the database', async (name, said) => {
      const state = await started([variable(name, { from: 'ConfigMap', name: 'settings', key: name })]);
      expect(state.causes).not.toContain('db/url-missing');
      expect(hop(state, 'env')?.detail).toContain(said);
      expect(hop(state, 'dns')).toMatchObject({ state: 'skipped' });
    });

    test.each(['REDIS_URL', 'NEXT_PUBLIC_API_URL', 'SMTP_HOST', 'KAFKA_DB_URL'])(
      '%s is none',
      async (name) => {
        const state = await started([variable(name, { from: 'ConfigMap', name: 'settings', key: name })]);
        expect(state.causes[0]).toBe('db/url-missing');
      },
    );

    test('what is missing is named with its own Secret and key, and written there', async () => {
      const { diagnoses, causes } = await diagnosed((evidence) => {
        const [container] = evidence.deployment.spec.template.spec.containers;
        const valueFrom = { secretKeyRef: { name: 'db', key: 'url' } };
        Object.assign(container ?? {}, { env: [{ name: 'DATABASE_URL', valueFrom }], envFrom: [] });
        const missing = { kind: 'Secret' as const, name: 'db', key: 'url', variable: 'DATABASE_URL' };
        evidence.environment = {
          ...evidence.environment,
          variables: [variable('OTHER', { from: 'pod' })],
          missing: [{ ...missing, field: 'env[0]', optional: false }],
        };
      }, DB);
      expect(causes[0]).toBe('db/url-missing');
      expect(diagnoses[0]).toMatchObject({ object: { kind: 'Secret', name: 'db' } });
      expect(diagnoses[0]?.summary).toContain('Secret db has no key url');
      expect(diagnoses[0]?.fix[0]?.command).toContain('patch secret db --type=merge');
    });
  });

  test.each(URLS)('%s', async (problem, cause) => {
    const { diagnoses, causes, exitCode } = await diagnosed(badUrl(problem), DB);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({
      verdict: 'confirmed',
      object: { kind: 'Secret', name: 'todo-chatbot-backend-secret' },
    });
    expect(diagnoses[0]?.symptoms).toContain('config/database-url');
    expect(diagnoses[0]?.fix[0]?.command).toContain(': "${DATABASE_URL:?}" && helm upgrade ');
    expect(exitCode).toBe(1);
  });

  test('white space is the root of what it leads to', async () => {
    const { causes } = await diagnosed(
      together(url('url-whitespace', 'sslmode-invalid'), says('FATAL:  database "todos" does not exist')),
      DB,
    );
    expect(causes).toEqual(['db/url-whitespace']);
  });

  test('a parameter that is given twice only warns', async () => {
    const { diagnoses, exitCode } = await diagnosed(({ secret }) => {
      if (secret.databaseUrl) secret.databaseUrl.duplicateParameters = ['sslmode'];
    }, DB);
    expect(diagnoses).toMatchObject([{ severity: 'warning', symptoms: ['config/database-url'] }]);
    expect(exitCode).toBe(0);
  });
});

describe('the way, measured', () => {
  test.each(MEASURED)('%s', async (_name, change, cause) => {
    const { diagnoses, causes, exitCode } = await diagnosed(change, DB);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]?.verdict).toBe('confirmed');
    expect(diagnoses[0]?.evidence.length).toBeGreaterThan(0);
    expect(diagnoses[0]?.fix.length).toBeGreaterThan(0);
    expect(exitCode).toBe(1);
  });

  test('one pod of two: the diagnosis names it', async () => {
    const { diagnoses } = await diagnosed(
      ladder([climb('tcp', 'refused', 'Connection refused')], [POD_NAMES[1]]),
      DB,
    );
    expect(diagnoses).toMatchObject([{ cause: 'db/connection-refused', object: { name: POD_NAMES[1] } }]);
    expect(diagnoses[0]?.summary).toContain(`Pod ${POD_NAMES[1]}:`);
  });

  test('several hosts: one that works is enough', async () => {
    const { causes } = await diagnosed(({ databaseLadder }) => {
      if (!databaseLadder.pods.ok) return;
      for (const { ladder: own } of databaseLadder.pods.value) {
        if (!own.ok) continue;
        own.value.hosts.unshift({
          host: 'standby',
          port: 5432,
          climbs: [climb('tcp', 'refused', 'Connection refused')],
          certificate: undefined,
        });
      }
    }, DB);
    expect(causes).toEqual([]);
  });

  test.each<[string, RungResult[][]]>([
    [
      'slow, then quick',
      [
        [{ rung: 'query', error: undefined, detail: '', ms: 4200 }],
        [{ rung: 'query', error: undefined, detail: '', ms: 20 }],
      ],
    ],
    [
      'refused, then fine',
      [
        climb('startup', 'server', 'Couldn’t connect to compute node'),
        [{ rung: 'query', error: undefined, detail: '', ms: 20 }],
      ],
    ],
  ])('a cold start (%s) is a warning only', async (_name, climbs) => {
    const { diagnoses, exitCode } = await diagnosed(ladder(climbs), DB);
    expect(diagnoses).toMatchObject([{ cause: 'db/waking', severity: 'warning', verdict: 'confirmed' }]);
    expect(exitCode).toBe(0);
  });
});

describe('a server that ends its sessions, and is gone then', () => {
  const GONE = [
    'FATAL:  the database system is shutting down',
    'FATAL:  terminating connection due to administrator command',
    'server closed the connection unexpectedly',
    'SSL connection has been closed unexpectedly',
  ].map((words) => `ERROR:     todo: Health check: database error: connection failed: ${words}`);
  const oneSays =
    (line: string): Change =>
    (evidence) =>
      log(evidence, 0, [line]);

  test.each(
    GONE.flatMap((line) => [
      [line, 'db/connection-refused', stopsAt('tcp', 'refused', 'Connection refused')] as const,
      [line, 'db/timeout', stopsAt('tcp', 'timeout', 'no answer in time')] as const,
      [line, 'db/network-unreachable', stopsAt('tcp', 'unreachable', 'Network is unreachable')] as const,
    ]),
  )('%s; now %s', async (line, cause, now) => {
    const { causes, diagnoses } = await diagnosed(together(now, oneSays(line)), DB);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]?.folded).toContain('db/connection-dropped');
  });

  test.each(GONE)('%s; the way is free: it is told by itself', async (line) => {
    const { causes } = await diagnosed(oneSays(line), DB);
    expect(causes).toEqual(['db/connection-dropped']);
  });
});

test('the healthy ladder of the tests is what a real one is parsed to', () => {
  expect(healthyLadder().hosts[0]?.host).toBe(HOST);
  expect(healthyLadder().hosts[0]?.climbs[0]?.map(({ rung }) => rung)).toEqual(RUNGS);
});
