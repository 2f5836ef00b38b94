/** Deployments as they are in the field: each is found without flags, with the objects that it really uses. */
import { describe, expect, test } from '@jest/globals';
import { openSession } from '../../src/cli/session.js';
import type { Release } from '../../src/cli/release.js';
import { startLab } from '../../src/lab/lab.js';
import type { EnvironmentFacts } from '../../src/evidence/evidence.js';
import { SECRET_VALUES } from '../../src/lab/manifests.js';
import { render, ROWS, type FieldRow } from './render.js';

/** Finds what is in a lab with these objects, as `verify` without flags does. */
async function find<T>(objects: object[], use: (release: Release) => Promise<T> | T): Promise<T> {
  const lab = await startLab('healthy', { objects });
  const { signal } = new AbortController();
  try {
    const session = await openSession(
      { kubeconfig: lab.kubeconfigPath, 'request-timeout': 5000, 'all-releases': false, exec: false },
      signal,
    );
    const [release] = session.releases;
    if (release === undefined) throw new Error('nothing was found');
    try {
      return await use(release);
    } finally {
      await session.close();
    }
  } finally {
    await lab.close();
  }
}

async function environmentOf(release: Release): Promise<EnvironmentFacts> {
  const reader = release.observe();
  const observed = await reader.read('environment', new AbortController().signal);
  await reader.close();
  if (!observed.ok) throw new Error(observed.detail);
  return observed.value;
}

/** The object that a row says a variable comes from; undefined where its template has the value, or it has none. */
function sourceOf(row: FieldRow, how: string | null, kind: 'Secret' | 'ConfigMap'): string | undefined {
  const target = how?.split(' ').at(-1) ?? '';
  const names = (how ?? '').includes('KeyRef') ? [target.split('/')[0] ?? ''] : target.split(',');
  if (how === null || how === 'literal') return undefined;
  const isSecret = (name: string) => row.secrets.includes(name) || /secret/i.test(name);
  return names.find((name) => isSecret(name) === (kind === 'Secret'));
}

describe.each(ROWS)('$id', (row) => {
  test('is found, with its Service, Secret and ConfigMap', async () => {
    await find(render(row), async (release) => {
      const { names } = release.target;
      expect(names).toMatchObject({ deployment: row.dep, service: row.svc });
      const secret = sourceOf(row, row.db, 'Secret') ?? sourceOf(row, row.auth, 'Secret');
      if (secret !== undefined) expect(names.secret).toBe(secret);
      const configMap = sourceOf(row, row.ENV, 'ConfigMap') ?? sourceOf(row, row.LOG, 'ConfigMap');
      if (configMap !== undefined) expect(names.configMap).toBe(configMap);

      const { variables, missing, databaseUrl } = await environmentOf(release);
      const url = variables.find(({ name }) => name === 'DATABASE_URL');
      expect(missing).toEqual([]);
      expect(url?.length).toBe(row.db === null ? undefined : SECRET_VALUES.DATABASE_URL.length);
      if (row.db !== null) expect(databaseUrl?.problems).toEqual([]);
    });
  });
});

describe('kinds that no row has', () => {
  const [d01] = ROWS;
  if (d01 === undefined) throw new Error('there are rows');
  const container = (objects: object[]) =>
    (
      objects as {
        kind: string;
        spec: { template: { spec: { containers: { env: object[]; envFrom: object[] }[] } } };
      }[]
    ).find(({ kind }) => kind === 'Deployment')?.spec.template.spec.containers[0];
  const secret = (name: string, stringData: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    stringData,
  });

  test('a Secret that is imported later replaces a value', async () => {
    const objects = [...render(d01), secret('other', { BETTER_AUTH_SECRET: 'short' })];
    container(objects)?.envFrom.push({ secretRef: { name: 'other' } });
    await find(objects, async (release) => {
      const { variables } = await environmentOf(release);
      expect(variables.find(({ name }) => name === 'BETTER_AUTH_SECRET')).toMatchObject({
        length: 5,
        source: { from: 'Secret', name: 'other' },
        hides: [{ source: { name: 'backend-secrets' } }],
      });
    });
  });

  test('a URL that is put together from parts is judged as a whole', async () => {
    const objects = [...render(d01), secret('parts', { PASSWORD: 'pw-of-parts' })];
    container(objects)?.env.push(
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'parts', key: 'PASSWORD' } } },
      { name: 'DATABASE_URL', value: 'postgresql://todo:$(PASSWORD)@db.example:5432/todo' },
    );
    await find(objects, async (release) => {
      const { databaseUrl, variables } = await environmentOf(release);
      expect(databaseUrl?.problems).toContain('sslmode-missing');
      expect(JSON.stringify(variables)).not.toContain('pw-of-parts');
    });
  });

  test('an optional Secret that is not there is no reason to stop', async () => {
    const objects = render(d01);
    container(objects)?.envFrom.push({ secretRef: { name: 'nobody', optional: true } });
    await find(objects, async (release) => {
      expect(release.target.names.secret).toBe('backend-secrets');
      expect((await environmentOf(release)).missing).toMatchObject([{ name: 'nobody', optional: true }]);
    });
  });
});
