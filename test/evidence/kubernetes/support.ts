/** Real servers on loopback, and clients for them through a real kubeconfig file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  KubernetesError,
  type ConnectionFlags,
  type KubernetesClient,
} from '../../../src/evidence/kubernetes/client.js';
import { createKubernetesClient } from '../../../src/evidence/kubernetes/create-client.js';

export const TLS_FIXTURES = join(import.meta.dirname, '../../fixtures/tls');
export const pem = (name: string): string => readFileSync(join(TLS_FIXTURES, name), 'utf8');
export const base64 = (text: string): string => Buffer.from(text).toString('base64');

const cleanups: (() => Promise<void> | void)[] = [];
/** Runs after the test, last registered first. */
export function cleanUp(task: () => Promise<void> | void): void {
  cleanups.push(task);
}
afterEach(async () => {
  for (const task of cleanups.splice(0).reverse()) await task();
});

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'todo-k8s-'));
  cleanUp(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export type Req = IncomingMessage | Http2ServerRequest;
export type Res = (ServerResponse | Http2ServerResponse) & {
  writeHead(status: number, headers?: Record<string, string>): unknown;
  end(data?: string | Buffer): unknown;
  write(data: string | Buffer): boolean;
};
export type Handler = (request: Req, response: Res) => void;

export interface TestServer {
  url: string;
  port: number;
  server: Server;
  /** Destroys every connection. */
  cut(): void;
  /** Connections accepted so far. */
  connections: number;
  /** `METHOD path HTTP-version` of each request. */
  requests: string[];
}

/** Listens on loopback; ended after the test. */
export async function listen(server: Server, scheme: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const started: TestServer = { url: '', port: 0, server, connections: 0, requests: [], cut };
  server.on('connection', (socket: Socket) => {
    started.connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.port = (server.address() as AddressInfo).port;
  started.url = `${scheme}://127.0.0.1:${started.port}`;
  cleanUp(async () => {
    cut();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return started;
}

export type Kind = 'h2' | 'https' | 'http';

/** An API server that answers with `handler`. */
export async function apiServer(
  kind: Kind,
  handler: Handler,
  tls: { certificate?: string; clientCa?: string } = {},
): Promise<TestServer> {
  const on = (request: Req, response: Res): void => {
    started.requests.push(`${request.method ?? ''} ${request.url ?? ''} ${request.httpVersion}`);
    handler(request, response);
  };
  const options = {
    cert: pem(tls.certificate ?? 'server.crt'),
    key: pem('server.key'),
    ...(tls.clientCa === undefined
      ? {}
      : { ca: pem(tls.clientCa), requestCert: true, rejectUnauthorized: true }),
  };
  const listener = on as (request: unknown, response: unknown) => void;
  const server =
    kind === 'h2'
      ? createSecureServer({ ...options, allowHTTP1: true }, listener)
      : kind === 'https'
        ? createHttpsServer(options, listener)
        : createHttpServer(listener);
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', () => undefined);
  const started = await listen(server, kind === 'http' ? 'http' : 'https');
  return started;
}

export function json(
  response: Res,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A Status (meta/v1) as the API server sends it. */
export function status(code: number, reason: string, message: string, details: object = {}): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code,
  };
}

export interface Config {
  cluster?: object;
  user?: object;
  context?: object;
}

/** Writes a kubeconfig for one server and returns its path. */
export function kubeconfig(
  server: string,
  { cluster = {}, user = { token: 'secret-token' }, context = {} }: Config = {},
): string {
  const file = join(temporaryDirectory(), 'config');
  const trust = server.startsWith('https:') ? { 'certificate-authority': join(TLS_FIXTURES, 'ca.crt') } : {};
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [{ name: 'c', cluster: { server, ...trust, ...cluster } }],
      users: [{ name: 'jane', user }],
      contexts: [{ name: 'test', context: { cluster: 'c', user: 'jane', ...context } }],
    }),
  );
  return file;
}

export async function clientFor(
  server: string,
  config: Config = {},
  flags: Partial<ConnectionFlags> = {},
  env: Record<string, string | undefined> = { PATH: process.env.PATH },
): Promise<KubernetesClient> {
  const client = await createKubernetesClient(
    { kubeconfig: kubeconfig(server, config), requestTimeoutMs: 5000, ...flags },
    env,
  );
  cleanUp(() => client.close());
  return client;
}

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** The KubernetesError that a promise rejects with; anything else fails the test. */
export async function failure(promise: Promise<unknown>): Promise<KubernetesError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof KubernetesError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

export interface Upgrade {
  protocol: string;
  url: URL;
  headers: Record<string, unknown>;
}

/** An API server that accepts WebSockets, if they offer one of `protocols`, and hands them over. */
export async function streamServer(
  onSocket: (socket: WebSocket, upgrade: Upgrade) => void,
  protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
  kind: Kind = 'h2',
): Promise<TestServer & { open: () => number }> {
  const server = await apiServer(kind, (_, response) => json(response, 200, {}));
  const accept = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    accept.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      onSocket(webSocket, {
        protocol: webSocket.protocol,
        url: new URL(request.url ?? '', 'http://x'),
        headers: request.headers,
      });
    });
  });
  return Object.assign(server, { open: () => accept.clients.size });
}

/** One message of the channel protocol. */
export const frame = (channel: number, text: string): Buffer =>
  Buffer.concat([Buffer.of(channel), Buffer.from(text)]);
