/** Requests that become a WebSocket: exec and port-forward. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ContainerView } from '../container-view.js';
import type { Cluster } from './cluster.js';
import type { serveExec } from './exec.js';
import type { servePortForward } from './portforward.js';
import { servedTypes } from './discovery.js';
import { given } from './objects.js';
import { parsePath } from './path.js';
import { authorize, findPod, requireKubelet } from './router.js';
import { ApiError, badRequest } from './status.js';

/** Answers an authenticated upgrade. Never rejects: failures go to the client as a Status. */
export async function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  cluster: Cluster,
): Promise<void> {
  try {
    await accept(request, socket, head, cluster);
  } catch (error) {
    refuse(socket, error instanceof ApiError ? error : new ApiError(500, 'InternalError', String(error)));
  }
}

/** Ends a connection that will not be upgraded, with the reason. */
export function refuse(socket: Duplex, error: ApiError): void {
  const body = `${JSON.stringify(error.status())}\n`;
  socket.end(
    `HTTP/1.1 ${error.code} ${STATUS_CODES[error.code] ?? ''}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function accept(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  cluster: Cluster,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://lab');
  const segments = url.pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  const path = parsePath(segments, servedTypes(false));
  const subresource = path?.subresource;
  if (path === undefined || (subresource !== 'exec' && subresource !== 'portforward')) {
    throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
  }
  // Until Kubernetes 1.35 the verb follows the method, and a WebSocket begins with a GET.
  authorize(cluster, path, request.method === 'POST' ? 'create' : 'get');
  const pod = findPod(cluster, path);
  requireKubelet(cluster, pod);
  const { metadata, spec, status } = pod.object;
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
    throw badRequest('the lab serves this over WebSocket only, as kubectl 1.31 and newer ask for it');
  }
  if (subresource === 'exec') {
    const container = given(url.searchParams, 'container') ?? spec.containers[0]?.name;
    const state = status?.containerStatuses?.find(({ name }) => name === container);
    if (state === undefined)
      throw badRequest(`container ${container ?? ''} is not valid for pod ${metadata.name}`);
    if (!state.state?.running) {
      throw new ApiError(
        500,
        'InternalError',
        `unable to upgrade connection: container not found ("${state.name}")`,
      );
    }
  } else if (status?.phase !== 'Running') {
    throw new ApiError(
      500,
      'InternalError',
      `unable to forward port because pod is not running. Current status=${status?.phase ?? ''}`,
    );
  }
  await handshake(request, socket, head, async (webSocket, protocol, streams) => {
    if (subresource === 'exec') {
      await streams.serveExec(
        webSocket,
        url.searchParams,
        new ContainerView(pod, cluster.world, cluster.store),
      );
      return;
    }
    const backend = cluster.backend(metadata.name);
    if (backend) streams.servePortForward(webSocket, protocol, url.searchParams, backend);
  });
}

/** Loaded before the handshake, because a client sends its standard input as soon as the connection is open. */
interface Streams {
  serveExec: typeof serveExec;
  servePortForward: typeof servePortForward;
}

type Serve = (socket: WebSocket, protocol: string, streams: Streams) => Promise<void>;

/** Loads `ws` at the first upgrade only: most labs never see one. */
async function handshake(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  serve: Serve,
): Promise<void> {
  const [{ WebSocketServer }, exec, portForward] = await Promise.all([
    import('ws'),
    import('./exec.js'),
    import('./portforward.js'),
  ]);
  const supported = request.url?.includes('/portforward')
    ? portForward.PORT_FORWARD_PROTOCOLS
    : exec.EXEC_PROTOCOLS;
  const offered = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim());
  const chosen = offered.find((protocol) => supported.includes(protocol));
  if (chosen === undefined)
    throw badRequest(`unable to upgrade: none of the protocols is supported: ${offered.join(', ')}`);
  // `ws` refuses a subprotocol with a slash in its name, such as kubectl's SPDY/3.1+portforward.k8s.io, so the
  // negotiation is kept from it.
  delete request.headers['sec-websocket-protocol'];
  const server = new WebSocketServer({ noServer: true, clientTracking: false });
  server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${chosen}`));
  server.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on('error', () => webSocket.terminate());
    void serve(webSocket, chosen, { ...exec, ...portForward });
  });
}
