/** pods/proxy and services/proxy: the API server as an HTTP client of the application. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Service } from '../../evidence/objects.js';
import type { Backend } from '../backend.js';
import type { Dice } from '../dice.js';
import { endpointsOf, targetPort } from '../settle.js';
import type { Api, World } from '../world.js';
import { badRequest, unavailable, type ApiError } from './status.js';

/** Where a proxied request goes. */
export interface Upstream {
  backend: Backend;
  /** Port of the container. */
  port: number;
  /** As the API server would dial it. */
  address: string;
}

/** Headers that belong to one connection, or that are meant for the API server. */
const NOT_FORWARDED = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'authorization',
  'host',
];

/** `name`, `name:port` or `scheme:name:port`, as the proxy's paths have it. */
export function parseTarget(segment: string): { name: string; port: string } {
  const parts = segment.split(':');
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts;
  return { name, port };
}

/** Picks one of a Service's ready pods. @throws ApiError 400 or 503 */
export function serviceUpstream(
  world: World,
  service: Api<Service>,
  port: string,
  backendOf: (pod: string) => Backend | undefined,
  dice: Dice,
): Upstream {
  const { name } = service.metadata;
  const ports = service.spec.ports ?? [];
  const found = port === '' ? ports[0] : ports.find((one) => one.name === port || String(one.port) === port);
  if (found === undefined) throw unavailable(`no service port "${port}" found for service "${name}"`);
  const ready = endpointsOf(world, service).filter((endpoint) => endpoint.ready);
  const chosen = ready[dice(ready.length)]?.pod;
  if (chosen === undefined) throw unavailable(`no endpoints available for service "${name}"`);
  const backend = backendOf(chosen.metadata.name);
  const target = targetPort(chosen, found) ?? found.port;
  if (backend === undefined) throw badRequest(`pod ${chosen.metadata.name} is gone`);
  return { backend, port: target, address: `${chosen.status?.podIP ?? ''}:${target}` };
}

/** Forwards a request, and its answer whatever it is. @throws ApiError 503 when nothing listens there */
export function forward(
  { backend, port, address }: Upstream,
  request: IncomingMessage,
  path: string,
  response: ServerResponse,
  fail: (error: ApiError) => void,
): void {
  const unreachable = (why: string) => unavailable(`error trying to reach service: ${why}`);
  if (!backend.listensOn(port)) {
    fail(unreachable(`dial tcp ${address}: connect: connection refused`));
    return;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      ([name]) => !name.startsWith(':') && !NOT_FORWARDED.includes(name),
    ),
  );
  const upstream = httpRequest(
    {
      method: request.method ?? 'GET',
      path,
      headers: { ...headers, host: address },
      createConnection: () => backend.connect(`10.244.0.1:${20_000 + Math.floor(Math.random() * 40_000)}`),
    },
    (answer) => {
      const kept = Object.entries(answer.headers).filter(([name]) => !NOT_FORWARDED.includes(name));
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
      answer.pipe(response);
    },
  );
  upstream.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else fail(unreachable(error.message));
  });
  response.once('close', () => upstream.destroy());
  request.pipe(upstream);
}
