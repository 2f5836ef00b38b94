import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startLab, type Lab, type LabOptions } from '../../src/lab/lab.js';
import { UnknownScenarioError } from '../../src/lab/scenarios/index.js';
import type { LabPod } from '../../src/lab/world.js';
import { call, credentials, getJson, stream } from './support.js';

const labs: Lab[] = [];

async function start(scenario?: string, options?: LabOptions): Promise<Lab> {
  const lab = await startLab(scenario, options);
  labs.push(lab);
  return lab;
}

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function health(lab: Lab): Promise<{ status: number; pod: string }> {
  const response = await fetch(`${lab.url}/api/health`, { headers: { connection: 'close' } });
  const body = (await response.json()) as { pod: string };
  return { status: response.status, pod: body.pod };
}

describe('starting and stopping', () => {
  test('the kubeconfig is for its owner alone, and gone when the lab is closed', async () => {
    const lab = await start();
    expect(statSync(lab.kubeconfigPath).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(lab.kubeconfigPath)).mode & 0o777).toBe(0o700);
    await lab.close();
    expect(existsSync(path.dirname(lab.kubeconfigPath))).toBe(false);
    await expect(fetch(`${lab.url}/api/health`)).rejects.toThrow('fetch failed');
    await expect(
      call({ ...lab, kubeconfigPath: (await start()).kubeconfigPath }, '/version'),
    ).resolves.toBeDefined();
  });

  test('closing ends requests that go on, and may be done twice', async () => {
    const lab = await start();
    const watch = stream(lab, '/api/v1/namespaces/default/pods?watch=true');
    await watch.next();
    await lab.close();
    await watch.ended;
    await lab.close();
  });

  test('many labs at once have addresses and tokens of their own', async () => {
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, index) => start('healthy', { preferLocalhost: index < 2 })),
    );
    expect(new Set(many.map((lab) => lab.url)).size).toBe(8);
    expect(new Set(many.map((lab) => credentials(lab).token)).size).toBe(8);
    const statuses = await Promise.all(many.map(async (lab) => (await health(lab)).status));
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 200));
  });

  test('one lab’s token and certificate are worth nothing at another', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const answer = await call(one, '/api/v1/pods', { token: credentials(two).token });
    expect(answer.status).toBe(401);
    await expect(call({ ...one, kubeconfigPath: two.kubeconfigPath }, '/version')).resolves.toMatchObject({
      status: 200,
    });
  });

  test('a scenario that there is not is named', async () => {
    await expect(startLab('no-such')).rejects.toThrow(UnknownScenarioError);
    await expect(startLab('no-such')).rejects.toThrow('there is no lab scenario "no-such"');
    await expect(startLab('constructor')).rejects.toThrow(UnknownScenarioError);
  });

  test('secrets can be planted: in the Secret and in the Helm release', async () => {
    const lab = await start('healthy', { secrets: { BETTER_AUTH_SECRET: 'canary-value' } });
    const secret = await getJson(lab, '/api/v1/namespaces/default/secrets/todo-chatbot-backend-secret');
    expect(Buffer.from(secret.data.BETTER_AUTH_SECRET ?? '', 'base64').toString()).toBe('canary-value');
    expect(Buffer.from(secret.data.DATABASE_URL ?? '', 'base64').toString()).toContain('sslmode=require');
  });
});

describe('the node port', () => {
  test('is on the node’s address, picks a pod for each connection, and keeps to it', async () => {
    const lab = await start();
    const nodes = await getJson(lab, '/api/v1/nodes');
    expect(`http://${nodes.items[0].status.addresses[0].address}:30081`).toBe(lab.url);
    const pods: string[] = [];
    for (let count = 0; count < 60; count += 1) pods.push((await health(lab)).pod);
    const first = pods.filter((pod) => pod === pods[0]).length;
    // Uniform choice of two: outside of 10..50 once in ten million runs.
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThan(50);
  });

  test('follows readiness, as kube-proxy does', async () => {
    const lab = await start();
    const [gone] = (await getJson(lab, '/api/v1/namespaces/default/pods')).items;
    await lab.change(({ pods }) => setReady(pods.slice(0, 1), 'False'));
    for (let count = 0; count < 20; count += 1) expect((await health(lab)).pod).not.toBe(gone.metadata.name);
    await lab.change(({ pods }) => setReady(pods, 'False'));
    await expect(health(lab)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await lab.change(({ pods }) => setReady(pods, 'True'));
    expect((await health(lab)).status).toBe(200);
  });

  test('leaves out a pod that kube-proxy does not know', async () => {
    const lab = await start('one-pod-unserved');
    const seen = new Set<string>();
    for (let count = 0; count < 30; count += 1) seen.add((await health(lab)).pod);
    expect(seen.size).toBe(1);
    const slices = await getJson(lab, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices');
    expect(slices.items[1].endpoints).toHaveLength(2);
  });

  test('pins a client with session affinity', async () => {
    const lab = await start('session-affinity');
    const seen = new Set<string>();
    for (let count = 0; count < 30; count += 1) seen.add((await health(lab)).pod);
    expect(seen.size).toBe(1);
  });

  test.each([
    ['node-port-wrong', 30090],
    ['cluster-ip', undefined],
    ['selector-mismatch', undefined],
    ['target-port-wrong', undefined],
    ['service-missing', undefined],
  ])('%s: 30081 is refused', async (scenario, port) => {
    const lab = await start(scenario);
    await expect(health(lab)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    if (port !== undefined) {
      const other = await fetch(lab.url.replace('30081', String(port)).concat('/api/health'));
      expect(other.status).toBe(200);
    }
  });
});

describe('the backends', () => {
  test('each request is an access line in the log of the pod that served it', async () => {
    const lab = await start();
    const response = await fetch(`${lab.url}/api/health?todo-k8s=nonce-1`);
    const { pod } = (await response.json()) as { pod: string };
    expect(response.headers.get('server')).toBe('uvicorn');
    const logs = await Promise.all(
      (await getJson(lab, '/api/v1/namespaces/default/pods')).items.map(
        async ({ metadata: { name } }: { metadata: { name: string } }) =>
          [name, (await call(lab, `/api/v1/namespaces/default/pods/${name}/log`)).text] as const,
      ),
    );
    for (const [name, text] of logs) {
      const line = /INFO: {5}10\.244\.0\.1:\d+ - "GET \/api\/health\?todo-k8s=nonce-1 HTTP\/1\.1" 200 OK\n/;
      if (name === pod) expect(text).toMatch(line);
      else expect(text).not.toContain('nonce-1');
    }
  });

  test.each([
    ['healthy', '/docs', 200, 'text/html; charset=utf-8', 'Swagger UI'],
    ['healthy', '/openapi.json', 200, 'application/json', '"openapi"'],
    ['healthy', '/api/tasks', 401, 'application/json', '{"detail":"Not authenticated"}'],
    ['healthy', '/nothing', 404, 'application/json', '{"detail":"Not Found"}'],
    ['docs-disabled', '/docs', 404, 'application/json', '{"detail":"Not Found"}'],
    ['auth-bypass', '/api/tasks', 200, 'application/json', '"title"'],
    ['health-500', '/api/health', 500, 'application/json', 'Internal Server Error'],
    ['health-degraded', '/api/health', 200, 'application/json', '"status":"unhealthy"'],
  ])('%s: GET %s is %i', async (scenario, target, status, contentType, content) => {
    const lab = await start(scenario);
    const response = await fetch(`${lab.url}${target}`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(await response.text()).toContain(content);
  });

  test('what is no HTTP is answered with 400, as uvicorn does', async () => {
    const lab = await start();
    const { connect } = await import('node:net');
    const { hostname, port } = new URL(lab.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write('\x16\x03\x01\x02\x00 no http\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  });

  test('a slow endpoint takes its time', async () => {
    const lab = await start('slow-health');
    const began = performance.now();
    await health(lab);
    expect(performance.now() - began).toBeGreaterThan(1200);
  });

  test('a client that goes away in the middle does no harm', async () => {
    const lab = await start('slow-health');
    const abort = new AbortController();
    const pending = fetch(`${lab.url}/api/health`, { signal: abort.signal });
    await sleep(50);
    abort.abort();
    await expect(pending).rejects.toThrow('aborted');
    expect((await health(lab)).status).toBe(200);
  });
});

function setReady(pods: LabPod[], status: string): void {
  for (const { object } of pods) {
    const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready) ready.status = status;
  }
}
