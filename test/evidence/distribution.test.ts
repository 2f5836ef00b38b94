import { afterEach, describe, expect, test } from '@jest/globals';
import { KubernetesError } from '../../src/evidence/kubernetes/client.js';
import type { Pod, Service } from '../../src/evidence/objects.js';
import { backendServer, type BackendServer } from '../support/backend-server.js';
import { PATHS, type FakeApi } from '../support/fake-client.js';
import { POD_NAMES } from '../support/healthy.js';
import { healthyApi, live } from '../support/live.js';

const open: BackendServer[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** One listener whose requests two pods serve in turn; each has its own log. */
async function cluster(change: (api: FakeApi, logs: Map<string, string[]>) => void = () => undefined) {
  const logs = new Map<string, string[]>(POD_NAMES.map((name) => [name, []]));
  let turn = 0;
  const server = await backendServer((request, response) => {
    const name = POD_NAMES[turn++ % 2] ?? '';
    logs
      .get(name)
      ?.push(`${new Date().toISOString()} INFO: 10.244.0.1:1 - "GET ${request.url ?? ''} HTTP/1.1" 200 OK`);
    response.setHeader('content-type', 'application/json').end('{"status":"healthy"}');
    return true;
  });
  open.push(server);
  const api: FakeApi = { ...healthyApi(), logs: ({ name }) => `${logs.get(name)?.join('\n') ?? ''}\n` };
  for (const port of (api.objects[PATHS.service] as Service).spec.ports ?? []) port.nodePort = server.port;
  change(api, logs);
  return { server, made: live(api) };
}

describe('distribution', () => {
  test('each request, on a connection of its own, is attributed to the pod whose log shows its nonce', async () => {
    const { server, made } = await cluster();
    const facts = await made.read('distribution');
    expect(facts).toMatchObject({ requests: 10, readyPods: [...POD_NAMES], unattributedReason: undefined });
    expect(facts.samples).toHaveLength(10);
    expect(facts.samples.every(({ outcome, status }) => outcome === 'response' && status === 200)).toBe(true);
    // The health probe was the first request: the turns are known.
    const served = POD_NAMES.map((name) => facts.samples.filter(({ pod }) => pod === name).length);
    expect(served).toEqual([5, 5]);
    expect(server.connections).toBe(11);
    const nonces = server.requests.filter((url) => url.includes('todo-k8s='));
    expect(new Set(nonces).size).toBe(10);
  });

  test('lines that come late are waited for', async () => {
    const { made } = await cluster((api, logs) => {
      const begin = Date.now();
      api.logs = ({ name }) => (Date.now() - begin < 400 ? '\n' : `${logs.get(name)?.join('\n') ?? ''}\n`);
    });
    const facts = await made.read('distribution');
    expect(facts.unattributedReason).toBeUndefined();
    expect(facts.samples.every(({ pod }) => pod !== undefined)).toBe(true);
  });

  test('a pod’s name in the response makes logs needless', async () => {
    const server = await backendServer((_request, response) => {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ status: 'ok', pod: POD_NAMES[1] }));
      return true;
    });
    open.push(server);
    const api: FakeApi = healthyApi();
    for (const port of (api.objects[PATHS.service] as Service).spec.ports ?? []) port.nodePort = server.port;
    const { read, client } = live(api);
    const facts = await read('distribution');
    expect(facts.samples.map(({ pod }) => pod)).toEqual(Array(10).fill(POD_NAMES[1]));
    expect(client.calls.filter((call) => call.startsWith('logs'))).toEqual([]);
  });

  test('without access logs attribution is said to be impossible', async () => {
    const { made } = await cluster((api) => (api.logs = () => '2026-02-09T14:00:00Z started\n'));
    const facts = await made.read('distribution');
    expect(facts.samples.every(({ pod }) => pod === undefined)).toBe(true);
    expect(facts.unattributedReason).toContain('writes no access log');
  });

  test('a log that cannot be read is the reason', async () => {
    const { made } = await cluster((api, logs) => {
      api.logs = ({ name }) => {
        if (name === POD_NAMES[1]) throw new KubernetesError('forbidden', 'pods/log is forbidden');
        return `${logs.get(name)?.join('\n') ?? ''}\n`;
      };
    });
    const facts = await made.read('distribution');
    expect(facts.samples.filter(({ pod }) => pod === undefined)).toHaveLength(5);
    expect(facts.unattributedReason).toBe(
      `the log of pod ${POD_NAMES[1]} could not be read: pods/log is forbidden`,
    );
  });

  test('requests that a pod served which is not ready stay unattributed', async () => {
    const { made } = await cluster((api) => {
      const [, second] = api.objects[PATHS.pods] as [Pod, Pod];
      const ready = second.status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready) ready.status = 'False';
    });
    const facts = await made.read('distribution');
    expect(facts.readyPods).toEqual([POD_NAMES[0]]);
    expect(facts.unattributedReason).toMatch(/shows 5 of the 10 requests/);
  });

  test('requests that fail are told by kind and are nobody’s', async () => {
    let count = 0;
    const server = await backendServer((request, response) => {
      if (request.url?.includes('todo-k8s') !== true) return false;
      if (++count % 2 === 0) request.socket.resetAndDestroy();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify({ pod: POD_NAMES[0] }));
      return true;
    });
    open.push(server);
    const api: FakeApi = healthyApi();
    for (const port of (api.objects[PATHS.service] as Service).spec.ports ?? []) port.nodePort = server.port;
    const { samples, unattributedReason } = await live(api).read('distribution');
    expect(samples.filter(({ outcome }) => outcome === 'reset')).toHaveLength(5);
    expect(samples.filter(({ outcome, pod }) => outcome === 'reset' && pod === undefined)).toHaveLength(5);
    expect(unattributedReason).toBeUndefined();
  });

  test('when nothing answers no request is sent', async () => {
    const { made, server } = await cluster();
    await server.close();
    open.pop();
    expect(await made.read('distribution')).toMatchObject({
      requests: 10,
      samples: [],
      unattributedReason: 'no request could be sent: nothing answers',
    });
  });
});
