/** A load run against the lab behind a door that mishandles connections: the totals add up, and the verdict is right. */
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { byPod, loadLab, statusOf, totalOf, type LoadLab } from './lab-run.js';

jest.setTimeout(60_000);

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(): Promise<LoadLab> {
  const made = await loadLab();
  closers.push(() => made.close());
  return made;
}

/**
 * A TCP server that leads to the lab's node port.
 * @param intercept does something else with a connection, and says so; it is told which one it is, from 0 on
 */
async function door(lab: LoadLab, intercept: (socket: Socket, number: number) => boolean): Promise<string> {
  const { hostname, port } = new URL(lab.lab.url);
  const sockets = new Set<Socket>();
  let number = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (intercept(socket, number++)) return;
    const onward = net.connect(Number(port), hostname);
    sockets.add(onward);
    onward.on('error', () => socket.destroy()).pipe(socket);
    socket.on('error', () => onward.destroy()).pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Does this once the request is there. */
const answering = (socket: Socket, then: () => void) => {
  socket.once('data', then);
  return true;
};

/** An HTTP proxy in front of the lab's node port that closes each connection after so many requests. */
async function closingProxy({ lab }: LoadLab, requests: number): Promise<string> {
  const server = http.createServer((request, response) => {
    http.get(new URL(request.url ?? '/', lab.url), { agent: false }, (answer) => answer.pipe(response));
  });
  server.maxRequestsPerSocket = requests;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('connections', () => {
  test('that the server closes are counted, where one is to be kept open', async () => {
    const lab = await start();
    const { load } = await lab.run({ requests: 30, keepAlive: true, url: await closingProxy(lab, 10) });
    const { requests, connections, pods, others } = load.keepAlive ?? { pods: [] };
    expect({ requests, connections, others }).toEqual({ requests: 30, connections: 3, others: 0 });
    expect(pods.reduce((sum, pod) => sum + pod.requests, 0)).toBe(30);
  });

  test('of which a third is reset: those that came through are counted, the others are lost', async () => {
    const lab = await start();
    const url = await door(lab, (socket, number) => number % 3 === 1 && !!socket.resetAndDestroy());
    const report = await lab.run({ requests: 60, url });
    const { load } = report;
    expect(byPod(report)).toEqual(lab.counts());
    const [lost] = load.lost;
    expect(lost?.what).toBe('connection reset');
    expect(lost?.requests).toBeGreaterThanOrEqual(15);
    expect(load.problems).toEqual(load.lost);
    expect(totalOf(report)).toBe(60);
    expect(statusOf(report, 'no-errors')).toBe('fail');
    expect(report.exitCode).toBe(1);
  });

  test('of which the first fails do not keep the run from being made', async () => {
    const lab = await start();
    const url = await door(lab, (socket, number) => number < 2 && !!socket.resetAndDestroy());
    const report = await lab.run({ requests: 20, url });
    expect(report.load).toMatchObject({ completed: 20, lost: [], problems: [] });
    expect(byPod(report)).toEqual(lab.counts());
  });

  test('that nobody answers are requests without an answer, not a run that was never made', async () => {
    const lab = await start();
    const url = await door(lab, () => true);
    const report = await lab.run({ requests: 10, url, timeoutMs: 200 });
    expect(report.load).toMatchObject({ completed: 10, lost: [{ what: 'no answer in time', requests: 10 }] });
    expect(totalOf(report)).toBe(10);
    expect(statusOf(report, 'no-errors')).toBe('fail');
    expect(statusOf(report, 'every-pod-answered')).toBe('unknown');
    expect(report.exitCode).toBe(1);
  });

  test('on which a response has no end are told apart from those without any', async () => {
    const lab = await start();
    const url = await door(
      lab,
      (socket, number) =>
        number % 2 === 1 &&
        answering(socket, () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{')),
    );
    const report = await lab.run({ requests: 20, url, timeoutMs: 300 });
    expect(report.load.problems).toEqual([
      { what: 'body not finished in time', requests: expect.any(Number) },
    ]);
    expect(totalOf(report)).toBe(20);
    expect(byPod(report)).toEqual(lab.counts());
    expect(report.exitCode).toBe(1);
  });
});

test('a pod that is made to fail half-way: its errors are its own', async () => {
  const lab = await start();
  const [, second] = lab.world.pods;
  const report = await lab.run({
    requests: 1000,
    ratePerSecond: 1000,
    concurrency: 16,
    meanwhile: () => void sleep(600).then(() => Object.assign(second?.app.health ?? {}, { status: 500 })),
  });
  expect(byPod(report)).toEqual(lab.counts());
  const [good, bad] = report.load.pods;
  expect(good?.errors).toBe(0);
  expect(bad?.errors).toBeGreaterThan(0);
  expect(bad?.errors).toBeLessThan(bad?.requests ?? 0);
  expect(totalOf(report)).toBe(1000);
  expect(statusOf(report, 'no-errors')).toBe('fail');
});

test('--timeout holds through the API server’s proxy as well', async () => {
  const lab = await start();
  for (const { app } of lab.world.pods) app.health.delayMs = 1000;
  const report = await lab.run({ requests: 5, via: 'proxy', timeoutMs: 200 });
  expect(report.load.completed === 0 ? report.load.endedBy : report.load.problems[0]?.what).toMatch(
    /no-route|no answer in time/,
  );
  expect(totalOf(report)).toBe(5);
  expect(report.exitCode).toBe(1);
});
