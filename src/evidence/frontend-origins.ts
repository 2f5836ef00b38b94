/** Where the frontend's pages come from, as browsers name it: what its objects say. */
import { ingressShape, serviceShape } from './border/object-shapes.js';
import { getObject, listObjects } from './border/read.js';
import { addressesOf } from './candidates.js';
import type { FrontendUrlFacts, Preflight } from './evidence.js';
import { namespaced, type FactContext } from './fact-context.js';
import type { Ingress, Service } from './objects.js';
import { covers } from './ingress-paths.js';
import { balancerAddresses, leadsTo } from './outside.js';

export type PageOrigin = Pick<Preflight, 'origin' | 'from' | 'certain'>;

/** Services and Ingresses that are looked at, and origins that are asked for, of one frontend. */
const MOST = 4;

/** Each origin once, what is certain first. Objects that cannot be read say nothing. */
export async function pageOrigins(
  context: FactContext,
  { origins, deployment = '' }: FrontendUrlFacts,
): Promise<PageOrigin[]> {
  const names = (context.options.frontend?.services ?? []).slice(0, MOST);
  const found = await Promise.all(
    names.map((name) =>
      getObject(context, namespaced(context, `services/${name}`), serviceShape, 'a part').catch(
        () => undefined,
      ),
    ),
  );
  context.signal.throwIfAborted();
  const services = found.flatMap((service) => service ?? []);
  const ingresses =
    services.length === 0
      ? []
      : await listObjects(
          context,
          namespaced(context, 'ingresses', 'networking.k8s.io/v1'),
          ingressShape,
        ).catch((): Ingress[] => []);
  const declared = origins.map(({ variable, origin }) => ({
    origin,
    from: `${variable} of Deployment ${deployment}`,
    certain: true,
  }));
  const all = [
    ...declared,
    ...services.flatMap((service) => [...ofIngresses(ingresses, service), ...ofBalancer(service)]),
    ...(await Promise.all(services.map((service) => ofNodePort(context, service)))).flat(),
  ];
  return [...new Map(all.reverse().map((each) => [each.origin, each])).values()].reverse().slice(0, MOST);
}

function ofIngresses(ingresses: readonly Ingress[], service: Service): PageOrigin[] {
  return ingresses.flatMap((ingress) =>
    leadsTo(ingress, service).flatMap(({ host }) => {
      const at = host === '' || host.includes('*') ? balancerAddresses(ingress.status)[0] : host;
      if (at === undefined) return [];
      const isTls = (ingress.spec.tls ?? []).some(
        ({ hosts = [] }) => hosts.length === 0 || hosts.some((each) => covers(each, host)),
      );
      return originOf(isTls ? 'https' : 'http', at, undefined, `Ingress ${ingress.metadata.name}`, true);
    }),
  );
}

function ofBalancer({ metadata, spec, status }: Service): PageOrigin[] {
  if (spec.type !== 'LoadBalancer') return [];
  return balancerAddresses(status).flatMap((address) =>
    (spec.ports ?? []).flatMap(({ port }) =>
      originOf(port === 443 ? 'https' : 'http', address, port, `Service ${metadata.name}`, true),
    ),
  );
}

/** On this machine, or at an address of a node: at which of them the pages are asked for is not known. */
async function ofNodePort(context: FactContext, { metadata, spec }: Service): Promise<PageOrigin[]> {
  const ports = (spec.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []);
  if (ports.length === 0) return [];
  const nodes = await context.observe('nodes');
  const hosts = ['localhost', ...(nodes.ok ? nodes.value.flatMap(addressesOf) : [])];
  return ports.flatMap((port) =>
    hosts.flatMap((host) => originOf('http', host, port, `Service ${metadata.name}`, false)),
  );
}

/** As browsers write it: without the port that the scheme has anyway. */
function originOf(
  scheme: string,
  host: string,
  port: number | undefined,
  from: string,
  certain: boolean,
): PageOrigin[] {
  const text = `${scheme}://${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`;
  return URL.canParse(text) ? [{ origin: new URL(text).origin, from, certain }] : [];
}
