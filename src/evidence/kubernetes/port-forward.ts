/**
 * A loopback port that leads to a port of a pod. Each TCP connection becomes one WebSocket, because the protocol
 * carries one connection for each: channel 0 is its data, channel 1 the kubelet's error, and the first message of
 * both repeats the port number (two bytes).
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (portforward, `ports`).
 */
import { createServer, type Server, type Socket } from 'node:net';
import WebSocket from 'ws';
import type { Api } from './api.js';
import { podSubresource, query, type Call } from './api-path.js';
import { bounded } from './bounded.js';
import type { Progress } from './errors.js';
import { openChannels } from './websocket.js';

const DATA = 0;
const ERROR = 1;
const PROTOCOLS = ['v4.channel.k8s.io'];
/** Bytes on their way to the pod beyond which the local side is held back. */
const HIGH_WATER_BYTES = 1 << 20;

/**
 * Listens on 127.0.0.1 until closed, or until the signal aborts. A connection that cannot be carried to the pod is
 * reset, so that its client sees a failure and not an empty answer.
 * @throws KubernetesError when the API server does not allow or cannot do it (tried once before listening)
 */
export async function portForward(
  api: Api,
  pod: { namespace: string; name: string },
  port: number,
  signal: AbortSignal,
): Promise<{ localPort: number; close(): Promise<void> }> {
  const call: Call = {
    action: `forward port ${port} of pod "${pod.name}" in namespace "${pod.namespace}"`,
    access: { verb: 'create', group: '', resource: 'pods/portforward' },
  };
  const path = `${podSubresource(pod, 'portforward')}${query({ ports: port })}`;
  const trial = await open(api, call, path, { onData: () => undefined, onEnd: () => undefined }, signal);
  trial.terminate();

  const stopped = new AbortController();
  const locals = new Set<Socket>();
  const server = createServer((local) => {
    locals.add(local);
    local.on('error', () => local.destroy());
    local.once('close', () => locals.delete(local));
    carry(api, call, path, local, stopped.signal).catch(() => local.resetAndDestroy());
  });
  const localPort = await listen(server);
  const close = async (): Promise<void> => {
    stopped.abort(new Error('closed'));
    for (const local of locals) local.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  signal.addEventListener('abort', () => void close(), { once: true });
  return { localPort, close };
}

async function open(
  api: Api,
  call: Call,
  path: string,
  handlers: Parameters<typeof openChannels>[4],
  signal: AbortSignal,
): Promise<WebSocket> {
  const progress: Progress = { phase: 'connecting', received: 0 };
  try {
    return await bounded(api.requestTimeoutMs, signal, (inner) =>
      openChannels(api, call, path, PROTOCOLS, handlers, inner, () => (progress.phase = 'waiting')),
    );
  } catch (error) {
    throw api.failures.thrown(call, error, progress, api.requestTimeoutMs);
  }
}

async function carry(api: Api, call: Call, path: string, local: Socket, signal: AbortSignal): Promise<void> {
  local.pause();
  const portSeen = new Set<number>();
  const pod: { socket?: WebSocket } = {};
  pod.socket = await open(
    api,
    call,
    path,
    {
      onData: (channel, data) => {
        const content = portSeen.has(channel) ? data : data.subarray(2);
        portSeen.add(channel);
        if (content.length === 0) return;
        if (channel === ERROR) local.resetAndDestroy();
        if (channel === DATA && !local.destroyed && !local.write(content)) {
          pod.socket?.pause();
          local.once('drain', () => pod.socket?.resume());
        }
      },
      onEnd: () => local.end(),
    },
    signal,
  );
  const webSocket = pod.socket;
  local.on('data', (chunk: Buffer) => {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    webSocket.send(Buffer.concat([Buffer.of(DATA), chunk]), () => local.resume());
    if (webSocket.bufferedAmount > HIGH_WATER_BYTES) local.pause();
  });
  local.once('close', () => webSocket.terminate());
  if (local.destroyed) webSocket.terminate();
  local.resume();
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
