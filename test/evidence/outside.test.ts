/** Ways in from outside of the cluster besides a node port. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ingressCandidates } from '../../src/evidence/candidates.js';
import type { Node, Service } from '../../src/evidence/objects.js';
import { forbidden, PATHS } from '../support/fake-client.js';
import { healthyApi, live, type Live } from '../support/live.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function reading(...input: Parameters<typeof live>): Live {
  const made = live(...input);
  open.push(made.reader);
  return made;
}

/** The healthy API; without a node port nobody listens where it would lead. */
function apiWith(nodePort: number | undefined) {
  const api: ReturnType<typeof healthyApi> & Parameters<typeof live>[0] = healthyApi();
  for (const port of (api.objects[PATHS.service] as Service).spec.ports ?? []) port.nodePort = nodePort;
  const [node] = api.objects[PATHS.nodes] as Node[];
  if (node?.status) node.status.addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
  return api;
}

const answer = (body: string) => ({
  ...{ status: 200, headers: { 'content-type': 'application/json' } },
  ...{ body: Buffer.from(body), truncated: false },
});

describe('a Service without a node port', () => {
  const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
  const CLASSES = '/apis/networking.k8s.io/v1/ingressclasses';
  const SECRETS = '/api/v1/namespaces/default/secrets';
  const NAME = 'todo-chatbot-backend';

  const apiOf = (type: string, status?: Service['status']) => {
    const api = apiWith(undefined);
    const service = api.objects[PATHS.service] as Service;
    Object.assign(service, { status });
    service.spec.type = type;
    for (const port of service.spec.ports ?? []) port.name = 'web';
    api.proxy = () => answer('{"status":"healthy"}');
    return api;
  };
  const ingress = (spec: object, more: object = {}) => ({
    metadata: { name: 'todo' },
    spec: { ingressClassName: 'nginx', ...spec },
    status: { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } },
    ...more,
  });
  const rule = (host: string, path: string, port: object = { number: 8000 }, pathType = 'Prefix') => ({
    host,
    http: { paths: [{ path, pathType, backend: { service: { name: NAME, port } } }] },
  });
  const outsideOf = async (...ingresses: object[]) => {
    const api = apiOf('ClusterIP');
    Object.assign(api.objects, {
      [INGRESSES]: ingresses,
      [CLASSES]: [{ metadata: { name: 'nginx' } }],
      [SECRETS]: [{ metadata: { name: 'todo-tls' } }],
    });
    const { read } = reading(api, {});
    return (await read('route')).outside?.ingresses;
  };

  test('a load balancer is asked at its address and the Service’s port', async () => {
    const status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }, { hostname: 'lb.invalid' }] } };
    const { read } = reading(apiOf('LoadBalancer', status), {});
    const { tried } = await read('route');
    expect(tried.slice(0, 2).map(({ url }) => url)).toEqual([
      'http://127.0.0.1:8000',
      'http://lb.invalid:8000',
    ]);
  });

  test('a load balancer without an address is told as such', async () => {
    const { read } = reading(apiOf('LoadBalancer', { loadBalancer: {} }), {});
    const route = await read('route');
    expect(route).toMatchObject({ via: 'proxy', outside: { type: 'LoadBalancer', balancer: [] } });
    expect(route.tried[0]).toMatchObject({
      outcome: 'not-tried',
      detail: expect.stringContaining('pending'),
    });
  });

  test('an Ingress is asked for its host at its controller’s address, whatever name servers say', async () => {
    const server = createServer((request, response) => {
      const isIts = request.headers.host === `todo.nowhere.example:${port}`;
      response.writeHead(isIts ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    const way = { ingress: 'todo', host: 'todo.nowhere.example', path: '/', problems: [] };
    const [candidate] = ingressCandidates(
      {
        options: { probeTimeoutMs: 2000 },
        hider: { text: (text: string) => text },
        signal: new AbortController().signal,
      } as never,
      {
        type: 'ClusterIP',
        ingresses: [{ ...way, addresses: ['127.0.0.1'], url: `http://todo.nowhere.example:${port}` }],
      },
    );
    expect(candidate).toMatchObject({ via: 'ingress', balances: false, provesNodePort: false });
    expect(await candidate?.get('/api/health')).toMatchObject({ outcome: 'response', status: 200 });
  });

  test.each([
    ['a path that covers the health endpoint', [rule('todo.example', '/api')], 'http://todo.example'],
    ['its port by name', [rule('todo.example', '/', { name: 'web' })], 'http://todo.example'],
    ['no host: its address', [rule('', '/')], 'http://127.0.0.1'],
    ['a path beside it', [rule('todo.example', '/apis')], undefined],
    ['another exact path', [rule('todo.example', '/api', { number: 8000 }, 'Exact')], undefined],
  ])('%s', async (_, rules, url) => {
    const ways = await outsideOf(ingress({ rules }));
    expect(ways).toEqual([expect.objectContaining({ ingress: 'todo', problems: [] })]);
    expect(ways?.[0]?.url).toBe(url);
  });

  test.each([
    [
      'a port that the Service has not',
      { rules: [rule('a.example', '/', { number: 80 })] },
      {},
      'leads to port 80 of the Service, which does not have that port',
    ],
    [
      'a class that is not there',
      { ingressClassName: 'traefik', rules: [rule('a.example', '/')] },
      {},
      'no IngressClass traefik',
    ],
    [
      'no class and no default',
      { ingressClassName: undefined, rules: [rule('a.example', '/')] },
      {},
      'no IngressClass is the default',
    ],
    [
      'no address',
      { rules: [rule('a.example', '/')] },
      { status: {} },
      'no controller has given it an address',
    ],
    [
      'a TLS Secret that is not there',
      { rules: [rule('a.example', '/')], tls: [{ hosts: ['*.example'], secretName: 'gone' }] },
      {},
      'TLS Secret gone does not exist',
    ],
    [
      'the default backend',
      { defaultBackend: { service: { name: NAME, port: { name: 'http' } } } },
      {},
      'leads to port http',
    ],
    [
      'a Service that is not there',
      {
        rules: [
          {
            host: 'x',
            http: { paths: [{ backend: { service: { name: 'todo-api', port: { number: 80 } } } }] },
          },
        ],
      },
      {},
      `it leads to Service todo-api, which does not exist; the backend’s is ${NAME}`,
    ],
  ])('what is wrong with it: %s', async (_, spec, more, said) => {
    const ways = await outsideOf(ingress(spec, more));
    expect(ways?.[0]?.problems).toEqual([expect.stringContaining(said)]);
    expect(ways?.[0]?.faults?.map(({ says }) => says)).toEqual(ways?.[0]?.problems);
  });

  test('TLS, where its host is among those of the certificate', async () => {
    const tls = [{ hosts: ['todo.example'], secretName: 'todo-tls' }];
    const ways = await outsideOf(
      ingress({ rules: [rule('todo.example', '/'), rule('other.example', '/')], tls }),
    );
    expect(ways?.map(({ url, problems }) => [url, problems])).toEqual([
      ['https://todo.example', []],
      ['http://other.example', []],
    ]);
  });

  test('an Ingress of another Service is nobody’s business, one that rewrites is not asked', async () => {
    const other = {
      host: 'x',
      http: { paths: [{ backend: { service: { name: 'frontend', port: { number: 80 } } } }] },
    };
    expect(await outsideOf(ingress({ rules: [other] }))).toEqual([]);
    const annotations = { 'nginx.ingress.kubernetes.io/rewrite-target': '/$2' };
    const [way] =
      (await outsideOf(ingress({ rules: [rule('a', '/')] }, { metadata: { name: 'todo', annotations } }))) ??
      [];
    expect(way).toMatchObject({ host: 'a', problems: [] });
    expect(way?.url).toBeUndefined();
  });

  test('Ingresses that may not be listed are no proof that there are none', async () => {
    const api = apiOf('ClusterIP');
    api.objects[INGRESSES] = forbidden('list', 'ingresses', 'networking.k8s.io');
    const { read } = reading(api, {});
    expect((await read('route')).outside).toMatchObject({
      ingresses: [],
      unread: expect.stringContaining('ingresses'),
    });
  });

  test('with a node port nothing more is asked', async () => {
    const { read, client } = reading(apiWith(1), {});
    expect((await read('route')).outside).toBeUndefined();
    expect(client.calls.filter((call) => call.includes('ingress'))).toEqual([]);
  });
});
