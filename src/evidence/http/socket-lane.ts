/**
 * A connection for each request over plain HTTP, as bare as it can be: a load run through undici costs five times the
 * CPU for each connection (docs/load-balancing.md, Cost), and would measure this program instead of the Service.
 */
import { connect, type Socket } from 'node:net';
import type { HttpOutcome } from '../evidence.js';
import { isOwnLimit } from './failures.js';
import type { Lane, LaneOptions, Reply } from './lane.js';
import { ResponseReader } from './response-reader.js';

/** Where a plain HTTP server listens. */
export interface SocketAddress {
  /** An IP address: a name would be looked up again for each connection. */
  host: string;
  port: number;
  /** For the Host header. */
  authority: string;
}

const BUFFER_BYTES = 64 * 1024;

/**
 * Milliseconds that the server has to close the connection after its response. Whoever closes first keeps the port in
 * TIME_WAIT: were it always the client, a long run would use up its ports.
 */
const LINGER_MS = 50;

/**
 * What a request needs besides its socket (timers, listeners, buffer) is made once for the lane: most of the CPU that a
 * connection takes goes to the kernel, and this is the rest.
 */
export class SocketLane implements Lane {
  readonly #reader = new ResponseReader();
  readonly #onread: { buffer: Buffer; callback: (length: number) => boolean };
  readonly #suffix: string;
  #expiry: NodeJS.Timeout | undefined;
  #linger: NodeJS.Timeout | undefined;
  #socket: Socket | undefined;
  #resolve: (reply: Reply) => void = () => undefined;
  /** Of the request under way: undefined as long as it has not ended. */
  #reply: Reply | undefined;
  #target = '';
  #start = 0;
  #connectMs = Number.NaN;
  #firstByteMs = Number.NaN;

  constructor(
    private readonly address: SocketAddress,
    private readonly options: LaneOptions,
  ) {
    const fields: (readonly [name: string, value: string])[] = [
      ['host', address.authority],
      ['user-agent', 'todo-k8s'],
      ['accept', '*/*'],
      ['accept-encoding', 'identity'],
      ...options.headers,
      ['connection', 'close'],
    ];
    this.#suffix = ` HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    this.#onread = { buffer, callback: (length) => this.#receive(length) };
  }

  exchange(target: string, wantsContent: boolean): Promise<Reply> {
    this.#reader.reset(wantsContent);
    this.#reply = undefined;
    this.#target = target;
    this.#connectMs = Number.NaN;
    this.#firstByteMs = Number.NaN;
    this.#start = performance.now();
    // A timer that goes on costs less than one that is made and cleared for each request.
    if (this.#expiry) this.#expiry.refresh();
    else this.#expiry = setTimeout(this.#onExpiry, this.options.timeoutMs);
    return new Promise((resolve) => {
      this.#resolve = resolve;
      const { host, port } = this.address;
      const socket = connect({ host, port, allowHalfOpen: true, onread: this.#onread });
      this.#socket = socket;
      socket.on('connect', this.#onConnect);
      socket.on('error', this.#onError);
      socket.on('end', this.#onEnd);
      socket.on('close', this.#onClose);
    });
  }

  close(): void {
    this.#finish('cut');
    clearTimeout(this.#expiry);
    this.#expiry = undefined;
  }

  readonly #onExpiry = (): void => this.#finish(this.#reader.hasHead ? 'body-timeout' : 'timeout');

  readonly #onConnect = (): void => {
    this.#connectMs = this.#elapsedMs;
    this.#socket?.write(`GET ${this.#target}${this.#suffix}`, 'latin1');
  };

  readonly #onError = ({ code }: NodeJS.ErrnoException): void => this.#finish(outcomeOf(code));

  /** The server has closed first. Destroyed, this end closes with one system call; ended, it would take two. */
  readonly #onEnd = (): void => {
    this.#finish(this.#reader.end() ? 'response' : 'reset');
    this.#socket?.destroy();
  };

  /** Only now the next request may have the buffer and the listeners. */
  readonly #onClose = (): void => {
    clearTimeout(this.#linger);
    this.#finish('reset');
    this.#socket = undefined;
    if (this.#reply) this.#resolve(this.#reply);
  };

  get #elapsedMs(): number {
    return performance.now() - this.#start;
  }

  #receive(length: number): boolean {
    if (this.#reply) return true;
    if (Number.isNaN(this.#firstByteMs)) this.#firstByteMs = this.#elapsedMs;
    const progress = this.#reader.push(this.#onread.buffer, length);
    if (progress === 'done') this.#finish('response');
    else if (progress === 'bad') this.#finish('not-http');
    return true;
  }

  /** The request has ended, once; its socket is still to be closed. */
  #finish(outcome: Reply['outcome']): void {
    const socket = this.#socket;
    if (this.#reply || !socket) return;
    const { status, head, body } = this.#reader;
    const hasResponse = outcome === 'response';
    this.#reply = {
      outcome,
      status: hasResponse ? status : 0,
      head,
      body,
      connectMs: this.#connectMs,
      firstByteMs: this.#firstByteMs,
      totalMs: this.#elapsedMs,
    };
    if (hasResponse) this.#linger = setTimeout(() => socket.destroy(), LINGER_MS);
    else socket.destroy();
  }
}

const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN']);

function outcomeOf(code: string | undefined): HttpOutcome {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT') return 'timeout';
  if (isOwnLimit(code)) return 'own-limit';
  return UNREACHABLE.has(code ?? '') ? 'unreachable' : 'reset';
}
