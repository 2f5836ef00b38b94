/**
 * A request on a connection of its own, a GET as a rule, bounded as a whole. Every way in which it can fail is a value
 * (`HttpExchange.outcome`), because to see how a backend fails is what a probe is for.
 */
import { request as startRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { HttpExchange } from '../evidence.js';
import { patientTimeout } from '../patient-timer.js';
import { addressesOf, hostOf, portOf } from '../url-parts.js';
import { BodyReader } from './body.js';
import { exchangeOf, failedExchange, type Answer } from './exchange.js';
import { describeFailure, ProbeFailure, speaksTls, type Phase } from './failures.js';

export interface ProbeOptions {
  /** Milliseconds for the whole exchange, body included. */
  timeoutMs: number;
  /** Milliseconds until the connection (and its TLS) must stand. */
  connectTimeoutMs: number;
  /** Bytes of the decoded body. */
  maxBytes: number;
  /** GET by default. */
  method?: string;
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** Host name or IP address to connect to in place of the URL's; host, and the name of a certificate, stay the URL's. */
  at?: string;
  /** Hides secrets in text that came back. */
  clean: (text: string) => string;
  /** Called with the IP address that has answered. */
  onAnswer?: (address: string) => void;
  /** Called with the headers of the answer, as they came. */
  onHeaders?: (headers: Readonly<Record<string, string>>) => void;
}

/**
 * One request for an http or https URL, without following redirects.
 * @returns always an exchange; rejects only when `signal` was aborted
 */
export async function probe(url: string, options: ProbeOptions): Promise<HttpExchange> {
  const begin = performance.now();
  const ms = () => Math.round((performance.now() - begin) * 10) / 10;
  const target = new URL(url);
  const received = await sendToFirst(target, addressesOf(options.at ?? hostOf(target)), options).catch(
    async (failure: unknown) => {
      if (!(failure instanceof ProbeFailure)) throw failure;
      return withTlsHint(target, failure, options);
    },
  );
  if (received instanceof ProbeFailure) return failedExchange(url, received.outcome, received.message, ms());
  options.onHeaders?.(received.headers);
  return exchangeOf(url, received, ms(), options.clean);
}

/** To an address at which nobody listens, or which this machine has not. */
const isNobody = (failure: unknown): boolean =>
  failure instanceof ProbeFailure && (failure.outcome === 'refused' || failure.outcome === 'unreachable');

/**
 * One request to the first of these addresses at which something listens. To be refused takes no time: the bounds hold.
 * @throws ProbeFailure, that of the first address where nobody listens at any; or the reason of `signal`
 */
async function sendToFirst(
  target: URL,
  [address = '', ...others]: readonly string[],
  options: ProbeOptions,
): Promise<Answer> {
  return send(target, address, options).catch((failure: unknown) => {
    if (others.length === 0 || !isNobody(failure)) throw failure;
    return sendToFirst(target, others, options).catch((other: unknown) => {
      throw isNobody(other) ? failure : other;
    });
  });
}

/** One request to one address. @throws ProbeFailure, or the reason of `signal` */
async function send(target: URL, host: string, options: ProbeOptions): Promise<Answer> {
  const { signal, timeoutMs, connectTimeoutMs } = options;
  signal.throwIfAborted();
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
  const socket = connect(target, host);
  socket.once(isSecure(target) ? 'secureConnect' : 'connect', () => {
    if (phase === 'connecting') phase = 'waiting';
  });
  const sent = request(target, socket, options);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      abort = reject;
      const fail = (error: Error) => reject(describeFailure(target, phase, error));
      // Errors after the end concern nobody; without a listener they would end the process.
      sent.on('error', fail);
      sent.on('response', (response) => {
        phase = 'reading';
        if (socket.remoteAddress !== undefined) options.onAnswer?.(socket.remoteAddress);
        receive(response, options, resolve, fail);
      });
    });
  } finally {
    stopWhole();
    stopConnecting();
    signal.removeEventListener('abort', onAbort);
    sent.destroy();
  }
}

/** A connection of its own, without an agent, which would keep and share it. */
function connect(target: URL, host: string): Socket {
  const [name, port] = [hostOf(target), portOf(target)];
  if (!isSecure(target)) return connectTcp({ host, port });
  return connectTls({ host, port, ...(isIP(name) === 0 && { servername: name }) });
}

const isSecure = ({ protocol }: URL): boolean => protocol === 'https:';

function request(target: URL, socket: Socket, { method, headers }: ProbeOptions): ClientRequest {
  return startRequest({
    ...(method !== undefined && { method }),
    createConnection: () => socket,
    path: `${target.pathname}${target.search}`,
    headers: {
      host: target.host,
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': 'todo-k8s',
      ...headers,
    },
  }).end();
}

function receive(
  response: IncomingMessage,
  options: ProbeOptions,
  resolve: (answer: Answer) => void,
  fail: (error: Error) => void,
): void {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const reader = new BodyReader(headers['content-encoding'], options.maxBytes);
  const finish = () =>
    void reader.end().then((body) => resolve({ status: response.statusCode ?? 0, headers, body }));
  // Enough was read: the rest of an endless body is not waited for.
  reader.onFull = finish;
  response.on('data', (chunk: Buffer) => reader.push(chunk));
  response.on('end', finish);
  response.on('error', fail);
}

/** A server that speaks TLS and was asked in plain HTTP mostly just hangs up: only a handshake tells it apart. */
async function withTlsHint(target: URL, failure: ProbeFailure, options: ProbeOptions): Promise<ProbeFailure> {
  if (target.protocol !== 'http:' || failure.outcome !== 'reset') return failure;
  const port = portOf(target);
  if (!(await speaksTls(hostOf(target), port, Math.min(options.connectTimeoutMs, 500)))) return failure;
  return new ProbeFailure('tls', `port ${port} speaks TLS (https), and was asked in plain HTTP`);
}
