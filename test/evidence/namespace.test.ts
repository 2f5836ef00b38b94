/** The fact `namespace`: whether it is being deleted, and what holds that up. */
import { expect, test } from '@jest/globals';
import { KubernetesError } from '../../src/evidence/kubernetes/client.js';
import { AUTH_SECRET } from '../support/fake-client.js';
import { healthyApi, live } from '../support/live.js';

const PATH = '/api/v1/namespaces/default';

const read = async (answer: unknown) => {
  const api = healthyApi();
  Object.assign(api.objects, { [PATH]: answer });
  const { observe, read: readFact } = live(api);
  await readFact('secret');
  return observe('namespace');
};

test('a namespace that stays', async () => {
  expect(await read({ metadata: { name: 'default' }, status: { phase: 'Active' } })).toMatchObject({
    ok: true,
    value: { deletedAt: undefined, holds: [] },
  });
});

test('one that is deleted, and only what holds it up, cleaned', async () => {
  const conditions = [
    {
      type: 'NamespaceContentRemaining',
      status: 'True',
      message: `pods. has 1, held by ${AUTH_SECRET}\u001b[2J`,
    },
    {
      type: 'NamespaceFinalizersRemaining',
      status: 'False',
      message: 'All content-preserving finalizers finished',
    },
    null,
  ];
  const found = await read({
    metadata: { name: 'default', deletionTimestamp: '2026-11-30T10:00:00Z' },
    status: { phase: 'Terminating', conditions },
  });
  expect(found).toMatchObject({
    ok: true,
    value: { deletedAt: '2026-11-30T10:00:00Z', holds: [expect.any(String)] },
  });
  expect(JSON.stringify(found)).not.toContain(AUTH_SECRET);
  expect(JSON.stringify(found)).not.toContain('\\u001b');
});

test('one that may not be read, or is not there', async () => {
  expect(await read(new KubernetesError('forbidden', 'namespaces is forbidden'))).toMatchObject({
    ok: false,
    why: 'forbidden',
  });
  expect(await read(undefined)).toMatchObject({ ok: true, value: undefined });
});
