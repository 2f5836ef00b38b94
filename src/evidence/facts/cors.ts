import { addressesOf, portForwardCandidate } from '../candidates.js';
import type { CorsFacts, FrontendUrl } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { pageOrigins, type PageOrigin } from '../frontend-origins.js';
import { hostOf, portOf } from '../url-parts.js';

/**
 * Asks the backend as a browser does for a page of the frontend's. Only where browsers are meant to ask the backend itself:
 * a frontend whose server does, or whose pages have the same origin, needs no permission.
 */
export async function readCors(context: FactContext): Promise<CorsFacts> {
  const { origin } = context.options;
  const here = `http://localhost:${context.contract.backend.container.port}`;
  if (origin !== undefined) return ask(context, [{ origin, from: '--origin', certain: true }], here);
  const facts = await context.read('frontendUrls');
  if (facts.deployment === undefined) return skipped('no frontend of this release is installed');
  const urls = facts.urls.filter(({ forBrowsers, leads }) => forBrowsers && leads !== 'service');
  const [first] = urls;
  if (first === undefined)
    return skipped(
      'no variable of the frontend gives browsers a URL of the backend: they ask the frontend, or its image has the URL',
    );
  const own = await placesOf(context);
  const leading = urls.filter(({ host = '', port = 0 }) => own.has(`${host}:${port}`));
  if (leading.length === 0)
    return skipped(
      `whether ${words(first)} of the frontend leads to this backend is not known; --origin asks all the same`,
    );
  const origins = await pageOrigins(context, facts);
  const same = leading.find((url) => origins.some((each) => each.origin === url.origin));
  if (same !== undefined) return skipped(`${words(same)} has the origin of the frontend’s own pages`);
  if (origins.length === 0)
    return skipped('where the frontend’s pages come from is not known; --origin http://HOST:PORT says it');
  return ask(context, origins, leading[0]?.origin ?? here);
}

/** @param forwarded where a port-forward of the user's leads to the backend: what is told, when one of our own asks */
async function ask(
  context: FactContext,
  origins: readonly PageOrigin[],
  forwarded: string,
): Promise<CorsFacts> {
  const transport = await context.transport();
  if (transport.route.via === 'none') return { preflights: [] };
  // The API server's proxy answers preflights itself, and passes no Origin on.
  const { preflight } = transport.preflight === undefined ? await portForwardCandidate(context) : transport;
  if (preflight === undefined)
    return skipped('the way to the backend passes no Origin on; --via port-forward is one that does');
  const path = context.contract.http.tasksPath;
  const preflights = await Promise.all(
    origins.map(async (each) => {
      const answer = await preflight(path, each.origin);
      const url = transport.preflight === undefined ? `${forwarded}${path}` : answer.url;
      return { ...each, ...answer, url };
    }),
  );
  return { preflights };
}

/**
 * Host and port of every place where this backend may be asked from outside: its ways in, and the ports that a port-forward
 * has on this machine.
 */
async function placesOf(context: FactContext): Promise<Set<string>> {
  const [service, nodes, { route }] = await Promise.all([
    context.observe('service'),
    context.observe('nodes'),
    context.transport(),
  ]);
  const { ports = [] } = (service.ok ? service.value?.spec : undefined) ?? {};
  const here = ['localhost', '127.0.0.1'];
  const addresses = nodes.ok ? nodes.value.flatMap(addressesOf) : [];
  const places = [
    ...ports.flatMap(({ nodePort }) =>
      nodePort === undefined ? [] : [...here, ...addresses].map((host) => `${host}:${nodePort}`),
    ),
    ...[...ports.map(({ port }) => port), context.contract.backend.container.port].flatMap((port) =>
      here.map((host) => `${host}:${port}`),
    ),
    ...[
      route.baseUrl,
      ...(route.outside?.ingresses ?? []).flatMap(({ host, url }) => url ?? `http://${host}`),
    ]
      .filter((url) => URL.canParse(url))
      .map((url) => new URL(url))
      .map((url) => `${hostOf(url)}:${portOf(url)}`),
    ...(route.outside?.balancer ?? []).flatMap((host) => ports.map(({ port }) => `${host}:${port}`)),
  ];
  return new Set(places);
}

function words({ variable, origin = '' }: FrontendUrl): string {
  return `${variable} (${origin})`;
}

function skipped(reason: string): CorsFacts {
  return { skipped: reason, preflights: [] };
}
