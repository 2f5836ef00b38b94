/** One call to the API server: bounded, retried where that is safe, its failures told in words. */
import type { Call } from './api-path.js';
import { bounded, orStopped, pause } from './bounded.js';
import type { KubernetesError } from './client.js';
import type { Connection } from './connection.js';
import type { Credentials } from './credentials.js';
import type { Failures } from './errors.js';
import { isHtml, type Progress } from './errors.js';
import { readBody, type WireRequest } from './wire.js';
import { ServerClock } from './server-clock.js';

export interface Answer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  /** The body was longer than the limit. */
  truncated: boolean;
}

export interface Request {
  call: Call;
  /** With query. */
  path: string;
  accept: string;
  body?: object;
  /** GET where it is not said, with a body POST. */
  method?: 'POST' | 'PATCH' | 'DELETE';
  /** Of the body; JSON where it is not said. */
  contentType?: string;
  /** Bytes of the body that are read (more of an answer that is an error). */
  maxBytes: number;
  /** False where a request must not be repeated. */
  retry: boolean;
}

const MAX_TRIES = 3;
/** Milliseconds before the second and third try, where the server does not say. */
const BACKOFF_MS = [100, 300];
const RETRIED_STATUS = new Set([429, 500, 503, 504]);
/** The connection ended before any answer: a kept-alive connection may do so at any time. */
const RETRIED_CODES = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_STREAM_CANCEL',
]);
/** A Status (meta/v1) is much smaller. */
const MAX_STATUS_BYTES = 64 << 10;
/** A page of 500 pods is 2 to 5 MB. */
const MAX_JSON_BYTES = 64 << 20;

export class Api {
  readonly clock = new ServerClock();

  constructor(
    readonly failures: Failures,
    readonly credentials: Credentials,
    readonly connection: Connection,
    private readonly server: URL,
    /** Milliseconds for each call, retries included. */
    readonly requestTimeoutMs: number,
  ) {}

  /** Path on the wire and Host header: the server's URL may have a path of its own. */
  address(path: string): { path: string; host: string } {
    return {
      path: `${this.server.pathname === '/' ? '' : this.server.pathname}${path}`,
      host: this.server.host,
    };
  }

  /**
   * Sends a request and reads its answer, whatever the status.
   * @throws KubernetesError when there is no (complete) answer
   */
  async answer(request: Request, signal: AbortSignal): Promise<Answer> {
    const progress: Progress = { phase: 'connecting', received: 0 };
    try {
      // A credential plugin has a bound of its own, and a message of its own when it misses it.
      await orStopped(signal, () => this.credentials.identity());
      return await bounded(this.requestTimeoutMs, signal, (inner) => this.#tries(request, progress, inner));
    } catch (error) {
      throw this.failures.thrown(request.call, error, progress, this.requestTimeoutMs);
    }
  }

  /**
   * Sends a request whose answer must be JSON.
   * @returns undefined for a 404 that `absent` accepts, as far as it is the API server that says so
   * @throws KubernetesError for any other status that is not a success, and for what is not JSON
   */
  async json(
    request: Omit<Request, 'maxBytes'>,
    signal: AbortSignal,
    absent: (body: Buffer) => boolean = () => false,
  ): Promise<unknown> {
    const { call } = request;
    const answer = await this.answer({ ...request, maxBytes: MAX_JSON_BYTES }, signal);
    if (answer.status === 404 && absent(answer.body)) return undefined;
    if (answer.status < 200 || answer.status > 299) throw this.refusal(call, answer);
    if (answer.truncated) {
      throw this.failures.of(
        call,
        'failed',
        `the answer is larger than ${MAX_JSON_BYTES >> 20} MiB`,
        answer.status,
      );
    }
    try {
      return JSON.parse(answer.body.toString('utf8')) as unknown;
    } catch {
      if (isHtml(answer.headers, answer.body)) throw this.failures.html(call, answer.status);
      const cause = `the answer (HTTP ${answer.status}, ${answer.body.length} bytes) is not JSON, or was cut off`;
      throw this.failures.of(call, 'failed', cause, answer.status);
    }
  }

  /** The error for an answer that is not a success. */
  refusal(call: Call, answer: Pick<Answer, 'status' | 'headers' | 'body'>): KubernetesError {
    return this.failures.status(call, answer.status, answer.headers, answer.body, () =>
      this.credentials.explainRefusal(),
    );
  }

  async #tries(request: Request, progress: Progress, signal: AbortSignal): Promise<Answer> {
    const until = performance.now() + this.requestTimeoutMs;
    for (let tried = 1; ; tried += 1) {
      const mayRepeat = request.retry && tried < MAX_TRIES;
      let waitMs = BACKOFF_MS[tried - 1] ?? 0;
      try {
        const answer = await this.#once(request, progress, signal);
        if (answer.status === 401 && tried === 1 && this.credentials.renew()) {
          // A plugin's credential may be one of a certificate, which belongs to the connection.
          this.connection.renew();
          continue;
        }
        if (!mayRepeat || !RETRIED_STATUS.has(answer.status)) return answer;
        waitMs = retryAfterMs(answer.headers['retry-after']) ?? waitMs;
        // What the server asks for does not fit: its answer is all that there will be.
        if (performance.now() + waitMs >= until) return answer;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        if (!mayRepeat || progress.phase !== 'waiting' || !RETRIED_CODES.has(code)) throw error;
        waitMs = 0;
      }
      await pause(waitMs, signal);
    }
  }

  async #once(request: Request, progress: Progress, signal: AbortSignal): Promise<Answer> {
    progress.phase = 'connecting';
    const identity = await this.credentials.identity();
    const { path, host } = this.address(request.path);
    const wire: WireRequest = {
      method: request.method ?? (request.body === undefined ? 'GET' : 'POST'),
      path,
      headers: {
        ...identity.headers,
        host,
        accept: request.accept,
        'accept-encoding': 'identity',
        'user-agent': 'todo-k8s',
      },
    };
    if (request.body !== undefined) {
      wire.body = JSON.stringify(request.body);
      wire.headers['content-type'] = request.contentType ?? 'application/json';
      wire.headers['content-length'] = String(Buffer.byteLength(wire.body));
    }
    let sentAt = performance.now();
    const response = await this.connection.send(wire, identity, signal, () => {
      sentAt = performance.now();
      progress.phase = 'waiting';
    });
    // An answer that the server only passes on has the time of who wrote it.
    if (!/\/proxy(?:\/|$)/.test(request.path))
      this.clock.hear(response.headers.date, performance.now() - sentAt, Date.now());
    progress.phase = 'reading';
    progress.received = 0;
    // The server's reason for a failure is worth more than a small limit for successes.
    const maxBytes = response.status < 400 ? request.maxBytes : Math.max(request.maxBytes, MAX_STATUS_BYTES);
    const onChunk = (received: number): number => (progress.received = received);
    const read = await readBody(response, maxBytes, signal, onChunk);
    return { status: response.status, headers: response.headers, ...read };
  }
}

/** Retry-After in milliseconds: seconds, or a date. */
function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
