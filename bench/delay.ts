/** Distance on one machine: TCP proxies on loopback that hold back everything in both directions. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Distance {
  /** Milliseconds of a round trip from now on. */
  setRoundTrip(ms: number): void;
  /** Connections that were opened since the last call. */
  connections(): number;
  close(): void;
}

export interface Way {
  /** Where it listens; port 0 takes a free one, which `port` of the answer says. */
  host: string;
  port: number;
  /** Where it leads. */
  to: { host: string; port: number };
}

/**
 * Opens ways that take time. A connection of one's own to loopback stands at once, which no connection over a distance does: so
 * the first bytes wait for one round trip more.
 */
export async function openWays(ways: readonly Way[]): Promise<Distance & { ports: number[] }> {
  let roundTripMs = 0;
  let opened = 0;
  const sockets = new Set<Socket>();
  const servers = await Promise.all(
    ways.map(async ({ host, port, to }) => {
      const server = createServer((near) => {
        opened += 1;
        const far = connect(to);
        const since = performance.now();
        pass(near, far, () => Math.max(roundTripMs / 2, since + roundTripMs * 1.5 - performance.now()));
        pass(far, near, () => roundTripMs / 2);
        for (const socket of [near, far]) {
          socket.setNoDelay(true);
          sockets.add(socket);
          socket.on('close', () => sockets.delete(socket));
        }
      });
      await new Promise<void>((resolve) => server.listen(port, host, resolve));
      return server;
    }),
  );
  return {
    ports: servers.map(portOf),
    setRoundTrip: (ms) => (roundTripMs = ms),
    connections() {
      const since = opened;
      opened = 0;
      return since;
    },
    close() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Hands on what comes, and the end, in order and so much later. */
function pass(from: Socket, to: Socket, delayMs: () => number): void {
  let due = 0;
  const later = (act: () => void) => {
    due = Math.max(due, performance.now() + delayMs());
    setTimeout(act, Math.max(0, due - performance.now()));
  };
  from.on('data', (chunk: Buffer) => later(() => to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => later(() => to.destroy()));
  from.on('close', () => later(() => to.destroy()));
}
