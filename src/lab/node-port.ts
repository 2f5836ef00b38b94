/** The node's side of a Service of type NodePort: kube-proxy, which picks a pod for each connection. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Service, ServicePort } from '../evidence/objects.js';
import type { Backend } from './backend.js';
import { newDice } from './dice.js';
import { endpointsOf, targetPort } from './settle.js';
import type { Api, World } from './world.js';

/** The contract's node port, by which the node's address is chosen. */
const CONTRACT_NODE_PORT = 30081;

interface Listener {
  server: Server;
  /** Who is served, newest state. */
  targets: Target[];
  sticky: boolean;
}

interface Target {
  backend: Backend;
  pod: string;
}

/** Addresses of this process's labs: two that start at once must not both find the same one free. */
const claimed = new Set<string>();

/** An address for the lab's node, and the listener on its contract port. */
interface Reservation {
  address: string;
  /** Added to each port where the contract's own is taken on every address of the host. */
  shift: number;
  server: Server;
}

export class NodePorts {
  readonly #listeners = new Map<number, Listener>();
  readonly #sockets = new Set<Socket>();
  /** ClientIP affinity: the pod that a client address was given first. */
  readonly #affinity = new Map<string, string>();
  readonly #dice = newDice();

  /** Held since the address was chosen, so that nobody else takes it before the first Service is there. */
  #reserved: Server | undefined;
  readonly #shift: number;
  readonly address: string;

  constructor({ address, shift, server }: Reservation) {
    this.address = address;
    this.#shift = shift;
    this.#reserved = server;
  }

  /** Where the contract's node port really is. */
  get contractPort(): number {
    return CONTRACT_NODE_PORT + this.#shift;
  }

  /** Opens and closes listeners so that they are those of the Services as they are now. */
  async sync(
    world: World,
    services: Api<Service>[],
    backendOf: (pod: string) => Backend | undefined,
  ): Promise<void> {
    const wanted = new Map<number, Omit<Listener, 'server'>>();
    for (const service of services) {
      for (const port of service.spec.ports ?? []) {
        if (port.nodePort === undefined) continue;
        const targets = reachable(world, service, port, backendOf);
        // Without a backend kube-proxy refuses the connection: nothing listens.
        if (targets.length > 0)
          wanted.set(port.nodePort, { targets, sticky: service.spec.sessionAffinity === 'ClientIP' });
      }
    }
    for (const [port, { server }] of this.#listeners) {
      if (wanted.has(port)) continue;
      this.#listeners.delete(port);
      // Connections that stand go on, as those that kube-proxy has set up do.
      server.close();
    }
    for (const [port, what] of wanted) {
      const open = this.#listeners.get(port);
      if (open) Object.assign(open, what);
      else this.#listeners.set(port, { ...what, server: await this.#open(port) });
    }
    await this.#release();
  }

  async close(): Promise<void> {
    const servers = [...this.#listeners.values()].map(({ server }) => closed(server));
    for (const socket of this.#sockets) socket.destroy();
    this.#listeners.clear();
    await Promise.all([...servers, this.#release()]);
    claimed.delete(this.address);
  }

  async #open(port: number): Promise<Server> {
    const reserved = port === CONTRACT_NODE_PORT ? this.#reserved : undefined;
    const server = reserved ?? newServer();
    server.removeAllListeners('connection').on('connection', (socket: Socket) => this.#connect(port, socket));
    if (reserved) this.#reserved = undefined;
    else await listening(server, port + this.#shift, this.address);
    return server;
  }

  async #release(): Promise<void> {
    const reserved = this.#reserved;
    this.#reserved = undefined;
    if (reserved) await closed(reserved);
  }

  #connect(port: number, socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const listener = this.#listeners.get(port);
    const target = listener && this.#pick(listener, socket.remoteAddress ?? '');
    if (target === undefined) {
      socket.resetAndDestroy();
      return;
    }
    // With externalTrafficPolicy Cluster the node puts its own address in front: the pod sees the bridge.
    target.backend.accept(socket, `10.244.0.1:${socket.remotePort ?? 0}`);
  }

  #pick({ targets, sticky }: Listener, client: string): Target | undefined {
    const known = sticky ? targets.find(({ pod }) => pod === this.#affinity.get(client)) : undefined;
    const chosen = known ?? targets[this.#dice(targets.length)];
    if (chosen && sticky) this.#affinity.set(client, chosen.pod);
    return chosen;
  }
}

/**
 * An address of this host on which the contract's node port is free; taken until the NodePorts on it are closed.
 * @param preferLocalhost try 127.0.0.1 first; else last, so that labs side by side do not get in each other's way
 */
export async function reserveAddress(preferLocalhost: boolean): Promise<Reservation> {
  const own = Array.from(
    { length: 8 },
    () => `127.${[1, 2, 3].map(() => 1 + Math.floor(Math.random() * 254)).join('.')}`,
  );
  const candidates = preferLocalhost ? ['127.0.0.1', ...own] : [...own, '127.0.0.1'];
  for (const address of candidates) {
    if (claimed.has(address)) continue;
    claimed.add(address);
    const server = newServer();
    try {
      await listening(server, CONTRACT_NODE_PORT, address);
      return { address, shift: 0, server };
    } catch {
      claimed.delete(address);
    }
  }
  // Only Linux has all of 127.0.0.0/8: elsewhere a second lab gets another port, and its URL says so.
  const server = newServer();
  await listening(server, 0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  return { address: '127.0.0.1', shift: port - CONTRACT_NODE_PORT, server };
}

/** Ready pods where the target port is listened on, less those that kube-proxy's rules leave out. */
function reachable(
  world: World,
  service: Api<Service>,
  port: ServicePort,
  backendOf: (pod: string) => Backend | undefined,
): Target[] {
  return endpointsOf(world, service).flatMap(({ pod, ready }) => {
    const name = pod.metadata.name;
    const backend = backendOf(name);
    const target = targetPort(pod, port);
    if (!ready || !backend || target === undefined || world.unserved.has(name) || !backend.listensOn(target))
      return [];
    return [{ backend, pod: name }];
  });
}

/** Until somebody takes it over, it resets what connects. */
function newServer(): Server {
  return createServer({ noDelay: true }, (socket) => socket.resetAndDestroy());
}

function listening(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
