/**
 * pods/portforward over WebSocket, in both ways that clients do it: kubectl tunnels SPDY/3.1 through the socket, with
 * a pair of streams for each connection; client libraries use v4.channel.k8s.io, with a pair of channels for each port.
 */
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import type { Backend } from '../backend.js';
import { SpdyConnection, type SpdyStream } from './spdy.js';

const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';
export const PORT_FORWARD_PROTOCOLS = [TUNNEL_PROTOCOL, 'v4.channel.k8s.io'];

/** @param protocol the one of PORT_FORWARD_PROTOCOLS that was agreed on */
export function servePortForward(
  socket: WebSocket,
  protocol: string,
  query: URLSearchParams,
  backend: Backend,
): void {
  if (protocol === TUNNEL_PROTOCOL) tunnel(socket, backend);
  else
    channels(
      socket,
      query
        .getAll('ports')
        .flatMap((ports) => ports.split(','))
        .map(Number),
      backend,
    );
}

function tunnel(socket: WebSocket, backend: Backend): void {
  const errors = new Map<string, SpdyStream>();
  const transport = createWebSocketStream(socket);
  transport.on('error', () => transport.destroy());
  const connection = new SpdyConnection(transport, (stream) => {
    const { streamtype, port, requestid = '' } = stream.headers;
    stream.on('error', () => stream.destroy());
    if (streamtype === 'error') {
      errors.set(requestid, stream);
      stream.resume();
      return;
    }
    const errorStream = errors.get(requestid);
    errors.delete(requestid);
    const finish = (message = '') => errorStream?.end(message);
    const upstream = dial(backend, Number(port));
    if (upstream === undefined) {
      finish(refused(Number(port)));
      stream.end();
      return;
    }
    stream.pipe(upstream).pipe(stream);
    upstream.once('close', () => {
      finish();
      stream.end();
    });
    stream.once('close', () => upstream.destroy());
  });
  void connection.run();
}

function channels(socket: WebSocket, ports: number[], backend: Backend): void {
  const upstreams = ports.map((port, index) => {
    const prefix = Buffer.alloc(2);
    prefix.writeUInt16LE(port);
    // Each channel begins with the port that it is for.
    send(socket, 2 * index, prefix);
    send(socket, 2 * index + 1, prefix);
    const upstream = dial(backend, port);
    if (upstream === undefined) send(socket, 2 * index + 1, Buffer.from(refused(port)));
    upstream?.on('data', (data: Buffer) => send(socket, 2 * index, data));
    upstream?.once('close', () => socket.close(1000));
    return upstream;
  });
  socket.on('message', (data: Buffer) => {
    const channel = data[0] ?? 0;
    if (channel % 2 === 0) upstreams[channel / 2]?.write(data.subarray(1));
  });
  socket.once('close', () => {
    for (const upstream of upstreams) upstream?.destroy();
  });
}

function send(socket: WebSocket, channel: number, data: Buffer): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(Buffer.concat([Buffer.from([channel]), data]));
}

/** A port-forward ends inside the pod, so the application sees its own loopback as the peer. */
function dial(backend: Backend, port: number): Duplex | undefined {
  if (!backend.listensOn(port)) return undefined;
  const connection = backend.connect(`127.0.0.1:${30_000 + Math.floor(Math.random() * 30_000)}`);
  connection.on('error', () => connection.destroy());
  // The application has closed: nothing that is sent to it would be read.
  connection.once('end', () => connection.end());
  return connection;
}

function refused(port: number): string {
  return (
    `error forwarding port ${port} to pod: failed to connect to localhost:${port} inside namespace: ` +
    `dial tcp4 127.0.0.1:${port}: connect: connection refused`
  );
}
