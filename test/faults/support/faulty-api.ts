/** A real API server with faults: an HTTPS server in front of a lab, which passes on what no fault takes. */
import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parse } from 'yaml';
import type { Lab } from '../../../src/lab/lab.js';
import {
  apiServer,
  cleanUp,
  kubeconfig,
  type Req,
  type Res,
  type TestServer,
} from '../../evidence/kubernetes/support.js';

export interface Fault {
  /** Answers a request in place of the lab, or leaves it alone by returning false. */
  answer?: (request: Req, response: Res) => boolean;
  /** Answers a WebSocket handshake in place of the lab, or leaves it alone by returning false. */
  upgrade?: (request: IncomingMessage, socket: Duplex) => boolean;
  /** Changes the JSON of an answer with status 200. */
  rewrite?: (path: string, body: never) => unknown;
}

export interface FaultyApi extends TestServer {
  /** Path of a kubeconfig that leads to it. */
  kubeconfig: string;
}

interface Upstream {
  host: string;
  port: string;
  ca: string;
  token: string;
}

/** Ends after the test. */
export async function faultyApi(lab: Lab, fault: Fault): Promise<FaultyApi> {
  const upstream = upstreamOf(lab);
  const server = await apiServer('h2', (request, response) => {
    if (fault.answer?.(request, response) === true) return;
    void pass(upstream, request, response, fault.rewrite);
  });
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    server.requests.push(`UPGRADE ${request.url ?? ''} ${request.httpVersion}`);
    if (fault.upgrade?.(request, socket) !== true) passUpgrade(upstream, request, socket, head);
  });
  return Object.assign(server, { kubeconfig: kubeconfig(server.url, { user: { token: upstream.token } }) });
}

function upstreamOf(lab: Lab): Upstream {
  const config = parse(readFileSync(lab.kubeconfigPath, 'utf8')) as {
    clusters: [{ cluster: { 'certificate-authority-data': string } }];
    users: [{ user: { token: string } }];
  };
  const { hostname: host, port } = new URL(lab.server);
  const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64').toString();
  return { host, port, ca, token: config.users[0].user.token };
}

function forwarded(headers: Req['headers'], { token }: Upstream): Record<string, string> {
  const kept = ['accept', 'content-type', 'content-length', 'upgrade', 'connection'];
  const plain = Object.entries(headers).filter(
    ([name]) => kept.includes(name) || name.startsWith('sec-websocket'),
  );
  return { ...(Object.fromEntries(plain) as Record<string, string>), authorization: `Bearer ${token}` };
}

async function pass(
  upstream: Upstream,
  request: Req,
  response: Res,
  rewrite: Fault['rewrite'],
): Promise<void> {
  const { host, port, ca } = upstream;
  const { method, url: path = '' } = request;
  const call = httpsRequest({ host, port, ca, method, path, headers: forwarded(request.headers, upstream) });
  request.pipe(call);
  await new Promise<void>((resolve, reject) => {
    call.on('error', reject).on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () => {
        const raw = Buffer.concat(chunks);
        const headers = { 'content-type': answer.headers['content-type'] ?? '' };
        const changed =
          answer.statusCode === 200 && rewrite !== undefined && headers['content-type'].includes('json');
        response.writeHead(answer.statusCode ?? 0, headers);
        response.end(changed ? JSON.stringify(rewrite(path, JSON.parse(raw.toString()) as never)) : raw);
        resolve();
      });
    });
  });
}

function passUpgrade(upstream: Upstream, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { host, port, ca } = upstream;
  const headers = forwarded(request.headers, upstream);
  const call = httpsRequest({ host, port, ca, path: request.url, headers });
  cleanUp(() => void call.destroy());
  call.on('error', () => socket.destroy());
  call.on('upgrade', (answer, far, first) => {
    const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
    socket.write(first);
    far.write(head);
    far.on('error', () => socket.destroy());
    socket.pipe(far).pipe(socket);
  });
  call.on('response', (refusal) => {
    const { statusCode = 502, statusMessage = '', headers: told } = refusal;
    const type = told['content-type'] ?? 'text/plain';
    socket.write(
      `HTTP/1.1 ${statusCode} ${statusMessage}\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n`,
    );
    refusal.pipe(socket);
  });
  call.end();
}
