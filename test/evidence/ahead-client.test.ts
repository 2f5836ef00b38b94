import { expect, jest, test } from '@jest/globals';
import { pickThrough } from '../../src/evidence/border/read.js';
import { AheadClient } from '../../src/evidence/ahead-client.js';
import { podShape } from '../../src/evidence/border/pod-shape.js';
import { replicaSetShape } from '../../src/evidence/border/object-shapes.js';
import type { Oddity } from '../../src/evidence/evidence.js';
import { fakeClient, forbidden } from '../support/fake-client.js';

const { signal } = new AbortController();
const PODS = '/api/v1/namespaces/default/pods';
const SERVICE = '/api/v1/namespaces/default/services/todo';
const pod = (name: string) => ({ metadata: { name }, spec: { containers: [{ name: 'backend' }] } });

function list(ahead: AheadClient, labelSelector: string, more: object = {}) {
  const odd: Oddity[] = [];
  const pick = pickThrough(podShape, (oddities) => odd.push(...oddities));
  const items = ahead.list(PODS, signal, { labelSelector, shape: podShape, pick, ...more });
  return items.then((pods) => ({ names: pods.map(({ metadata }) => metadata.name), odd }));
}

test('what was asked ahead is given once; who asks again gets a new answer', async () => {
  const client = fakeClient({ objects: { [SERVICE]: { metadata: { name: 'todo' } } } });
  const ahead = new AheadClient(client);
  ahead.askObject(SERVICE);
  expect(client.calls).toEqual([`get ${SERVICE}`]);
  await expect(ahead.get(SERVICE, signal)).resolves.toEqual({ metadata: { name: 'todo' } });
  expect(client.calls).toHaveLength(1);
  await ahead.get(SERVICE, signal);
  expect(client.calls).toHaveLength(2);
});

test('an object that is not there is an answer, too', async () => {
  const client = fakeClient({ objects: {} });
  const ahead = new AheadClient(client);
  ahead.askObject(SERVICE);
  await expect(ahead.get(SERVICE, signal)).resolves.toBeUndefined();
  expect(client.calls).toHaveLength(1);
});

test('how it failed is told to whom asks, and to nobody else', async () => {
  const client = fakeClient({
    objects: { [SERVICE]: forbidden('get', 'services'), [PODS]: forbidden('list', 'pods') },
  });
  const ahead = new AheadClient(client);
  ahead.askObject(SERVICE);
  ahead.askList(PODS, podShape, 'a=b');
  await new Promise(setImmediate);
  await expect(ahead.get(SERVICE, signal)).rejects.toThrow('cannot get');
  await expect(list(ahead, 'a=b')).rejects.toThrow('cannot list');
  expect(client.calls).toHaveLength(2);
});

test('a list is given to whom asks with the same selector and shape', async () => {
  const client = fakeClient({ objects: { [PODS]: [pod('a'), pod('b')] } });
  const ahead = new AheadClient(client);
  ahead.askList(PODS, podShape, 'a=b');
  await expect(list(ahead, 'a=c')).resolves.toMatchObject({ names: ['a', 'b'] });
  expect(client.calls).toHaveLength(2);
  await ahead.list(PODS, signal, { labelSelector: 'a=b', shape: replicaSetShape, pick: () => undefined });
  expect(client.calls).toHaveLength(3);
  await expect(list(ahead, 'a=b')).resolves.toMatchObject({ names: ['a', 'b'], odd: [] });
  expect(client.calls).toHaveLength(3);
});

test.each([{ again: true }, { fieldSelector: 'spec.nodeName=n' }, { metadataOnly: true }])(
  'an answer to an earlier question will not do for %j',
  async (more) => {
    const client = fakeClient({ objects: { [PODS]: [pod('a')] } });
    const ahead = new AheadClient(client);
    ahead.askList(PODS, podShape, 'a=b');
    await list(ahead, 'a=b', more);
    expect(client.calls).toHaveLength(2);
  },
);

test('an item that is odd as a whole is left out, and told by whom asks', async () => {
  const client = fakeClient({ objects: { [PODS]: [pod('a'), { metadata: {} }, 'no object'] } });
  const ahead = new AheadClient(client);
  ahead.askList(PODS, podShape, 'a=b');
  const { names, odd } = await list(ahead, 'a=b');
  expect(names).toEqual(['a']);
  expect(odd.length).toBeGreaterThanOrEqual(2);
  const direct = await list(ahead, 'a=b');
  expect(direct.odd).toEqual(odd);
});

test('an answer that is some seconds old is not the present state', async () => {
  const client = fakeClient({ objects: { [SERVICE]: {} } });
  const ahead = new AheadClient(client);
  ahead.askObject(SERVICE);
  const now = performance.now();
  const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 6000);
  await ahead.get(SERVICE, signal).finally(() => clock.mockRestore());
  expect(client.calls).toHaveLength(2);
});
