/**
 * The one adapter around undici: a GET on a connection of its own, bounded as a whole. Every way in which it can fail
 * is a value (`HttpExchange.outcome`), because to see how a backend fails is what a probe is for.
 */
import type { Dispatcher } from 'undici';
import type { HttpExchange } from '../evidence.js';
import { patientTimeout } from '../patient-timer.js';
import { BodyReader } from './body.js';
import { exchangeOf, failedExchange, type Answer } from './exchange.js';
import { describeFailure, ProbeFailure, speaksTls, type Phase } from './failures.js';
import { openClient } from './one-client.js';

export interface ProbeOptions {
  /** Milliseconds for the whole exchange, body included. */
  timeoutMs: number;
  /** Milliseconds until the connection (and its TLS) must stand. */
  connectTimeoutMs: number;
  /** Bytes of the decoded body. */
  maxBytes: number;
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** Hides secrets in text that came back. */
  clean: (text: string) => string;
}

/**
 * GET of an http or https URL without following redirects.
 * @returns always an exchange; rejects only when `signal` was aborted
 */
export async function probe(url: string, options: ProbeOptions): Promise<HttpExchange> {
  const begin = performance.now();
  const ms = () => Math.round((performance.now() - begin) * 10) / 10;
  const target = new URL(url);
  const received = await send(target, options).catch(async (failure: unknown) => {
    if (!(failure instanceof ProbeFailure)) throw failure;
    return withTlsHint(target, failure, options);
  });
  if (received instanceof ProbeFailure) return failedExchange(url, received.outcome, received.message, ms());
  return exchangeOf(url, received, ms(), options.clean);
}

/** One request. @throws ProbeFailure, or the reason of `signal` */
async function send(target: URL, options: ProbeOptions): Promise<Answer> {
  const { signal, timeoutMs, connectTimeoutMs } = options;
  signal.throwIfAborted();
  // pipelining 0: the connection ends with the response.
  const { client, end } = openClient(target.origin, 0);
  let phase: Phase = 'connecting';
  let abort: (failure: Error) => void = () => undefined;
  const expired = (bound: number) => abort(describeFailure(target, phase, bound));
  const stopWhole = patientTimeout(() => expired(timeoutMs), timeoutMs);
  const stopConnecting = patientTimeout(
    () => phase === 'connecting' && expired(connectTimeoutMs),
    connectTimeoutMs,
  );
  const onAbort = () => abort(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  client.once('connect', () => {
    if (phase === 'connecting') phase = 'waiting';
  });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      abort = reject;
      client.dispatch(request(target, options), {
        ...handler(options, () => (phase = 'reading'), resolve),
        onResponseError: (_controller, error) => reject(describeFailure(target, phase, error)),
      });
    });
  } finally {
    stopWhole();
    stopConnecting();
    signal.removeEventListener('abort', onAbort);
    end();
  }
}

function request(target: URL, options: ProbeOptions): Dispatcher.DispatchOptions {
  return {
    method: 'GET',
    path: `${target.pathname}${target.search}`,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'todo-k8s', ...options.headers },
    reset: true,
  };
}

function handler(
  options: ProbeOptions,
  onHead: () => void,
  resolve: (answer: Answer) => void,
): Dispatcher.DispatchHandler {
  let status = 0;
  let headers: Record<string, string> = {};
  let body: BodyReader | undefined;
  const finish = (reader: BodyReader) =>
    void reader.end().then((read) => resolve({ status, headers, body: read }));
  return {
    // Its presence tells undici which of its two handler interfaces this is.
    onRequestStart: () => undefined,
    onResponseStart(_controller, statusCode, received) {
      if (statusCode < 200) return;
      onHead();
      status = statusCode;
      headers = Object.fromEntries(
        Object.entries(received).map(([key, value]) => [
          key.toLowerCase(),
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      const reader = new BodyReader(headers['content-encoding'], options.maxBytes);
      // Enough was read: the rest of an endless body is not waited for.
      reader.onFull = () => finish(reader);
      body = reader;
    },
    onResponseData: (_controller, chunk) => body?.push(chunk),
    onResponseEnd: () => {
      if (body) finish(body);
    },
  };
}

/** A server that speaks TLS and was asked in plain HTTP mostly just hangs up: only a handshake tells it apart. */
async function withTlsHint(target: URL, failure: ProbeFailure, options: ProbeOptions): Promise<ProbeFailure> {
  if (target.protocol !== 'http:' || failure.outcome !== 'reset') return failure;
  const port = Number(target.port || 80);
  if (!(await speaksTls(target.hostname, port, Math.min(options.connectTimeoutMs, 500)))) return failure;
  return new ProbeFailure('tls', `port ${port} speaks TLS (https), and was asked in plain HTTP`);
}
