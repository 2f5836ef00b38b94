/** Backends on a node port that fail, each in its own way, on real sockets of loopback. */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { cleanUp, pem } from '../../evidence/kubernetes/support.js';

/** Kubernetes' default range of node ports. */
const FIRST_PORT = 30_000;
const LAST_PORT = 32_767;

/** Listens on a free node port of 127.0.0.1; ended after the test. */
async function listenOnNodePort(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    const outcome = await new Promise<Error | undefined>((resolve) => {
      server.once('error', resolve).listen(port, '127.0.0.1', () => resolve(undefined));
    });
    server.removeAllListeners('error');
    if (outcome !== undefined) continue;
    cleanUp(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return port;
  }
}

/** Answers over HTTP. */
export const http = (listener: RequestListener): Promise<number> =>
  listenOnNodePort(createHttpServer(listener));

/** Answers over TLS only. */
export const tls = (): Promise<number> =>
  listenOnNodePort(
    createHttpsServer({ cert: pem('server.crt'), key: pem('server.key') }, (_, response) =>
      response.end('{}'),
    ),
  );

/** Does with each connection what it likes. */
export const raw = (onConnection: (socket: Socket) => void): Promise<number> =>
  listenOnNodePort(createServer(onConnection));

/** A port on which nothing listens. */
export async function closed(): Promise<number> {
  const server = createServer();
  const port = await listenOnNodePort(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Listens and never accepts: once its queue is full, the kernel drops what comes, as a firewall does. */
const NEVER_ACCEPTS = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});`;

/** A port that drops packets. */
export async function filtered(): Promise<number> {
  const worker = new Worker(NEVER_ACCEPTS, { eval: true });
  cleanUp(async () => {
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers: Socket[] = [];
  cleanUp(() => fillers.forEach((socket) => socket.destroy()));
  for (;;) {
    const filler = connect(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    const connected = await Promise.race([
      once(filler, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 150)),
    ]);
    if (!connected) return port;
  }
}
