/**
 * A pod's HTTP server. It listens nowhere: connections are handed to it by what routes to a pod in a cluster (the
 * NodePort listener, the API server's proxy, a port-forward), as packets that arrive at a pod's address are.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { accessLine, answer } from './app.js';
import type { LabPod } from './world.js';

/** uvicorn's default `timeout_keep_alive`. */
const KEEP_ALIVE_MS = 5000;

export class Backend {
  readonly #server: Server;
  readonly #peers = new Map<Duplex, string>();

  constructor(private readonly pod: LabPod) {
    this.#server = createServer((request, response) => this.#handle(request, response));
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.#server.on('clientError', (_error, socket) => {
      this.pod.log.append('WARNING:  Invalid HTTP request received.');
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  }

  /** True when a connection to this port of the pod would be accepted. */
  listensOn(port: number): boolean {
    return this.pod.app.port === port && this.pod.app.loopback !== true;
  }

  /** Takes over a connection. @param peer the address that the application sees */
  accept(connection: Duplex, peer: string): void {
    this.#peers.set(connection, peer);
    connection.on('error', () => connection.destroy());
    connection.once('close', () => this.#peers.delete(connection));
    this.#server.emit('connection', connection);
  }

  /** A new connection from inside this process: the caller's end of it. */
  connect(peer: string): Duplex {
    const [near, far] = duplexPair();
    // The ends of a pair do not know of each other's destruction, as those of a socket do.
    near.once('close', () => far.destroy());
    far.once('close', () => {
      if (!far.writableFinished) near.destroy();
    });
    this.accept(far, peer);
    return near;
  }

  close(): void {
    for (const connection of this.#peers.keys()) connection.destroy();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/' } = request;
    const reply = answer(this.pod.app, method, url, request.headers);
    // Written before the response, so that whoever has the response finds the line in the log.
    const peer = this.#peers.get(request.socket) ?? '127.0.0.1:0';
    const send = () => {
      this.pod.log.append(accessLine(peer, method, url, reply.status, request.httpVersion));
      response.writeHead(reply.status, {
        server: 'uvicorn',
        'content-type': reply.contentType,
        'content-length': Buffer.byteLength(reply.body),
        ...reply.headers,
      });
      response.end(reply.body);
    };
    request.resume();
    if (reply.delayMs) {
      const timer = setTimeout(send, reply.delayMs);
      response.once('close', () => clearTimeout(timer));
    } else {
      send();
    }
  }
}
