/** The ways on which the backend may be reached, each with what it can prove. */
import type { Access } from './observed.js';
import type { HttpExchange, OutsideFacts, Preflight, Route } from './evidence.js';
import { namespaced, type FactContext } from './fact-context.js';
import { failedExchange, exchangeOf } from './http/exchange.js';
import { readBody } from './http/body.js';
import type { ProbeOptions } from './http/client.js';
import { KubernetesError } from './kubernetes/client.js';
import type { Node, Pod } from './objects.js';
import { isServing } from './pod-state.js';
import { failed } from './observed.js';
import { sanitizeLine } from './sanitize.js';
import { backendPort, backendPortNumber } from './service-port.js';
import { hostOf } from './url-parts.js';

export interface Candidate {
  via: Exclude<Route['via'], 'none'>;
  baseUrl: string;
  balances: boolean;
  provesNodePort: boolean;
  /** An address of one of the cluster's nodes: what answers there is this cluster's for certain. */
  isOnNode: boolean;
  /** Rejects only when a signal was aborted. */
  get: (path: string, signal?: AbortSignal) => Promise<HttpExchange>;
  /**
   * The question of a browser before a page of another origin may send a request with a token (Fetch Standard, CORS
   * preflight); absent where the way passes no headers on. Rejects only when a signal was aborted.
   */
  preflight?: (path: string, origin: string) => Promise<Omit<Preflight, 'origin' | 'from' | 'certain'>>;
  /** The IP address that has answered; undefined as long as none has, and where that is another program's business. */
  answeredAt?: () => string | undefined;
}

/** A connection that does not stand by then will hardly stand at all: nodes are near. Milliseconds. */
const CONNECT_TIMEOUT_MS = 1000;

/** Addresses that are tried of a cluster with many nodes. */
const MAX_ADDRESSES = 6;

const MAX_BODY_BYTES = 1024 * 1024;

/** `--url`: it proves what the contract's NodePort proves only where it is that. */
export async function urlCandidate(context: FactContext, url: string): Promise<Candidate> {
  const baseUrl = url.replace(/\/+$/, '');
  const target = new URL(baseUrl);
  const { hostname, port } = target;
  const [service, nodes] = await Promise.all([nodePortOf(context), context.observe('nodes')]);
  const addresses = nodes.ok ? nodes.value.flatMap(addressesOf) : [];
  const onNode = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname) || addresses.includes(hostOf(target));
  const isNodePort = onNode && 'port' in service && service.port === Number(port);
  return {
    via: 'url',
    isOnNode: false,
    baseUrl,
    balances: isNodePort,
    provesNodePort: isNodePort && Number(port) === context.contract.backend.service.nodePort,
    ...direct(context, baseUrl),
  };
}

/**
 * localhost, then the nodes' addresses. Where a node has a loopback address of its own, what listens on localhost is
 * something else's, and is not asked. None where the Service has no node port, with the reason.
 */
export async function nodePortCandidates(context: FactContext): Promise<{
  candidates: Candidate[];
  port?: number;
  excuse?: Route['tried'][number];
  /** Why the nodes' addresses are not known. */
  nodesUnread?: string;
  nodesAccess?: Access;
}> {
  const [service, nodes] = await Promise.all([nodePortOf(context), context.observe('nodes')]);
  if (!('port' in service)) {
    const url = `http://localhost:${context.contract.backend.service.nodePort}`;
    return { candidates: [], excuse: { url, outcome: 'not-tried', detail: service.reason } };
  }
  const { port } = service;
  const addresses = nodes.ok ? [...nodes.value].sort(readyFirst).flatMap(addressesOf) : [];
  const own = addresses.filter((address) => /^127\.(?!0\.0\.1$)/.test(address));
  const first = own.length > 0 ? own : ['localhost'];
  const hosts = [...new Set([...first, ...addresses])].slice(0, MAX_ADDRESSES);
  return {
    port,
    candidates: hosts.map((host) => addressCandidate(context, host, port)),
    ...(!nodes.ok && { nodesUnread: nodes.detail, ...(nodes.access && { nodesAccess: nodes.access }) }),
  };
}

/** The node port on one node's addresses. */
export async function nodeCandidates(
  context: FactContext,
  name: string,
): Promise<{ candidates: Candidate[]; excuse?: Route['tried'][number] }> {
  const [service, nodes] = await Promise.all([nodePortOf(context), context.observe('nodes')]);
  const node = nodes.ok ? nodes.value.find(({ metadata }) => metadata.name === name) : undefined;
  const reason = ((): string | undefined => {
    if (!('port' in service)) return service.reason;
    if (!nodes.ok) return nodes.detail;
    return node === undefined ? `there is no node ${name}` : undefined;
  })();
  if (reason !== undefined || node === undefined || !('port' in service))
    return { candidates: [], excuse: { url: `node ${name}`, outcome: 'not-tried', detail: reason ?? '' } };
  return { candidates: addressesOf(node).map((host) => addressCandidate(context, host, service.port)) };
}

/** The Service's own address, which leads somewhere only inside the cluster's network. */
export async function serviceCandidate(
  context: FactContext,
): Promise<{ candidates: Candidate[]; excuse?: Route['tried'][number] }> {
  const observed = await context.observe('service');
  const host = observed.ok ? observed.value?.spec.clusterIP : undefined;
  if (host === undefined || host === 'None') {
    const detail = observed.ok ? 'the Service does not exist, or has no address of its own' : observed.detail;
    return { candidates: [], excuse: { url: 'the Service', outcome: 'not-tried', detail } };
  }
  return {
    candidates: [
      {
        ...addressCandidate(context, host, await backendPortNumber(context)),
        via: 'service',
        provesNodePort: false,
      },
    ],
  };
}

/** The node port on one address. */
export function addressCandidate(context: FactContext, host: string, port: number): Candidate {
  const baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    via: 'nodeport',
    isOnNode: host !== 'localhost',
    baseUrl,
    balances: true,
    provesNodePort: port === context.contract.backend.service.nodePort,
    ...direct(context, baseUrl),
  };
}

/** The Service's load balancer, at the addresses that it was given. */
export async function balancerCandidates(
  context: FactContext,
  { balancer }: OutsideFacts,
): Promise<{ candidates: Candidate[]; excuse?: Route['tried'][number] }> {
  if (balancer === undefined) return { candidates: [] };
  const observed = await context.observe('service');
  const own =
    observed.ok && observed.value !== undefined ? await backendPort(context, observed.value) : undefined;
  if (balancer.length === 0 || own === undefined) {
    const detail = 'the LoadBalancer has no address yet (pending): nothing in the cluster gives it one';
    return { candidates: [], excuse: { url: 'the load balancer', outcome: 'not-tried', detail } };
  }
  return {
    candidates: balancer.slice(0, MAX_ADDRESSES).map((host) => ({
      ...addressCandidate(context, host, own.port),
      via: 'loadbalancer',
      balances: false,
      provesNodePort: false,
      isOnNode: false,
    })),
  };
}

/** The Ingresses that lead to the Service, each asked for its host at its controller's address. */
export function ingressCandidates(context: FactContext, { ingresses }: OutsideFacts): Candidate[] {
  const ways = ingresses.filter(({ url, addresses }) => url !== undefined && addresses.length > 0);
  const urls = [...new Map(ways.map((way) => [way.url ?? '', way])).values()];
  return urls.slice(0, MAX_ADDRESSES).map(({ url = '', addresses }) => ({
    via: 'ingress',
    baseUrl: url,
    balances: false,
    provesNodePort: false,
    isOnNode: false,
    ...direct(context, url, addresses[0]),
  }));
}

/** Through the API server, which picks an endpoint by itself: kube-proxy and the node port are not involved. */
export async function proxyCandidate(context: FactContext): Promise<Candidate> {
  const { client, target, hider } = context;
  const prefix = namespaced(
    context,
    `services/${target.names.service}:${await backendPortNumber(context)}/proxy`,
  );
  const baseUrl = `${client.server.replace(/\/+$/, '')}${prefix}`;
  const get = async (path: string, signal = context.signal): Promise<HttpExchange> => {
    const begin = performance.now();
    const ms = () => Math.round((performance.now() - begin) * 10) / 10;
    const url = `${baseUrl}${path}`;
    try {
      const { status, headers, body, truncated } = await client.proxy(
        `${prefix}${path}`,
        MAX_BODY_BYTES,
        signal,
      );
      const exchange = exchangeOf(
        url,
        { status, headers, body: readBody(body, truncated) },
        ms(),
        hider.text,
      );
      const problem = ownAnswer(exchange.json);
      return problem === undefined ? exchange : failedExchange(url, 'proxy-error', problem, ms());
    } catch (error) {
      signal.throwIfAborted();
      const outcome = error instanceof KubernetesError && error.why === 'timeout' ? 'timeout' : 'proxy-error';
      const { detail, access } = failed(error, 'the Service proxy', hider);
      return { ...failedExchange(url, outcome, detail, ms()), ...(access && { access }) };
    }
  };
  return { via: 'proxy', baseUrl, balances: false, provesNodePort: false, isOnNode: false, get };
}

/** Through the API server and the kubelet to one ready pod. */
export async function portForwardCandidate(context: FactContext): Promise<Candidate> {
  const shell = { via: 'port-forward', balances: false, provesNodePort: false, isOnNode: false } as const;
  try {
    const pod = (await context.read('pods')).find(isServing);
    if (pod === undefined)
      return { ...shell, ...unusable(podPath(context), { detail: 'no pod is ready to forward to' }) };
    const forward = await openForward(context, pod);
    context.onClose(() => forward.close());
    const baseUrl = `http://127.0.0.1:${forward.localPort}`;
    return { ...shell, baseUrl, ...direct(context, baseUrl) };
  } catch (error) {
    context.signal.throwIfAborted();
    return {
      ...shell,
      ...unusable(podPath(context), failed(error, 'the port-forward', context.hider)),
    };
  }
}

function openForward({ client, target, contract, signal }: FactContext, pod: Pod) {
  const { name } = pod.metadata;
  return client.portForward({ namespace: target.namespace, name }, contract.backend.container.port, signal);
}

function podPath(context: FactContext): string {
  return `${context.client.server.replace(/\/+$/, '')}${namespaced(context, 'pods')}`;
}

function unusable(
  baseUrl: string,
  { detail, access }: { detail: string; access?: Access },
): Pick<Candidate, 'baseUrl' | 'get'> {
  const more = access && { access };
  return {
    baseUrl,
    get: (path) =>
      Promise.resolve({ ...failedExchange(`${baseUrl}${path}`, 'proxy-error', detail, 0), ...more }),
  };
}

/** @param at where to connect to in place of the URL's host, which need not be known to any name server */
function direct(
  context: FactContext,
  baseUrl: string,
  at?: string,
): Pick<Candidate, 'get' | 'preflight' | 'answeredAt'> {
  let address: string | undefined;
  const ask = async (
    path: string,
    signal: AbortSignal,
    more: Pick<ProbeOptions, 'method' | 'headers' | 'onHeaders'> = {},
  ) => {
    // Loaded when the calls to the API server are already on their way.
    const { probe } = await import('./http/client.js');
    const { probeTimeoutMs } = context.options;
    return probe(`${baseUrl}${path}`, {
      timeoutMs: probeTimeoutMs,
      connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, probeTimeoutMs),
      maxBytes: MAX_BODY_BYTES,
      signal,
      ...(at !== undefined && { at }),
      clean: context.hider.text,
      onAnswer: (at) => (address = at),
      ...more,
    });
  };
  const preflight: Candidate['preflight'] = async (path, origin) => {
    const allowed: Pick<Preflight, 'allowOrigin' | 'allowHeaders'> = {};
    const tidy = (value: string) => sanitizeLine(context.hider.text(value));
    const { url, outcome, detail, status, body } = await ask(path, context.signal, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
      onHeaders: (headers) => {
        const allowOrigin = headers['access-control-allow-origin'];
        const allowHeaders = headers['access-control-allow-headers'];
        if (allowOrigin !== undefined) allowed.allowOrigin = tidy(allowOrigin);
        if (allowHeaders !== undefined) allowed.allowHeaders = tidy(allowHeaders);
      },
    });
    // Of a page the first line says nothing.
    const said = body.trim().startsWith('<') ? '' : (body.trim().split('\n', 1)[0] ?? '');
    const says = sanitizeLine(said.slice(0, 200));
    return {
      ...{ url, outcome, detail },
      ...(status !== undefined && { status }),
      ...allowed,
      ...(says !== '' && { says }),
    };
  };
  return { get: (path, signal = context.signal) => ask(path, signal), preflight, answeredAt: () => address };
}

/** The Service's node port for the contract's port, or why there is none. */
async function nodePortOf(context: FactContext): Promise<{ port: number } | { reason: string }> {
  const { service } = context.contract.backend;
  const observed = await context.observe('service');
  // Who may not read the Service can still use the port that the contract fixes.
  if (!observed.ok) return { port: service.nodePort };
  if (observed.value === undefined)
    return { reason: `Service ${context.target.names.service} does not exist` };
  const { type = 'ClusterIP' } = observed.value.spec;
  const port = (await backendPort(context, observed.value))?.nodePort;
  return port === undefined ? { reason: `the Service is of type ${type} and has no node port` } : { port };
}

export function addressesOf({ status }: Node): string[] {
  const addresses = status?.addresses ?? [];
  return ['InternalIP', 'ExternalIP'].flatMap((wanted) =>
    addresses.filter(({ type }) => type === wanted).map(({ address }) => address),
  );
}

function readyFirst(a: Node, b: Node): number {
  const rank = ({ status }: Node) =>
    status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true
      ? 0
      : 1;
  return rank(a) - rank(b);
}

/** The API server's own error, where the answer is not the backend's. */
function ownAnswer(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { kind, apiVersion, status, message } = json as Record<string, unknown>;
  if (kind !== 'Status' || apiVersion !== 'v1' || status !== 'Failure') return undefined;
  return `the API server could not pass the request on: ${typeof message === 'string' ? message : 'no reason given'}`;
}
