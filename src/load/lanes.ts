/** Opens the lanes on which requests travel, fit for the way that leads to the backend. */
import type { Lane, LaneOptions, Reply } from '../evidence/http/lane.js';
import { SocketLane } from '../evidence/http/socket-lane.js';
import type { Transport } from '../evidence/transport.js';
import { addressesOf, hostOf, portOf } from '../evidence/url-parts.js';

export interface Lanes {
  /** A lane with a connection for each request. */
  fresh(): Lane;
  /** A lane with one connection for all requests; undefined unless asked for, and where the way does not allow it. */
  keptOpen: (() => Lane) | undefined;
  /** What stands before the path in each request line. */
  prefix: string;
}

/** @param transport one that leads somewhere */
export async function openLanes(
  transport: Transport,
  options: LaneOptions & { keepAlive: boolean },
): Promise<Lanes> {
  const { via, baseUrl } = transport.route;
  // The API server picks the pod and holds the connection to it: nothing to be seen of either.
  if (via === 'proxy')
    return { fresh: () => new ProxyLane(transport, options.timeoutMs), keptOpen: undefined, prefix: '' };
  const url = new URL(baseUrl);
  const prefix = url.pathname.replace(/\/$/, '');
  const undiciLane = async (keepAlive: boolean) => {
    const { UndiciLane } = await import('../evidence/http/undici-lane.js');
    // An Ingress' host need not be known to any name server.
    return () => new UndiciLane(url, options, keepAlive, via === 'ingress' ? transport.address : undefined);
  };
  const keptOpen = options.keepAlive ? await undiciLane(true) : undefined;
  if (url.protocol === 'https:') return { fresh: await undiciLane(false), keptOpen, prefix };
  const port = portOf(url);
  const host = transport.address ?? (await addressOf(hostOf(url)));
  const address = { host, port, authority: url.host };
  return { fresh: () => new SocketLane(address, options), keptOpen, prefix };
}

/** An address of a host at which nothing has answered yet, so that no request has to look for it. */
async function addressOf(host: string): Promise<string> {
  const [known = host] = addressesOf(host);
  if (known !== host) return known;
  const { lookup } = await import('node:dns/promises');
  return lookup(host).then(
    ({ address }) => address,
    () => host,
  );
}

/** Through the API server's Service proxy. */
class ProxyLane implements Lane {
  #cut: () => void = () => undefined;

  constructor(
    private readonly transport: Transport,
    private readonly timeoutMs: number,
  ) {}

  async exchange(target: string): Promise<Reply> {
    const start = performance.now();
    const ending = new AbortController();
    // What the API server's client says when it is aborted does not tell who did it.
    let ended: 'timeout' | 'cut' = 'cut';
    const end = (outcome: typeof ended) => {
      ended = outcome;
      ending.abort(new Error('the request was ended'));
    };
    this.#cut = () => end('cut');
    const timer = setTimeout(() => end('timeout'), this.timeoutMs);
    const none = { head: '', body: '', connectMs: Number.NaN, firstByteMs: Number.NaN };
    try {
      const { outcome, status = 0, body } = await this.transport.get(target, ending.signal);
      return { ...none, body, outcome, status, totalMs: performance.now() - start };
    } catch {
      // Rejects only when it was aborted, or the reader was closed.
      return { ...none, outcome: ended, status: 0, totalMs: performance.now() - start };
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#cut();
  }
}
