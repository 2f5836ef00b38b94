/**
 * Finds the way on which HTTP requests reach the backend (contract: Access Patterns), and sends them on it.
 *
 * Order of preference: `--url` alone; else the Service's load balancer; the node port on localhost, then on the nodes'
 * addresses, then on `minikube ip`; the Ingresses that lead to it; else the API server's Service proxy. What answers first in that order is taken; candidates are tried
 * at the same time, so that a filtered address costs no one its time-out.
 *
 * One connection reaches one pod. A load run, which is there to find out how many of them answer, asks on several, and
 * goes where something accepts connections when nothing answered.
 */
import { setTimeout } from 'node:timers/promises';
import {
  addressCandidate,
  balancerCandidates,
  ingressCandidates,
  nodeCandidates,
  nodePortCandidates,
  portForwardCandidate,
  proxyCandidate,
  serviceCandidate,
  urlCandidate,
} from './candidates.js';
import type { Candidate } from './candidates.js';
import type { HttpExchange, HttpOutcome, OutsideFacts, Route } from './evidence.js';
import type { FactContext } from './fact-context.js';
import { failedExchange } from './http/exchange.js';
import { minikubeAddress } from './minikube.js';
import { readOutside } from './outside.js';

export interface Transport {
  route: Route;
  /** GET of the health path that found the route; with `none` the failure of the first candidate. */
  health: HttpExchange;
  /** The IP address that answered it; undefined where none did, or another program connects to it. */
  address: string | undefined;
  /** GET of a path (with its query) on the route. Rejects only when the reader is closed, or `signal` was aborted. */
  get(path: string, signal?: AbortSignal): Promise<HttpExchange>;
  /** As that of the way; absent where it passes no headers on. */
  preflight?: Candidate['preflight'];
}

type Tried = Route['tried'][number];

interface Found {
  candidate: Candidate;
  exchange: HttpExchange;
}

/** Collects what was tried, stage by stage, until something answers. */
interface Search {
  tried: Tried[];
  /** Exchange of the first candidate: what is told when nothing answers. */
  first: HttpExchange | undefined;
  /** The first candidate at which something listens that does not answer. */
  mute: Found | undefined;
  /** Why the nodes' addresses are not known, where they were wanted. */
  nodes: Pick<Route, 'nodesUnread' | 'nodesAccess'>;
  /** What leads to the Service besides a node port, where that was looked for. */
  outside: OutsideFacts | undefined;
}

/** Connections on which a load run asks again where the first one failed. */
const SECOND_CHANCES = 3;
/** How a connection fails that another pod may have answered. */
const OF_ONE_POD: ReadonlySet<HttpOutcome> = new Set([
  'refused',
  'timeout',
  'reset',
  'not-http',
  'body-timeout',
]);

export async function openTransport(context: FactContext): Promise<Transport> {
  const search: Search = {
    tried: [],
    first: undefined,
    mute: undefined,
    nodes: {},
    outside: undefined,
  };
  for await (const candidates of stages(context, search)) {
    const found = await firstToAnswer(candidates, context, search);
    if (found) return transportOn(found, search);
  }
  const { mute } = search;
  return context.options.load !== undefined && mute ? transportOn(mute, search) : transportToNowhere(search);
}

/** Groups of candidates, a later one only when nothing in those before it answered. */
async function* stages(context: FactContext, search: Search): AsyncGenerator<Candidate[]> {
  const { url, via, load } = context.options;
  if (url !== undefined) {
    yield [await urlCandidate(context, url)];
    return;
  }
  const outside = via === undefined ? await readOutside(context) : undefined;
  search.outside = outside;
  if (outside !== undefined) {
    const { candidates, excuse } = await balancerCandidates(context, outside);
    if (excuse !== undefined) search.tried.push(excuse);
    yield candidates;
  }
  if (via === undefined || via === 'nodeport') {
    const { candidates, excuse, port, nodesUnread, nodesAccess } = await nodePortCandidates(context);
    if (excuse !== undefined) search.tried.push(excuse);
    search.nodes = { ...(nodesUnread && { nodesUnread }), ...(nodesAccess && { nodesAccess }) };
    yield candidates;
    const address = port === undefined ? undefined : await minikubeAddress(context);
    const known = candidates.some(
      ({ baseUrl }) => address !== undefined && baseUrl.includes(`//${address}:`),
    );
    if (port !== undefined && address !== undefined && !known)
      yield [addressCandidate(context, address, port)];
  }
  if (via === 'service' || via?.startsWith('node:')) {
    const { candidates, excuse } =
      via === 'service'
        ? await serviceCandidate(context)
        : await nodeCandidates(context, via.slice('node:'.length));
    if (excuse !== undefined) search.tried.push(excuse);
    yield candidates;
  }
  if (outside !== undefined) yield ingressCandidates(context, outside);
  // The API server's proxy passes no headers of the user's on.
  const mayUseProxy = via === undefined && (load === undefined || load.headers.length === 0);
  if (mayUseProxy || via === 'proxy') yield [await proxyCandidate(context)];
  if (via === 'port-forward') yield [await portForwardCandidate(context)];
}

/** Milliseconds that the nodes' addresses have to object to an answer from localhost. */
const OBJECTION_MS = 300;

async function firstToAnswer(
  candidates: readonly Candidate[],
  context: FactContext,
  search: Search,
): Promise<Found | undefined> {
  const enough = new AbortController();
  const signal = AbortSignal.any([context.signal, enough.signal]);
  const answers: Found[] = [];
  const attempts = candidates.map(async (candidate) => {
    const exchange = await ask(candidate, context, signal).catch(() => undefined);
    if (exchange?.outcome === 'response') answers.push({ candidate, exchange });
    return exchange;
  });
  let hasGood = false;
  for (const [index, candidate] of candidates.entries()) {
    const exchange = hasGood ? undefined : await attempts[index];
    context.signal.throwIfAborted();
    search.tried.push({
      url: candidate.baseUrl,
      outcome: exchange?.outcome ?? 'not-tried',
      detail: exchange === undefined ? 'not needed: an address before it answered' : wordsOf(exchange),
      ...(exchange?.access && { access: exchange.access }),
    });
    if (exchange === undefined) continue;
    search.first ??= exchange;
    if (OF_ONE_POD.has(exchange.outcome) && exchange.outcome !== 'refused')
      search.mute ??= { candidate, exchange };
    if (!isGood(exchange)) continue;
    hasGood = true;
    if (!candidate.isOnNode) {
      await Promise.race([Promise.all(attempts), setTimeout(OBJECTION_MS, undefined, { ref: false })]);
    }
  }
  const found = preferred(
    candidates.flatMap((each) => answers.find(({ candidate }) => candidate === each) ?? []),
  );
  enough.abort();
  return found;
}

/** GET of the health path. @throws the reason of `signal` */
async function ask(candidate: Candidate, context: FactContext, signal: AbortSignal): Promise<HttpExchange> {
  const get = () => candidate.get(context.contract.http.healthPath, signal);
  const first = await get();
  if (context.options.load === undefined || !OF_ONE_POD.has(first.outcome)) return first;
  const again = Array.from({ length: SECOND_CHANCES }, async () => {
    const exchange = await get();
    if (exchange.outcome !== 'response') throw new Error(exchange.detail);
    return exchange;
  });
  return Promise.any(again).catch(() => first);
}

/**
 * The answer to go by: the first good one, else the first. What answers well on localhost may be another cluster's, so an
 * address of a node, which is this cluster for certain, outranks it by answering badly.
 * @param answers in the order of preference
 */
export function preferred<
  T extends { candidate: Pick<Candidate, 'isOnNode'>; exchange: Pick<HttpExchange, 'status'> },
>(answers: readonly T[]): T | undefined {
  const good = answers.find(({ exchange }) => isGood(exchange));
  const objection = answers.find(({ candidate, exchange }) => candidate.isOnNode && !isGood(exchange));
  return good?.candidate.isOnNode === false ? (objection ?? good) : (good ?? answers[0]);
}

function isGood({ status }: Pick<HttpExchange, 'status'>): boolean {
  return status !== undefined && status < 300;
}

function wordsOf({ outcome, status, detail }: HttpExchange): string {
  return outcome === 'response' ? `HTTP ${status ?? '?'}` : detail;
}

function transportOn({ candidate, exchange }: Found, { tried, nodes, outside }: Search): Transport {
  const { via, baseUrl, balances, provesNodePort, get, preflight, answeredAt } = candidate;
  return {
    route: {
      via,
      baseUrl,
      tried,
      balances,
      provesNodePort,
      ...nodes,
      ...(outside && { outside }),
    },
    health: exchange,
    address: answeredAt?.(),
    get: (path, signal) => get(path, signal),
    ...(preflight && { preflight }),
  };
}

function transportToNowhere({ tried, first, nodes, outside }: Search): Transport {
  const reason = tried.map(({ detail }) => detail).join('; ');
  const failure =
    first ?? failedExchange('', 'unreachable', reason === '' ? 'there is no address to try' : reason, 0);
  return {
    route: {
      via: 'none',
      baseUrl: '',
      tried,
      balances: false,
      provesNodePort: false,
      ...nodes,
      ...(outside && { outside }),
    },
    health: failure,
    address: undefined,
    get: () => Promise.resolve(failure),
  };
}
