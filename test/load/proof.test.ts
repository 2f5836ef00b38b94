/** What answers at the route is this backend, or it is said that it is not, or that it could not be told. */
import type http from 'node:http';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { RouteProof } from '../../src/evidence/evidence.js';
import type { ReaderOptions } from '../../src/evidence/live-reader.js';
import { KubernetesError, type RawResponse } from '../../src/evidence/kubernetes/client.js';
import type { Node, Pod, Service } from '../../src/evidence/objects.js';
import { backendServer, type BackendServer } from '../support/backend-server.js';
import { forbidden, PATHS, type FakeApi } from '../support/fake-client.js';
import { POD_NAMES } from '../support/healthy.js';
import { healthyApi, live } from '../support/live.js';

jest.setTimeout(60_000);

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const HEALTHY = '{"status":"healthy"}';

interface World {
  /** What the program at the port of localhost answers; undefined: as the backend. */
  respond?: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  /** The program at the port is the pod itself: its requests are in the first pod's log. */
  isPod?: boolean;
  /** The pods write access logs. */
  logs?: boolean | KubernetesError;
  proxy?: { status?: number; type?: string; body?: string } | KubernetesError;
  options?: Partial<ReaderOptions>;
  pods?: Pod[] | KubernetesError;
  /** `--url` in place of the node port. */
  url?: true;
}

interface Outcome {
  proof: RouteProof | undefined;
  server: BackendServer;
  calls: readonly string[];
}

async function prove(
  world: World,
  keys: readonly ('route' | 'distribution')[] = ['route'],
): Promise<Outcome> {
  const server = await backendServer(world.respond);
  open.push(server);
  const proxied: string[] = [];
  const api: FakeApi & ReturnType<typeof healthyApi> = healthyApi();
  const [node] = api.objects[PATHS.nodes] as Node[];
  if (node?.status) node.status.addresses = [];
  for (const port of (api.objects[PATHS.service] as Service).spec.ports ?? []) port.nodePort = server.port;
  if (world.pods) api.objects[PATHS.pods] = world.pods;
  const { logs = true, proxy = {}, isPod = false } = world;
  api.logs = ({ name }) => {
    if (logs instanceof Error) throw logs;
    if (!logs || name !== POD_NAMES[0]) return '';
    return [...(isPod ? server.log : []), ...proxied].map((line) => `${line}\n`).join('');
  };
  api.proxy = (path): RawResponse => {
    if (proxy instanceof Error) throw proxy;
    proxied.push(`${new Date().toISOString()} INFO: "GET ${path.replace(/^.*\/proxy/, '')} HTTP/1.1" 200`);
    const { status = 200, type = 'application/json', body = HEALTHY } = proxy;
    return { status, headers: { 'content-type': type }, body: Buffer.from(body), truncated: false };
  };
  const url = world.url && { url: `http://localhost:${server.port}` };
  const { reader, client, read } = live(api, { ...world.options, ...url }, (contract) => {
    contract.backend.service.nodePort = server.port;
  });
  open.push(reader);
  const [route] = await Promise.all([read('route'), ...keys.map((key) => read(key))]);
  return { proof: route.proof, server, calls: client.calls };
}

const notFound: World['respond'] = (_, response) => {
  response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Error response</h1>');
  return true;
};
const proxied = (calls: readonly string[]) => calls.filter((call) => call.startsWith('proxy'));
const noProxy = forbidden('get', 'services/proxy');

describe('proven', () => {
  test('by the log of the pod that served the request', async () => {
    const { proof, calls } = await prove({ isPod: true });
    expect(proof).toEqual({
      state: 'proven',
      by: 'access-log',
      says: `the request is in the access log of pod ${POD_NAMES[0]}`,
    });
    expect(proxied(calls)).toEqual([]);
  });

  test('by the load run of the same reader: no request and no look more', async () => {
    const both = await prove({ isPod: true }, ['route', 'distribution']);
    expect(both.proof).toMatchObject({ state: 'proven', by: 'access-log' });
    // The one that finds the route, the ten of the contract, and because all of them reached one pod, the second look.
    expect(both.server.requests).toHaveLength(1 + 10 + 15);
    expect(proxied(both.calls)).toEqual([]);
  });

  test('by a pod’s name in the answer', async () => {
    const respond: World['respond'] = (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'healthy', hostname: POD_NAMES[1] }));
      return true;
    };
    const { proof, server } = await prove({ respond, logs: false });
    expect(proof).toMatchObject({ state: 'proven', by: 'pod-name' });
    expect(server.requests).toHaveLength(1);
  });

  test('by the same answer through the API server, where pods write no access log', async () => {
    const { proof } = await prove({ logs: false });
    expect(proof).toMatchObject({ state: 'proven', by: 'proxy' });
  });

  test('the same where logs may not be read, or pods not be listed', async () => {
    expect((await prove({ logs: forbidden('get', 'pods/log') })).proof).toMatchObject({ by: 'proxy' });
    expect((await prove({ pods: forbidden('list', 'pods') })).proof).toMatchObject({ by: 'proxy' });
  });

  test('by the way itself, where the API server leads there', async () => {
    const { proof } = await prove({ options: { via: 'proxy' } });
    expect(proof).toMatchObject({ state: 'proven', by: 'way' });
  });
});

describe('refused', () => {
  test('another cluster’s backend, whose answers are the same: the pods’ logs show only what the API server sent', async () => {
    const { proof } = await prove({});
    expect(proof).toMatchObject({
      state: 'refused',
      says: expect.stringContaining('no pod’s shows those that went there') as unknown as string,
    });
  });

  test('the same with a load run under way', async () => {
    const { proof } = await prove({}, ['route', 'distribution']);
    expect(proof?.state).toBe('refused');
  });

  test('another program, where pods write no access log', async () => {
    const { proof } = await prove({ respond: notFound, logs: false });
    expect(proof).toMatchObject({
      state: 'refused',
      says: 'it answers HTTP 404 (text/html), and through the API server the Service answers HTTP 200 (application/json)',
    });
  });

  test('an answer although the Service has no endpoint', async () => {
    const none = new KubernetesError(
      'failed',
      'no endpoints available for service "todo-chatbot-backend"',
      503,
    );
    const { proof } = await prove({ logs: false, proxy: none });
    expect(proof).toMatchObject({ state: 'refused' });
    expect(proof?.says).toContain('no endpoint');
  });
});

describe('open', () => {
  test('neither log nor proxy: it says so', async () => {
    const { proof } = await prove({ logs: false, proxy: noProxy });
    expect(proof).toMatchObject({ state: 'open', by: undefined });
    expect(proof?.says).toContain('services/proxy');
  });

  test('pods that may not be listed: the right that is missing is named', async () => {
    const { proof } = await prove({ pods: forbidden('list', 'pods'), proxy: noProxy });
    expect(proof?.state).toBe('open');
    expect(proof?.says).toMatch(/no pod’s log or name could be compared: pods is forbidden.*services\/proxy/);
  });

  test('another program’s 404 that nothing can be compared with', async () => {
    expect((await prove({ respond: notFound, logs: false, proxy: noProxy })).proof?.state).toBe('open');
  });

  test('the API server does not reach the pods, which a NetworkPolicy may forbid it', async () => {
    const late = new KubernetesError('failed', 'error trying to reach service: dial tcp: i/o timeout', 503);
    expect((await prove({ logs: false, proxy: late })).proof?.state).toBe('open');
  });

  test('a pod that is not well behind the same Service', async () => {
    const proxy = { status: 503, body: '{"status":"unhealthy"}' };
    expect((await prove({ logs: false, proxy })).proof?.state).toBe('open');
  });

  test('a redirect, a login or a gateway’s error before the URL that was asked for', async () => {
    for (const status of [301, 401, 502]) {
      const respond: World['respond'] = (_, response) => {
        response.writeHead(status, { 'content-type': 'text/html', location: 'https://todo.example/' }).end();
        return true;
      };
      expect((await prove({ url: true, respond })).proof?.state).toBe('open');
    }
  });

  test('something before the URL may drop the query by which requests are told apart', async () => {
    expect((await prove({ url: true })).proof?.state).toBe('open');
  });
});
