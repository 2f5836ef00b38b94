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
    expect(facts).toMatchObject({
      requests: 10,
      completed: 10,
      attributedBy: ['access log'],
      // The health probe was the first request: the turns are known.
      pods: POD_NAMES.map((pod) => ({ pod, state: 'steady', requests: 5, errors: 0 })),
      statuses: [{ status: 200, requests: 10 }],
      unattributed: [],
      lost: [],
      changes: [],
    });
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
    expect(facts.unattributed).toEqual([]);
    expect(facts.pods.map(({ requests }) => requests)).toEqual([5, 5]);
  });

  test.each(['readable', 'forbidden'])(
    'a pod’s name in the response makes logs needless: no request is looked for in them (%s)',
    async (access) => {
      const server = await backendServer((_request, response) => {
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ status: 'ok', pod: POD_NAMES[1] }));
        return true;
      });
      open.push(server);
      const asked: unknown[] = [];
      const api: FakeApi = {
        ...healthyApi(),
        logs: (_pod, options) => {
          asked.push(options);
          if (access === 'forbidden') throw new KubernetesError('forbidden', 'pods/log is forbidden');
          return '2026-02-09T14:00:00Z started\n';
        },
      };
      for (const port of (api.objects[PATHS.service] as Service).spec.ports ?? [])
        port.nodePort = server.port;
      const facts = await live(api).read('distribution');
      expect(facts.pods.map(({ requests }) => requests)).toEqual([0, 15]);
      expect(facts).toMatchObject({ attributedBy: ['JSON field pod'], unattributed: [], openToSteady: 0 });
      // Where each log ends is read while the way to the backend is looked for, when nobody knows yet what responses say; and
      // before the second look, because all requests reached one pod.
      const lastLine = { tailLines: 1, limitBytes: 1024 };
      expect(asked).toEqual([...POD_NAMES, ...POD_NAMES].map(() => lastLine));
    },
  );

  test('without access logs attribution is said to be impossible', async () => {
    const { made } = await cluster((api) => (api.logs = () => '2026-02-09T14:00:00Z started\n'));
    const facts = await made.read('distribution');
    expect(facts.pods.map(({ requests }) => requests)).toEqual([0, 0]);
    expect(facts).toMatchObject({ openToSteady: 10, attributedBy: [] });
    expect(facts.unattributed).toEqual([
      { what: expect.stringContaining('writes no access log'), requests: 10 },
    ]);
  });

  test('a log that cannot be read is the reason', async () => {
    const { made } = await cluster((api, logs) => {
      api.logs = ({ name }) => {
        if (name === POD_NAMES[1]) throw new KubernetesError('forbidden', 'pods/log is forbidden');
        return `${logs.get(name)?.join('\n') ?? ''}\n`;
      };
    });
    const facts = await made.read('distribution');
    expect(facts.openToSteady).toBe(5);
    expect(facts.unattributed).toEqual([
      { what: `the log of pod ${POD_NAMES[1]} could not be read: pods/log is forbidden`, requests: 5 },
    ]);
  });

  test('a pod that served and is not ready is told as such', async () => {
    const { made } = await cluster((api) => {
      const [, second] = api.objects[PATHS.pods] as [Pod, Pod];
      const ready = second.status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready) ready.status = 'False';
    });
    const facts = await made.read('distribution');
    expect(facts.pods).toMatchObject([
      { pod: POD_NAMES[0], state: 'steady', requests: 5 },
      { pod: POD_NAMES[1], state: 'not-ready', requests: 5 },
    ]);
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
    expect(await live(api).read('distribution')).toMatchObject({
      completed: 10,
      lost: [{ what: 'connection reset', requests: 5 }],
      problems: [{ what: 'connection reset', requests: 5 }],
      unattributed: [],
    });
  });

  test('when nothing answers no request is sent', async () => {
    const { made, server } = await cluster();
    await server.close();
    open.pop();
    expect(await made.read('distribution')).toMatchObject({
      requests: 10,
      completed: 0,
      unfinished: 10,
      endedBy: 'no-route',
    });
  });
});
