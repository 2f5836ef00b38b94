import { describe, expect, jest, test } from '@jest/globals';
import {
  KubernetesError,
  type KubernetesClient,
  type ListOptions,
} from '../../src/evidence/kubernetes/client.js';
import { SharedClient } from '../../src/evidence/shared-client.js';

interface Item {
  metadata: { name: string; labels?: Record<string, string> };
}

const ITEMS: Item[] = [
  { metadata: { name: 'a', labels: { app: 'x', tier: 'one' } } },
  { metadata: { name: 'b', labels: { app: 'y' } } },
  { metadata: { name: 'c' } },
];
const PODS = '/api/v1/namespaces/default/pods';
const { signal } = new AbortController();

const SHAPE = {};
const whole: ListOptions<Item> = { shape: SHAPE, pick: (item) => item as Item };

function shared(
  list: (path: string, options?: ListOptions<Item>) => Promise<Item[]> = () => Promise.resolve(ITEMS),
) {
  const asked: string[] = [];
  const client = {
    server: 'https://192.0.2.1',
    list: (path: string, _signal: AbortSignal, options?: ListOptions<Item>) => {
      asked.push(`list ${path} ${options?.labelSelector ?? ''}`.trim());
      return list(path, options).then((items) => items.flatMap((item) => options?.pick(item) ?? []));
    },
    get: (path: string) => {
      asked.push(`get ${path}`);
      return Promise.resolve(ITEMS[0]);
    },
    review: (path: string) => {
      asked.push(`review ${path}`);
      return Promise.resolve({});
    },
  } as unknown as KubernetesClient;
  return { client: new SharedClient(client), asked };
}

const names = (items: Item[]) => items.map(({ metadata }) => metadata.name);

describe('a client for many releases', () => {
  test('asks for a list once, whoever wants which part of it', async () => {
    const { client, asked } = shared();
    const parts = await Promise.all([
      client.list<Item>(PODS, signal, { ...whole, labelSelector: 'app=x' }),
      client.list<Item>(PODS, signal, { ...whole, labelSelector: 'app=y' }),
      client.list<Item>(PODS, signal, { ...whole, labelSelector: 'app=x,tier=two' }),
      client.list<Item>(PODS, signal, whole),
    ]);
    expect(parts.map(names)).toEqual([['a'], ['b'], [], ['a', 'b', 'c']]);
    expect(asked).toEqual([`list ${PODS}`]);
  });

  test('asks the server for a selector that is no list of values', async () => {
    const { client, asked } = shared();
    for (const labelSelector of ['app in (x,y)', '!app', 'app!=x', 'app', 'app notin (x)'])
      await client.list<Item>(PODS, signal, { ...whole, labelSelector });
    expect(asked).toHaveLength(5);
  });

  test('asks again where a change is looked for, and after some seconds', async () => {
    const { client, asked } = shared();
    await client.list<Item>(PODS, signal, whole);
    await client.list<Item>(PODS, signal, { ...whole, labelSelector: 'app=x', again: true });
    expect(asked).toEqual([`list ${PODS}`, `list ${PODS} app=x`]);
    const later = performance.now() + 6000;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(later);
    await client.list<Item>(PODS, signal, whole);
    clock.mockRestore();
    expect(asked).toHaveLength(3);
  });

  test('keeps lists apart of which other parts are kept', async () => {
    const { client, asked } = shared();
    await client.list<Item>(PODS, signal, { ...whole, metadataOnly: true });
    await client.list<Item>(PODS, signal, { ...whole, fieldSelector: 'status.phase=Running' });
    await client.list<Item>(PODS, signal, { ...whole, shape: {} });
    await client.list<Item>(PODS, signal, whole);
    expect(asked).toHaveLength(4);
  });

  test('takes Services, ConfigMaps and Deployments out of their lists', async () => {
    const { client, asked } = shared();
    const path = '/api/v1/namespaces/default/services';
    await expect(client.get(`${path}/b`, signal)).resolves.toBe(ITEMS[1]);
    await expect(client.get(`${path}/missing`, signal)).resolves.toBeUndefined();
    await client.get('/apis/apps/v1/namespaces/default/deployments/a', signal);
    expect(asked).toEqual([`list ${path}`, 'list /apis/apps/v1/namespaces/default/deployments']);
  });

  test('reads Secrets one by one, by name', async () => {
    const { client, asked } = shared();
    await client.get('/api/v1/namespaces/default/secrets/a', signal);
    await client.get('/api/v1/namespaces/default/secrets/b', signal);
    expect(asked).toHaveLength(2);
    expect(asked.every((call) => call.startsWith('get '))).toBe(true);
  });

  const SECRETS = '/api/v1/namespaces/default/secrets';
  const group = { list: SECRETS, labelSelector: 'x in (a,b)', names: ['a', 'b', 'gone'] };

  test('reads Secrets that belong together by one list, and by itself what is not in it', async () => {
    const { client, asked } = shared();
    client.readTogether([group]);
    const [a, b] = await Promise.all([
      client.get(`${SECRETS}/a`, signal),
      client.get(`${SECRETS}/b`, signal),
    ]);
    expect([a, b]).toEqual(ITEMS.slice(0, 2));
    await client.get(`${SECRETS}/gone`, signal);
    await client.get(`${SECRETS}/c`, signal);
    expect(asked).toEqual([`list ${SECRETS} x in (a,b)`, `get ${SECRETS}/gone`, `get ${SECRETS}/c`]);
  });

  test('reads Secrets one by one where they may not be listed', async () => {
    const { client, asked } = shared(() => Promise.reject(new KubernetesError('forbidden', 'no list', 403)));
    client.readTogether([group]);
    await expect(client.get(`${SECRETS}/a`, signal)).resolves.toBe(ITEMS[0]);
    expect(asked.at(-1)).toBe(`get ${SECRETS}/a`);
  });

  test('gathers those who look for a change in the same moment, and tells nobody of an earlier one', async () => {
    const label = 'app.kubernetes.io/instance';
    const pods = ['one', 'two'].map((name) => ({
      metadata: { name, labels: { app: 'x', [label]: name } },
    }));
    const { client, asked } = shared(() => Promise.resolve(pods));
    const look = (instance: string) =>
      client.list<Item>(PODS, signal, {
        ...whole,
        again: true,
        labelSelector: `app=x,${label}=${instance}`,
      });
    expect((await Promise.all(['one', 'two', 'none'].map(look))).map(names)).toEqual([['one'], ['two'], []]);
    expect(names(await look('one'))).toEqual(['one']);
    expect(asked).toEqual([
      `list ${PODS} app=x,${label} in (one,two,none)`,
      `list ${PODS} app=x,${label} in (one)`,
    ]);
  });

  test('who has given up is told so, as by the client itself', async () => {
    const { client } = shared();
    const given = AbortSignal.abort(new Error('given up'));
    await expect(client.list<Item>(PODS, given, whole)).rejects.toThrow(KubernetesError);
    await expect(client.get('/version', given)).rejects.toThrow(KubernetesError);
  });

  test('gets an object by itself where its list is forbidden', async () => {
    const { client, asked } = shared(() => Promise.reject(new KubernetesError('forbidden', 'no list', 403)));
    await expect(client.get('/api/v1/namespaces/default/services/a', signal)).resolves.toBe(ITEMS[0]);
    expect(asked.at(-1)).toBe('get /api/v1/namespaces/default/services/a');
  });

  test('a release that gives up ends no call of the others', async () => {
    let answer: (items: Item[]) => void = () => undefined;
    const { client } = shared(() => new Promise((resolve) => (answer = resolve)));
    const one = new AbortController();
    const first = client.list<Item>(PODS, one.signal, whole);
    const second = client.list<Item>(PODS, signal, whole);
    one.abort(new Error('given up'));
    answer(ITEMS);
    await expect(second).resolves.toHaveLength(3);
    await first;
  });

  test('what nothing could be kept of is told to each who asks, where it is theirs', async () => {
    const odd = { metadata: { name: 'odd', labels: { app: 'x' } } };
    const { client } = shared(() => Promise.resolve([...ITEMS, odd]));
    const told: string[] = [];
    const asking = (who: string, labelSelector: string): ListOptions<Item> => ({
      labelSelector,
      shape: SHAPE,
      pick: (item) => {
        if (item !== odd) return item as Item;
        told.push(who);
        return undefined;
      },
    });
    for (const [who, app] of [
      ['first', 'x'],
      ['second', 'x'],
      ['third', 'y'],
    ] as const)
      expect(names(await client.list(PODS, signal, asking(who, `app=${app}`)))).toEqual([
        app === 'x' ? 'a' : 'b',
      ]);
    expect(told).toEqual(['first', 'second']);
  });

  test('a list of which it is not known what is kept of each item is asked for each time', async () => {
    const { client, asked } = shared();
    const { pick } = whole;
    await client.list<Item>(PODS, signal, { pick });
    await client.list<Item>(PODS, signal, { pick });
    expect(asked).toHaveLength(2);
  });

  test('the same review of permissions is asked once', async () => {
    const { client, asked } = shared();
    await client.review('/reviews', { spec: 1 }, signal);
    await client.review('/reviews', { spec: 1 }, signal);
    await client.review('/reviews', { spec: 2 }, signal);
    expect(asked).toHaveLength(2);
  });
});
