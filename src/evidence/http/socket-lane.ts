/**
 * A connection for each request over plain HTTP, as bare as it can be: a load run through undici costs five times the
 * CPU for each connection (docs/load-balancing.md, Cost), and would measure this program instead of the Service.
 */
import { connect, type Socket } from 'node:net';
import type { HttpOutcome } from '../evidence.js';
import type { Lane, LaneOptions, Reply } from './lane.js';
import { ResponseReader } from './response-reader.js';

/** Where a plain HTTP server listens. */
export interface SocketAddress {
  /** An IP address: a name would be looked up anew for each connection. */
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

export class SocketLane implements Lane {
  readonly #reader = new ResponseReader();
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #suffix: string;
  #cut: () => void = () => undefined;

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
  }

  exchange(target: string, wantsContent: boolean): Promise<Reply> {
    return new Promise((resolve) => {
      const reader = this.#reader;
      reader.reset(wantsContent);
      const start = performance.now();
      let connectMs = Number.NaN;
      let firstByteMs = Number.NaN;
      let reply: Reply | undefined;
      let linger: NodeJS.Timeout | undefined;

      const finish = (outcome: Reply['outcome']): void => {
        if (reply) return;
        clearTimeout(timer);
        const { status, head, body } = reader;
        const totalMs = performance.now() - start;
        const hasResponse = outcome === 'response';
        reply = { outcome, status: hasResponse ? status : 0, head, body, connectMs, firstByteMs, totalMs };
        if (hasResponse) linger = setTimeout(() => socket.destroy(), LINGER_MS);
        else socket.destroy();
      };
      const receive = (length: number): boolean => {
        if (reply) return true;
        if (Number.isNaN(firstByteMs)) firstByteMs = performance.now() - start;
        const progress = reader.push(this.#buffer, length);
        if (progress === 'done') finish('response');
        else if (progress === 'bad') finish('not-http');
        return true;
      };
      const socket: Socket = connect({
        host: this.address.host,
        port: this.address.port,
        noDelay: true,
        allowHalfOpen: true,
        onread: { buffer: this.#buffer, callback: receive },
      });
      const timer = setTimeout(
        () => finish(reader.hasHead ? 'body-timeout' : 'timeout'),
        this.options.timeoutMs,
      );
      this.#cut = () => finish('cut');
      socket.once('connect', () => (connectMs = performance.now() - start));
      socket.on('error', (error: NodeJS.ErrnoException) => finish(outcomeOf(error.code)));
      // The server has closed first. Destroyed, this end closes with one system call; ended, it would take two.
      socket.once('end', () => {
        finish(reader.end() ? 'response' : 'reset');
        socket.destroy();
      });
      socket.once('close', () => {
        clearTimeout(linger);
        finish('reset');
        if (reply) resolve(reply);
      });
      socket.write(`GET ${target}${this.#suffix}`, 'latin1');
    });
  }

  close(): void {
    this.#cut();
  }
}

const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN']);

function outcomeOf(code: string | undefined): HttpOutcome {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT') return 'timeout';
  return UNREACHABLE.has(code ?? '') ? 'unreachable' : 'reset';
}
