/** Requests through undici: over TLS on a connection each, or over one connection that is kept open. */
import { describeFailure, type Phase } from './failures.js';
import { CONTENT_BYTES, ENOUGH_BYTES, type Lane, type LaneOptions, type Reply } from './lane.js';
import { openClient, type OneClient } from './one-client.js';

export class UndiciLane implements Lane {
  #client: OneClient | undefined;
  #cut: () => void = () => undefined;

  /**
   * @param origin scheme, host and port
   * @param keepAlive all requests over one connection, opened again only where the server closes it
   * @param at where to connect to in place of the origin's host
   */
  constructor(
    private readonly origin: URL,
    private readonly options: LaneOptions,
    private readonly keepAlive: boolean,
    private readonly at?: string,
  ) {}

  exchange(target: string, wantsContent: boolean): Promise<Reply> {
    return new Promise((resolve) => {
      const { client, end } = (this.#client ??= openClient(
        this.origin.origin,
        this.keepAlive ? 1 : 0,
        this.at,
      ));
      const start = performance.now();
      const isOpen = this.keepAlive && client.stats.connected;
      let phase: Phase = isOpen ? 'waiting' : 'connecting';
      const reply: Reply = {
        outcome: 'response',
        status: 0,
        head: '',
        body: '',
        connectMs: Number.NaN,
        firstByteMs: Number.NaN,
        totalMs: 0,
      };
      let isOver = false;
      const finish = (outcome: Reply['outcome']): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        client.off('connect', onConnect);
        reply.outcome = outcome;
        if (outcome !== 'response') reply.status = 0;
        reply.totalMs = performance.now() - start;
        if (!this.keepAlive || outcome !== 'response') {
          this.#client = undefined;
          end();
        }
        resolve(reply);
      };
      const onConnect = (): void => {
        phase = 'waiting';
        reply.connectMs = performance.now() - start;
      };
      const timer = setTimeout(
        () => finish(phase === 'reading' ? 'body-timeout' : 'timeout'),
        this.options.timeoutMs,
      );
      this.#cut = () => finish('cut');
      client.once('connect', onConnect);
      let received = 0;
      client.dispatch(
        {
          method: 'GET',
          path: target,
          headers: [
            ...['user-agent', 'todo-k8s', 'accept', '*/*', 'accept-encoding', 'identity'],
            ...this.options.headers.flat(),
          ],
          reset: !this.keepAlive,
        },
        {
          // Its presence tells undici which of its two handler interfaces this is.
          onRequestStart: () => undefined,
          onResponseStart: (_controller, status, headers) => {
            if (status < 200) return;
            phase = 'reading';
            reply.status = status;
            reply.firstByteMs = performance.now() - start;
            if (wantsContent) reply.head = headText(headers);
          },
          onResponseData: (_controller, chunk) => {
            received += chunk.length;
            if (wantsContent && reply.body.length < CONTENT_BYTES) reply.body += chunk.toString('latin1');
            if (received > ENOUGH_BYTES) {
              // The rest of the body stands in the way of the next request on this connection.
              finish('response');
              this.close();
            }
          },
          onResponseEnd: () => finish('response'),
          onResponseError: (_controller, error) => {
            finish(describeFailure(this.origin, phase, error).outcome);
          },
        },
      );
    });
  }

  close(): void {
    this.#cut();
    this.#client?.end();
    this.#client = undefined;
  }
}

function headText(headers: Record<string, string | string[] | undefined>): string {
  return Object.entries(headers)
    .map(([name, value]) => `\r\n${name}: ${String(value)}`)
    .join('')
    .concat('\r\n');
}
