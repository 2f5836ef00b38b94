/** HTTP/2 to the API server: every call is a stream of one connection. */
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { plainHeaders, resetError, type Transport, type WireRequest, type WireResponse } from './wire.js';

/** The default of 64 KiB would cost a round trip for each 64 KiB of a large list. */
const WINDOW_BYTES = 16 << 20;

/**
 * @param socket a connected TLS socket that agreed on `h2`
 * @param onGone called when new requests need a new connection
 */
export function http2Transport(authority: URL, socket: Socket, onGone: () => void): Transport {
  const session = connect(authority, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
  });
  session.once('connect', () => session.setLocalWindowSize(WINDOW_BYTES));
  // Each stream tells its own call; the session's copy of the error has no other reader.
  session.on('error', () => undefined);
  // An API server may send its clients away to balance load (--goaway-chance); streams under way still finish.
  session.once('goaway', onGone);
  session.once('close', onGone);

  let lastHeard = performance.now();
  return {
    send: (wire, signal) =>
      send(session, wire, signal, {
        heard: () => (lastHeard = performance.now()),
        silentSince: (started) => {
          if (lastHeard >= started) return;
          // Nothing at all came back: the connection may be dead without saying so.
          onGone();
          session.close();
        },
      }),
    close: () => session.close(),
  };
}

interface Liveness {
  heard(): void;
  /** A request that was sent at this time is given up without an answer. */
  silentSince(started: number): void;
}

function send(
  session: ClientHttp2Session,
  wire: WireRequest,
  signal: AbortSignal,
  liveness: Liveness,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const started = performance.now();
    const { host, ...headers } = wire.headers;
    const stream = session.request(
      {
        ...headers,
        [constants.HTTP2_HEADER_METHOD]: wire.method,
        [constants.HTTP2_HEADER_AUTHORITY]: host,
        [constants.HTTP2_HEADER_PATH]: wire.path,
      },
      { endStream: wire.body === undefined },
    );
    const onAbort = (): void => {
      stream.close(constants.NGHTTP2_CANCEL);
      liveness.silentSince(started);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stream.on('error', reject);
    stream.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      reject(resetError());
    });
    stream.once('response', (received) => {
      liveness.heard();
      signal.removeEventListener('abort', onAbort);
      resolve({
        status: received[':status'] ?? 0,
        headers: plainHeaders(received),
        body: stream,
        complete: () => !stream.aborted && stream.rstCode === constants.NGHTTP2_NO_ERROR,
      });
    });
    if (wire.body !== undefined) stream.end(wire.body);
  });
}
