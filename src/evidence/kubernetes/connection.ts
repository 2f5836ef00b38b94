/**
 * The one connection that a run's calls share: a TLS handshake costs more than a call. HTTP/2 where the server offers
 * it (every Kubernetes API server does), else HTTP/1.1 kept alive.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { bounded } from './bounded.js';
import type { Identity } from './credentials.js';
import type { Dialer } from './dial.js';
import { http1Transport } from './http1.js';
import { http2Transport } from './http2.js';
import type { Transport, WireRequest, WireResponse } from './wire.js';

export class Connection {
  #transport: Promise<Transport> | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #closed = new AbortController();

  /** @param timeoutMs milliseconds to connect, TLS handshake included */
  constructor(
    private readonly dialer: Dialer,
    private readonly authority: URL,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Sends one request; the answer's body is still to be read.
   * @param onConnected called when there is a connection to send on
   * @throws Error of socket, TLS or HTTP; the signal's reason
   */
  async send(
    request: WireRequest,
    identity: Identity,
    signal: AbortSignal,
    onConnected: () => void,
  ): Promise<WireResponse> {
    if (this.#transport === undefined) {
      const connecting: Promise<Transport> = this.#connect(identity, () => this.#forget(connecting));
      connecting.catch(() => this.#forget(connecting));
      this.#transport = connecting;
    }
    const transport = await this.#transport;
    onConnected();
    return transport.send(request, signal);
  }

  /** A connection of its own, for a protocol that takes it over (WebSocket). The caller bounds and ends it. */
  async dial(identity: Identity, signal: AbortSignal): Promise<Socket> {
    return this.#track(await this.dialer.dial(['http/1.1'], identity, signal));
  }

  /** The next request gets a new connection; those under way may finish on the old one. */
  renew(): void {
    const old = this.#transport;
    this.#transport = undefined;
    old?.then((transport) => transport.close()).catch(() => undefined);
  }

  close(): void {
    this.#closed.abort(new Error('closed'));
    this.renew();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forget(transport: Promise<Transport>): void {
    if (this.#transport === transport) this.#transport = undefined;
  }

  /** Bounded by itself, not by the request that comes first, because others wait for the same connection. */
  #connect(identity: Identity, onGone: () => void): Promise<Transport> {
    const dial = (protocols: string[]): Promise<Socket> =>
      bounded(this.timeoutMs, this.#closed.signal, async (signal) =>
        this.#track(await this.dialer.dial(protocols, identity, signal)),
      );
    return dial(['h2', 'http/1.1']).then((socket) =>
      (socket as Partial<TLSSocket>).alpnProtocol === 'h2'
        ? http2Transport(this.authority, socket, onGone)
        : http1Transport(socket, () => dial(['http/1.1'])),
    );
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    // It may fail while it is idle, when no request listens.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
