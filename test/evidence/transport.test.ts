import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { KubernetesError, type RawResponse } from '../../src/evidence/kubernetes/client.js';
import type { Node, Service } from '../../src/evidence/objects.js';
import { preferred } from '../../src/evidence/transport.js';
import { backendServer, type BackendServer } from '../support/backend-server.js';
import { forbidden, PATHS, type FakeApi } from '../support/fake-client.js';
import { healthyApi, live, type Live } from '../support/live.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function backend(...input: Parameters<typeof backendServer>): Promise<BackendServer> {
  const server = await backendServer(...input);
  open.push(server);
  return server;
}

async function freePort(): Promise<number> {
  const server = await backendServer();
  await server.close();
  return server.port;
}

function reading(...input: Parameters<typeof live>): Live {
  const made = live(...input);
  open.push(made.reader);
  return made;
}

/** The healthy API with this node port, and these addresses of the node. */
function apiWith(
  nodePort: number | undefined,
  ...addresses: string[]
): FakeApi & ReturnType<typeof healthyApi> {
  const api: FakeApi & ReturnType<typeof healthyApi> = healthyApi();
  const service = api.objects[PATHS.service] as Service;
  const [node] = api.objects[PATHS.nodes] as Node[];
  for (const port of service.spec.ports ?? []) port.nodePort = nodePort;
  if (node?.status) node.status.addresses = addresses.map((address) => ({ type: 'InternalIP', address }));
  if (node) node.metadata.name = 'node-1';
  return api;
}

const answer = (body: string, status = 200): RawResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(body),
  truncated: false,
});

const PROXY = '/api/v1/namespaces/default/services/todo-chatbot-backend:8000/proxy';

// Other systems have no other loopback address than 127.0.0.1.
const onLinux = process.platform === 'linux' ? test : test.skip;

describe('preferred', () => {
  const localhost = { isOnNode: false };
  const node = { isOnNode: true };
  const pick = (...answers: [{ isOnNode: boolean }, number][]) => {
    const given = answers.map(([candidate, status]) => ({ candidate, exchange: { status } }));
    const found = preferred(given);
    return found && given.indexOf(found);
  };

  test('the first good answer, else the first', () => {
    expect(pick([localhost, 404], [node, 200])).toBe(1);
    expect(pick([localhost, 404], [node, 503])).toBe(0);
    expect(pick([localhost, 200], [node, 200])).toBe(0);
    expect(pick()).toBeUndefined();
  });

  test('a good answer from localhost does not hide that this cluster’s node answers badly', () => {
    expect(pick([localhost, 200], [node, 500])).toBe(1);
  });
});

describe('the route', () => {
  test('localhost first: it is the contract’s NodePort when the port is', async () => {
    const { port } = await backend();
    const { read } = reading(apiWith(port, '127.0.0.1'), {}, (contract) => {
      contract.backend.service.nodePort = port;
    });
    expect(await read('route')).toMatchObject({
      via: 'nodeport',
      baseUrl: `http://localhost:${port}`,
      balances: true,
      provesNodePort: true,
      tried: [
        { url: `http://localhost:${port}`, outcome: 'response', detail: 'HTTP 200' },
        { url: `http://127.0.0.1:${port}`, outcome: 'not-tried' },
      ],
    });
  });

  test('another node port than the contract’s balances, but proves nothing about the contract’s', async () => {
    const { port } = await backend();
    expect(await reading(apiWith(port)).read('route')).toMatchObject({
      balances: true,
      provesNodePort: false,
    });
  });

  onLinux(
    'a node’s address when what comes before it refuses; with a loopback address of its own, localhost is not asked',
    async () => {
      const { port } = await backend(undefined, '127.0.0.5');
      const api = apiWith(port, '127.0.0.2', '127.0.0.5', '127.0.0.6');
      const { read } = reading(api, {}, (contract) => (contract.backend.service.nodePort = port));
      expect(await read('route')).toMatchObject({
        via: 'nodeport',
        baseUrl: `http://127.0.0.5:${port}`,
        balances: true,
        provesNodePort: true,
        tried: [
          { url: `http://127.0.0.2:${port}`, outcome: 'refused' },
          { url: `http://127.0.0.5:${port}`, outcome: 'response' },
          { url: `http://127.0.0.6:${port}`, outcome: 'not-tried' },
        ],
      });
    },
  );

  onLinux(
    'what listens on localhost is not taken for a cluster whose node has a loopback address of its own',
    async () => {
      const stranger = await backend();
      const api = apiWith(stranger.port, '127.0.0.5');
      api.proxy = () => answer('{}');
      expect(await reading(api).read('route')).toMatchObject({
        via: 'proxy',
        tried: [{ url: `http://127.0.0.5:${stranger.port}`, outcome: 'refused' }, { outcome: 'response' }],
      });
      expect(stranger.requests).toEqual([]);
    },
  );

  onLinux('what answers well is preferred to what answers badly before it', async () => {
    const good = await backend(undefined, '127.0.0.5');
    const other = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
    });
    await new Promise<void>((resolve) => other.listen(good.port, '127.0.0.4', resolve));
    open.push({ close: () => new Promise<void>((resolve) => other.close(() => resolve())) });
    expect(await reading(apiWith(good.port, '127.0.0.4', '127.0.0.5')).read('route')).toMatchObject({
      baseUrl: `http://127.0.0.5:${good.port}`,
      tried: [{ detail: 'HTTP 404' }, { detail: 'HTTP 200' }],
    });
  });

  test('a backend that is ill is reached all the same', async () => {
    const { port } = await backend((_request, response) => {
      response.writeHead(503, { 'content-type': 'application/json' }).end('{"status":"unhealthy"}');
      return true;
    });
    const { read } = reading(apiWith(port));
    expect(await read('route')).toMatchObject({ via: 'nodeport', tried: [{ detail: 'HTTP 503' }] });
    expect(await read('health')).toMatchObject({
      outcome: 'response',
      status: 503,
      json: { status: 'unhealthy' },
    });
  });

  test('the Service proxy when no node port answers, which proves neither', async () => {
    const api = apiWith(await freePort(), '127.0.0.1');
    api.proxy = (path) => answer(JSON.stringify({ status: 'healthy', path }));
    const { read, client } = reading(api);
    expect(await read('route')).toMatchObject({
      via: 'proxy',
      baseUrl: `https://127.0.0.1:6443${PROXY}`,
      balances: false,
      provesNodePort: false,
      tried: [{ outcome: 'refused' }, { outcome: 'refused' }, { outcome: 'response' }],
    });
    expect(await read('docs')).toMatchObject({ json: { path: `${PROXY}/docs` } });
    expect(client.calls).toContain(`proxy ${PROXY}/api/health`);
  });

  test('a Service without a node port: localhost, which may be anyone’s, is not asked', async () => {
    const api = apiWith(undefined);
    (api.objects[PATHS.service] as Service).spec.type = 'ClusterIP';
    api.proxy = () => answer('{}');
    expect((await reading(api).read('route')).tried[0]).toEqual({
      url: 'http://localhost:30081',
      outcome: 'not-tried',
      detail: 'the Service is of type ClusterIP and has no node port',
    });
  });

  test('--via nodeport goes no other way; the exchanges carry the first failure', async () => {
    const port = await freePort();
    const api = apiWith(port, '127.0.0.1');
    api.proxy = () => answer('{}');
    const { read, client } = reading(api, { via: 'nodeport' });
    expect(await read('route')).toMatchObject({
      via: 'none',
      baseUrl: '',
      balances: false,
      provesNodePort: false,
    });
    const refused = { outcome: 'refused', detail: `connection refused at localhost:${port}` };
    expect(await read('health')).toMatchObject(refused);
    expect(await read('docs')).toMatchObject(refused);
    expect(client.calls.filter((call) => call.startsWith('proxy'))).toEqual([]);
  });

  test('--via proxy does not touch the node port', async () => {
    const server = await backend();
    const api = apiWith(server.port);
    api.proxy = () => answer('{}');
    expect((await reading(api, { via: 'proxy' }).read('route')).via).toBe('proxy');
    expect(server.requests).toEqual([]);
  });

  test.each([
    [
      'its own error',
      (): RawResponse =>
        answer(
          '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no endpoints available"}',
          503,
        ),
      'no endpoints available',
    ],
    [
      '403',
      (): RawResponse => {
        throw forbidden('get', 'services/proxy');
      },
      'services/proxy is forbidden',
    ],
  ])('the API server’s answer is not the backend’s: %s', async (_name, proxy, words) => {
    const api = apiWith(await freePort());
    api.proxy = proxy;
    const { read } = reading(api, { via: 'proxy' });
    const health = await read('health');
    expect(health.outcome).toBe('proxy-error');
    expect(health.detail).toContain(words);
    expect((await read('route')).via).toBe('none');
  });

  test('a hanging proxy is a time-out', async () => {
    const api = apiWith(1);
    api.proxy = () => {
      throw new KubernetesError('timeout', 'no answer within 5 s');
    };
    expect(await reading(api, { via: 'proxy' }).read('health')).toMatchObject({ outcome: 'timeout' });
  });

  test('--via port-forward leads to one ready pod, and ends with the reader', async () => {
    const { port } = await backend();
    let closed = 0;
    const api = apiWith(1);
    api.portForward = () => ({
      localPort: port,
      close: () => {
        closed++;
        return Promise.resolve();
      },
    });
    const { read, client, reader } = reading(api, { via: 'port-forward' });
    expect(await read('route')).toMatchObject({
      via: 'port-forward',
      balances: false,
      provesNodePort: false,
    });
    expect(await read('tasks')).toMatchObject({ status: 401 });
    expect(client.calls.filter((call) => call.startsWith('portForward'))).toEqual([
      'portForward todo-chatbot-backend-6d5f9c7b4d-2k4xp 8000',
    ]);
    await reader.close();
    expect(closed).toBe(1);
  });

  test('--via port-forward with no pod that is ready', async () => {
    const api = apiWith(1);
    api.objects[PATHS.pods] = [];
    expect(await reading(api, { via: 'port-forward' }).read('health')).toMatchObject({
      outcome: 'proxy-error',
      detail: 'no pod is ready to forward to',
    });
  });

  test('--url is taken alone, and proves the NodePort only where it is that', async () => {
    const { port } = await backend();
    const url = `http://127.0.0.1:${port}/`;
    const exact = reading(apiWith(port), { url }, (contract) => (contract.backend.service.nodePort = port));
    expect(await exact.read('route')).toMatchObject({
      via: 'url',
      baseUrl: url.slice(0, -1),
      balances: true,
      provesNodePort: true,
    });
    const other = reading(apiWith(30081), { url });
    expect(await other.read('route')).toMatchObject({ via: 'url', balances: false, provesNodePort: false });
    const dead = reading(apiWith(port), { url: `http://127.0.0.1:${await freePort()}` });
    expect(await dead.read('route')).toMatchObject({ via: 'none', tried: [{ outcome: 'refused' }] });
  });

  test('a filtered address costs nobody its time-out when one before it answers', async () => {
    const { port } = await backend();
    const took = async (api: ReturnType<typeof apiWith>) => {
      const begin = performance.now();
      await reading(api).read('route');
      return performance.now() - begin;
    };
    const alone = await took(apiWith(port));
    // TEST-NET-1 is routed nowhere: without an answer from elsewhere it takes the second that a connection may.
    expect((await took(apiWith(port, '192.0.2.1'))) - alone).toBeLessThan(700);
  });

  test('health, docs and tasks: one request each', async () => {
    const server = await backend();
    const { read } = reading(apiWith(server.port));
    const [health, docs, tasks] = await Promise.all([read('health'), read('docs'), read('tasks')]);
    expect([health.status, docs.status, tasks.status]).toEqual([200, 200, 401]);
    expect(docs.contentType).toContain('text/html');
    expect(server.requests.sort()).toEqual(['/api/health', '/api/tasks', '/docs']);
    expect(server.connections).toBe(3);
  });

  test('secrets that a response shows are hidden', async () => {
    const { port } = await backend((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'ok', url: 'postgresql://u:Leaky-Canary@h/db' }));
      return true;
    });
    const health = await reading(apiWith(port)).read('health');
    expect(JSON.stringify(health)).not.toContain('Canary');
    expect(health.json).toMatchObject({ status: 'ok', url: '(value hidden, 32 characters)' });
  });
});

describe('minikube ip', () => {
  const { PATH } = process.env;
  let folder = '';
  afterEach(() => {
    process.env.PATH = PATH;
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  function installMinikube(script: string) {
    folder = mkdtempSync(join(tmpdir(), 'todo-k8s-minikube-'));
    const program = join(folder, 'minikube');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    process.env.PATH = `${folder}:${PATH ?? ''}`;
  }

  onLinux('is asked when nothing else answers, without the environment’s secrets', async () => {
    const { port } = await backend(undefined, '127.0.0.5');
    installMinikube(`[ -n "$TODO_CANARY" ] && exit 1; [ "$*" = "ip --profile minikube" ] && echo 127.0.0.5`);
    process.env.TODO_CANARY = 'x';
    const { read } = reading(apiWith(port, '127.0.0.2'));
    const route = await read('route').finally(() => delete process.env.TODO_CANARY);
    expect(route).toMatchObject({ via: 'nodeport', baseUrl: `http://127.0.0.5:${port}` });
  });

  test.each([
    ['words', 'echo "Profile not found"'],
    ['a failure', 'echo 127.0.0.1; exit 85'],
    ['a hang', 'sleep 30'],
  ])('%s: goes on without', async (_name, script) => {
    installMinikube(script);
    const begin = Date.now();
    const route = await reading(apiWith(await freePort()), { via: 'nodeport' }).read('route');
    expect(route.via).toBe('none');
    expect(Date.now() - begin).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});
