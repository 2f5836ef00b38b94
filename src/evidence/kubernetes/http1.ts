/** HTTP/1.1 to the API server, over connections that are kept alive. */
import { Agent, request as sendRequest } from 'node:http';
import type { Socket } from 'node:net';
import { plainHeaders, resetError, type Transport, type WireRequest, type WireResponse } from './wire.js';

/**
 * Calls that overlap share this many connections. With one alone, a slow answer would hold up all other calls until
 * they miss their own bounds.
 */
const MAX_CONNECTIONS = 4;

class DialledAgent extends Agent {
  #first: Socket | undefined;

  constructor(
    first: Socket,
    private readonly dial: () => Promise<Socket>,
  ) {
    super({ keepAlive: true });
    this.#first = first;
  }

  override createConnection(
    _options: object,
    callback?: (error: Error | null, socket: Socket) => void,
  ): Socket {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined && !first.destroyed) return first;
    this.dial().then(
      (socket) => callback?.(null, socket),
      (error: unknown) => callback?.(error as Error, undefined as unknown as Socket),
    );
    // Node takes "nothing yet" for an answer and waits for the callback; its types do not say so.
    return undefined as unknown as Socket;
  }
}

/** Counts requests, because Node's own limit does not count connections that are still being opened. */
class Slots {
  #free = MAX_CONNECTIONS;
  readonly #waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/**
 * @param first a connected socket
 * @param dial opens another one
 */
export function http1Transport(first: Socket, dial: () => Promise<Socket>): Transport {
  const agent = new DialledAgent(first, dial);
  const slots = new Slots();
  return {
    async send(request, signal) {
      await slots.take();
      return send(agent, request, signal, () => slots.give());
    },
    close: () => agent.destroy(),
  };
}

function send(
  agent: Agent,
  wire: WireRequest,
  signal: AbortSignal,
  onDone: () => void,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      onDone();
      reject(signal.reason as Error);
      return;
    }
    const { method, path, headers } = wire;
    const request = sendRequest({ agent, method, path, headers, setHost: false });
    const onAbort = (): void => {
      request.destroy(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays for the whole life of the request: a socket may fail after the answer as well.
    request.on('error', reject);
    request.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      onDone();
      reject(resetError());
    });
    request.once('response', (response) => {
      signal.removeEventListener('abort', onAbort);
      resolve({
        status: response.statusCode ?? 0,
        headers: plainHeaders(response.headers),
        body: response,
        complete: () => response.complete,
      });
    });
    request.end(wire.body);
  });
}
