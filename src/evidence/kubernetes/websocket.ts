/**
 * Streams in and out of pods (exec, port-forward): WebSocket messages whose first byte names a channel.
 *
 * Spoken with `ws` directly rather than with the generated client's Exec and PortForward. Those cost loading the
 * whole client (bundled: 100 ms of CPU and 940 KiB, against 28 ms and 48 KiB for `ws`; median of 9 starts of Node 20,
 * bare Node subtracted), wait forever when a socket closes without a status, throw uncaught when a frame is
 * malformed, and know no bound.
 */
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import type { Api } from './api.js';
import type { Call } from './api-path.js';
import type { KubernetesError } from './client.js';
import { resetError } from './wire.js';

/** v5 only adds closing standard input, which exec.ts does not need; servers before 1.30 speak v4. */
export const CHANNEL_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

export interface ChannelHandlers {
  /** One message without its channel byte. */
  onData(channel: number, data: Buffer): void;
  /** The connection has ended, for whatever reason; called once, and only after it was open. */
  onEnd(closeCode: number): void;
}

/**
 * Opens a channel connection on a connection of its own (API servers speak WebSocket over HTTP/1.1 only). The signal
 * counts until it is open; from then on the caller ends it.
 * @param onConnected called when TCP and TLS are there, and the server's answer is waited for
 * @throws KubernetesError when the server refuses; Error of the socket; the signal's reason
 */
export async function openChannels(
  api: Api,
  call: Call,
  path: string,
  protocols: string[],
  handlers: ChannelHandlers,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<WebSocket> {
  const identity = await api.credentials.identity();
  const socket = await api.connection.dial(identity, signal);
  onConnected();
  const address = api.address(path);
  return new Promise((resolve, reject) => {
    // `ws:` because the socket, already connected, has done its TLS.
    const webSocket = new WebSocket(`ws://${address.host}${address.path}`, protocols, {
      createConnection: () => socket,
      headers: { ...flat(identity.headers), 'user-agent': 'todo-k8s' },
      perMessageDeflate: false,
      followRedirects: false,
    });
    let open = false;
    const onAbort = (): void => {
      webSocket.terminate();
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    webSocket.on('open', () => {
      open = true;
      signal.removeEventListener('abort', onAbort);
      resolve(webSocket);
    });
    webSocket.on('message', (data: Buffer) => {
      const channel = data[0];
      if (channel !== undefined) handlers.onData(channel, data.subarray(1));
    });
    webSocket.on('unexpected-response', (_request, response) => {
      signal.removeEventListener('abort', onAbort);
      refused(api, call, response, signal).then(reject, reject);
    });
    // An error is always followed by `close`; without a listener it would end the process.
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      if (!open) reject(error.code === undefined ? notWebSocket(api, call) : error);
    });
    webSocket.on('close', (code) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      if (open) handlers.onEnd(code);
      else reject(resetError());
    });
  });
}

function notWebSocket(api: Api, call: Call): KubernetesError {
  return api.failures.of(
    call,
    'unsupported',
    'the server does not speak Kubernetes’ WebSocket protocol for it',
  );
}

/** The answer to an upgrade that was refused. */
async function refused(api: Api, call: Call, response: IncomingMessage, signal: AbortSignal): Promise<Error> {
  const chunks: Buffer[] = [];
  let received = 0;
  const onAbort = (): void => {
    response.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      received += chunk.length;
      if (received > 65_536) break;
    }
  } catch {
    // The status alone says enough.
  } finally {
    signal.removeEventListener('abort', onAbort);
    response.destroy();
  }
  const headers = { 'content-type': response.headers['content-type'] ?? '' };
  return api.refusal(call, { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
}

/** `ws` types repeated headers as one text, but hands them to node:http, which sends each value. */
function flat(headers: Record<string, string | string[]>): Record<string, string> {
  return headers as Record<string, string>;
}
