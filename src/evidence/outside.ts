/**
 * What leads to the Service from outside of the cluster besides a node port: a load balancer, and the Ingresses that name it
 * (core/v1 Service, networking.k8s.io/v1 Ingress).
 */
import { covers, hostFault, isCovered, isRewritten, pathFault } from './ingress-paths.js';
import { isNeighbourName } from '../contract/references.js';
import { ingressClassShape, ingressShape } from './border/object-shapes.js';
import { kept, listObjects } from './border/read.js';
import type { IngressFault, IngressWay, OutsideFacts } from './evidence.js';
import { namespaced, type FactContext } from './fact-context.js';
import type { BalancerAddress, Ingress, IngressBackend, IngressClass, Service } from './objects.js';
import { failed } from './observed.js';

/** From before `ingressClassName`. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** @returns undefined where the Service is of type NodePort: the node port is its way in */
export async function readOutside(context: FactContext): Promise<OutsideFacts | undefined> {
  const observed = await context.observe('service');
  const service = observed.ok ? observed.value : undefined;
  if (service === undefined) return undefined;
  const { type = 'ClusterIP' } = service.spec;
  if (type === 'NodePort') return undefined;
  const balancer = type === 'LoadBalancer' ? balancerAddresses(service.status) : undefined;
  const shared = { type, ...(balancer !== undefined && { balancer }) };
  try {
    const ingresses = await listObjects(
      context,
      namespaced(context, 'ingresses', 'networking.k8s.io/v1'),
      ingressShape,
    );
    const own = ingresses.filter((ingress) => leadsTo(ingress, service).length > 0);
    kept(context, own);
    if (own.length === 0) return { ...shared, ingresses: await astray(context, ingresses) };
    const classes = await listObjects(
      context,
      '/apis/networking.k8s.io/v1/ingressclasses',
      ingressClassShape,
    ).catch(() => undefined);
    const secrets = await presentSecrets(context, own);
    return {
      ...shared,
      ingresses: own.flatMap((ingress) => waysOf(ingress, service, { context, classes, secrets })),
    };
  } catch (error) {
    context.signal.throwIfAborted();
    const { detail, access } = failed(error, 'Ingresses', context.hider);
    return { ...shared, ingresses: [], unread: detail, ...(access && { access }) };
  }
}

interface Known {
  context: FactContext;
  /** undefined: could not be listed. */
  classes: readonly IngressClass[] | undefined;
  /** TLS Secrets that are there; undefined: could not be looked for. */
  secrets: ReadonlySet<string> | undefined;
}

function waysOf(ingress: Ingress, service: Service, known: Known): IngressWay[] {
  const { name, annotations = {} } = ingress.metadata;
  const { ingressClassName: named = annotations[CLASS_ANNOTATION], tls = [] } = ingress.spec;
  const addresses = balancerAddresses(ingress.status);
  const { classes, secrets, context } = known;
  const ofClass: IngressFault[] = [];
  if (
    classes !== undefined &&
    named !== undefined &&
    !classes.some(({ metadata }) => metadata.name === named)
  )
    ofClass.push({ is: 'class', says: `there is no IngressClass ${named}, so no controller takes it` });
  if (
    named === undefined &&
    classes?.every(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] !== 'true')
  )
    ofClass.push({ is: 'class', says: 'it names no ingressClassName, and no IngressClass is the default' });
  if (addresses.length === 0 && ofClass.length === 0)
    ofClass.push({
      is: 'controller',
      says: 'no controller has given it an address: its controller does not run, or takes other classes',
    });
  const paths = leadsTo(ingress, service);
  const { url } = context.options;
  const ofRules = [
    pathFault(ingress, paths, context.contract.http, url !== undefined) ?? [],
    (url === undefined ? undefined : hostFault(paths, url)) ?? [],
  ].flat();
  return paths.map(({ host, path, pathType, backend }) => {
    const forTls = tls.find(
      ({ hosts = [] }) => hosts.length === 0 || hosts.some((each) => covers(each, host)),
    );
    const faults = [...ofClass, ...ofRules];
    const port = backend.service?.port ?? {};
    if (!hasPort(service, port))
      faults.push({
        is: 'port',
        says: `it leads to port ${port.name ?? port.number ?? '(none)'} of the Service, which does not have that port`,
      });
    const secret = forTls?.secretName;
    if (secret !== undefined && secrets?.has(secret) === false)
      faults.push({ is: 'tls', says: `its TLS Secret ${secret} does not exist` });
    const at = host === '' || host.includes('*') ? addresses[0] : host;
    const { healthPath } = context.contract.http;
    const asked =
      !isRewritten(ingress) && at !== undefined && isCovered(healthPath, path, pathType)
        ? `${forTls === undefined ? 'http' : 'https'}://${at.includes(':') ? `[${at}]` : at}`
        : undefined;
    return {
      ...wayOf({ ingress: name, host, path, addresses }, faults),
      ...(asked !== undefined && { url: asked }),
    };
  });
}

function wayOf(
  place: Pick<IngressWay, 'ingress' | 'host' | 'path' | 'addresses'>,
  faults: IngressFault[],
): IngressWay {
  return { ...place, problems: faults.map(({ says }) => says), ...(faults.length > 0 && { faults }) };
}

/** Where no Ingress leads to the Service, one that names a Service which is not there is likely meant to. */
async function astray(context: FactContext, ingresses: readonly Ingress[]): Promise<IngressWay[]> {
  if (ingresses.length === 0) return [];
  const { service } = context.target.names;
  const identity = (item: unknown) => (item as { metadata: { name: string } }).metadata.name;
  const there = await context.client
    .list(namespaced(context, 'services'), context.signal, { metadataOnly: true, pick: identity })
    .catch(() => undefined);
  context.signal.throwIfAborted();
  if (there === undefined) return [];
  return ingresses.flatMap((ingress) =>
    pathsOf(ingress).flatMap(({ host, path, backend }) => {
      const named = backend.service?.name;
      if (named === undefined || there.includes(named) || isNeighbourName(named)) return [];
      const says = `it leads to Service ${named}, which does not exist; the backend’s is ${service}`;
      const addresses = balancerAddresses(ingress.status);
      return [wayOf({ ingress: ingress.metadata.name, host, path, addresses }, [{ is: 'service', says }])];
    }),
  );
}

/** The paths of an Ingress that lead to the Service. */
export function leadsTo(ingress: Ingress, { metadata }: Pick<Service, 'metadata'>) {
  return pathsOf(ingress).filter(({ backend }) => backend.service?.name === metadata.name);
}

function pathsOf({ spec }: Ingress) {
  const { defaultBackend, rules = [] } = spec;
  return [
    ...rules.flatMap(({ host = '', http }) =>
      (http?.paths ?? []).map(({ path = '/', pathType = 'Prefix', backend }) => ({
        host,
        path,
        pathType,
        backend,
      })),
    ),
    ...(defaultBackend ? [{ host: '', path: '/', pathType: 'Prefix', backend: defaultBackend }] : []),
  ];
}

function hasPort({ spec: { ports = [] } }: Service, wanted: NonNullable<IngressBackend['service']>['port']) {
  return ports.some(({ name, port }) =>
    wanted?.name === undefined ? port === wanted?.number : name === wanted.name,
  );
}

export function balancerAddresses(status: Service['status']): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(
    ({ ip, hostname }: BalancerAddress) => ip ?? hostname ?? [],
  );
}

/** Which of their TLS Secrets are there, without a look into them. */
async function presentSecrets(
  context: FactContext,
  ingresses: readonly Ingress[],
): Promise<Set<string> | undefined> {
  const names = ingresses.flatMap(({ spec }) =>
    (spec.tls ?? []).flatMap(({ secretName }) => secretName ?? []),
  );
  if (names.length === 0) return new Set();
  const identity = (item: unknown) => (item as { metadata: { name: string } }).metadata.name;
  return context.client
    .list(namespaced(context, 'secrets'), context.signal, { metadataOnly: true, pick: identity })
    .then(
      (all) => new Set(all),
      () => undefined,
    );
}
