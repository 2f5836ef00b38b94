/** The API server's socket: TLS, HTTP/1.1 and HTTP/2, the bearer token, and an end that leaves nothing open. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from '../certificate.js';
import type { Cluster } from './cluster.js';
import { route, sendJson } from './router.js';
import { ApiError } from './status.js';

/** What an API server tells to anybody. */
const PUBLIC = /^\/(healthz|livez|readyz|version)\/?$/;

/** Go's http.DefaultMaxHeaderBytes. */
const MAX_HEADER_BYTES = 1 << 20;

export class ApiServer {
  readonly #server: Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #token: Buffer;

  constructor(
    certificate: Certificate,
    token: string,
    private readonly cluster: Cluster,
  ) {
    this.#token = digest(token);
    this.#server = createSecureServer({
      cert: certificate.certificate,
      key: certificate.privateKey,
      allowHTTP1: true,
    });
    // As the API server: an exec carries a whole program in its URL, for which Node's 16 KiB are too little.
    Object.assign(this.#server, { maxHeaderSize: MAX_HEADER_BYTES });
    // Streams of HTTP/2 come in the shape of HTTP/1.1 requests and responses (Node's compatibility API).
    this.#server.on(
      'request',
      (request, response) =>
        void this.#handle(request as unknown as IncomingMessage, response as unknown as ServerResponse),
    );
    this.#server.on(
      'upgrade',
      (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.#upgrade(request, socket, head),
    );
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    this.#server.on('secureConnection', (socket: Socket) => this.#track(socket));
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
    });
    // A client that goes away in the middle is no event of the lab's.
    this.#server.on('sessionError', () => undefined);
    this.#server.on('clientError', (_error: Error, socket: Duplex) => socket.destroy());
    this.#server.on('tlsClientError', () => undefined);
  }

  /** Listens on a free port of 127.0.0.1. @returns the port */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    try {
      const url = new URL(request.url ?? '/', 'https://lab');
      this.#authenticate(request, url.pathname);
      await route({ request, response, url, cluster: this.cluster });
    } catch (error) {
      const known = error instanceof ApiError || error instanceof URIError;
      const failure =
        error instanceof ApiError
          ? error
          : new ApiError(known ? 400 : 500, known ? 'BadRequest' : 'InternalError', (error as Error).message);
      if (response.headersSent) response.destroy();
      else sendJson(response, failure.code, failure.status());
    } finally {
      // A body that nobody reads would break the connection when it is closed.
      if (request.readableFlowing === null) request.resume();
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { refuse, upgrade } = await import('./upgrade.js');
    try {
      this.#authenticate(request, request.url ?? '/');
    } catch (error) {
      refuse(socket, error as ApiError);
      return;
    }
    await upgrade(request, socket, head, this.cluster);
  }

  /** @throws ApiError 401, or 403 for impersonation */
  #authenticate({ headers }: IncomingMessage, path: string): void {
    const { authorization } = headers;
    if (authorization === undefined && PUBLIC.test(path)) return;
    const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), this.#token)) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
    const impersonated = headers['impersonate-user'];
    if (impersonated !== undefined) {
      const message =
        `users "${String(impersonated)}" is forbidden: User "lab" cannot impersonate resource "users" in API group "" ` +
        'at the cluster scope';
      throw new ApiError(403, 'Forbidden', message, { name: impersonated, kind: 'users' });
    }
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
