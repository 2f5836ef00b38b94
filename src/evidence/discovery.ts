/** What name resolution and the Helm overlay need to know before anything can be read by name. */
import type { HelmRelease } from '../contract/helm-release.js';
import type {
  DeploymentIdentity,
  InstalledRelease,
  ObjectIdentity,
  ServiceIdentity,
} from '../contract/found-objects.js';
import type { ContainerShape } from '../contract/references.js';
import { deploymentShape, serviceShape } from './border/object-shapes.js';
import { understand } from './border/read.js';
import { map, name, need, object, text, type Shape } from './border/shape.js';
import type { Observed } from './evidence.js';
import { KubernetesError, type KubernetesClient, type ListOptions } from './kubernetes/client.js';
import type { Container, Deployment, ObjectMeta, Service } from './objects.js';
import { now, unread, type Unread } from './observed.js';
import { sanitizeDeep, sanitizeLine } from './sanitize.js';

/** Each list by itself, so that one that is forbidden costs nothing but itself. */
export interface Discovery {
  /** With where the variables of their containers come from; never a value. */
  deployments: Observed<DeploymentIdentity[]>;
  services: Observed<ServiceIdentity[]>;
  configMaps: Observed<ObjectIdentity[]>;
  /** Without those in which Helm keeps its releases. */
  secrets: Observed<ObjectIdentity[]>;
  /** The newest revision of each release; read from the labels of what Helm stores it in. */
  releases: Observed<InstalledRelease[]>;
  /** Helm's Secrets and ConfigMaps: which holds which revision. */
  stored: StoredRelease[];
}

/** What Helm stores releases in: Secrets, or with HELM_DRIVER=configmap ConfigMaps. */
type Driver = 'secrets' | 'configmaps';

/** One revision, by the labels of what holds it. */
interface StoredRelease {
  driver: Driver;
  namespace: string;
  object: string;
  release: string;
  revision: number;
  status: string;
}

/** Four lists at the same time, two of them of metadata alone. Never rejects but for `signal`. */
export async function discover(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<Discovery> {
  const core = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const list = (path: string) => identities(client, path, signal);
  const [deployments, services, configMaps, secrets] = await Promise.all([
    listWorkloads(client, `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`, signal),
    listServices(client, `${core}/services`, signal),
    list(`${core}/configmaps`),
    list(`${core}/secrets`),
  ]);
  const storedAs = (driver: Driver, { ok, value }: { ok: boolean; value?: ObjectIdentity[] }) =>
    ok ? (value ?? []).flatMap((each) => storedRelease(each, driver, namespace)) : [];
  const stored = [...storedAs('secrets', secrets), ...storedAs('configmaps', configMaps)];
  const withoutReleases = (list: typeof secrets) =>
    list.ok ? { ...list, value: list.value.filter((each) => !isRelease(each)) } : list;
  return {
    deployments,
    services,
    configMaps: withoutReleases(configMaps),
    secrets: withoutReleases(secrets),
    releases: secrets.ok ? { ok: true, at: secrets.at, value: newestOfEach(stored) } : secrets,
    stored,
  };
}

/**
 * The same where Helm keeps a release in another namespace than that of its objects: what is stored there in place of what is
 * stored here. Never rejects but for `signal`.
 */
export async function discoverRelease(
  client: KubernetesClient,
  namespace: string,
  release: string,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<Discovery> {
  const core = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const labelSelector = `owner=helm,name=${release}`;
  const list = (driver: Driver) => identities(client, `${core}/${driver}`, signal, labelSelector);
  const [secrets, configMaps] = await Promise.all([list('secrets'), list('configmaps')]);
  const found = [
    ...(secrets.ok ? secrets.value.flatMap((each) => storedRelease(each, 'secrets', namespace)) : []),
    ...(configMaps.ok
      ? configMaps.value.flatMap((each) => storedRelease(each, 'configmaps', namespace))
      : []),
  ];
  const stored = [...discovery.stored.filter((each) => each.release !== release), ...found];
  if (found.length === 0 && !secrets.ok) return { ...discovery, secrets, stored };
  return { ...discovery, stored, releases: { ok: true, at: now(), value: newestOfEach(stored) } };
}

/** The stored revisions of one release, newest first. */
export function revisionsOf(
  { stored }: Pick<Discovery, 'stored'>,
  release: string | undefined,
): StoredRelease[] {
  return stored.filter((each) => each.release === release).sort((a, b) => b.revision - a.revision);
}

/**
 * The newest revision, whether it came to a good end or not: it says what was asked for last. Decoded, and without any
 * secret value.
 * @param release undefined: the backend belongs to none
 * @returns a value of undefined where Helm stored nothing; not ok where it did, or may have, and that cannot be read
 */
export async function readHelmRelease(
  client: KubernetesClient,
  release: string | undefined,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<Observed<HelmRelease | undefined>> {
  if (!discovery.secrets.ok) return discovery.secrets;
  const { decodeHelmRelease } = await import('../contract/helm-release.js');
  return readStored(client, release, discovery, signal, decodeHelmRelease);
}

/** As `readHelmRelease`: the newest revision, decoded by `decode`. */
export async function readStored<T>(
  client: KubernetesClient,
  release: string | undefined,
  discovery: Discovery,
  signal: AbortSignal,
  decode: (data: string) => T,
): Promise<Observed<T | undefined>> {
  const [newest] = revisionsOf(discovery, release);
  if (newest === undefined) return { ok: true, at: now(), value: undefined };
  const { driver, namespace, object: holder } = newest;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${driver}/${holder}`;
  const { HelmReleaseError } = await import('../contract/helm-release.js');
  try {
    const found = understand(await client.get(path, signal), helmSecret);
    const [odd] = found.oddities;
    if (odd) return unread('unsupported', odd.says);
    const data = found.value?.data?.release;
    // It was listed a moment ago: what is not there now was taken away, and says nothing.
    if (data === undefined)
      return unread(
        'failed',
        `${driver === 'secrets' ? 'Secret' : 'ConfigMap'} ${holder} holds no release: its key "release" is missing`,
      );
    // The API encodes what is in a Secret once more.
    const encoded = driver === 'secrets' ? data : Buffer.from(data).toString('base64');
    return { ok: true, at: now(), value: decode(encoded) };
  } catch (error) {
    if (error instanceof KubernetesError) return notRead(error);
    if (error instanceof HelmReleaseError) return unread('unsupported', sanitizeLine(error.message));
    throw error;
  }
}

/** The Deployments of every namespace: where else the backend may be. Never rejects but for `signal`. */
export function discoverEverywhere(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Observed<(DeploymentIdentity & { namespace: string })[]>> {
  return read(
    client,
    '/apis/apps/v1/deployments',
    signal,
    { pick: through(deploymentShape, pickShape) },
    (deployment) => ({
      ...deploymentOf(deployment),
      namespace: deployment.metadata.namespace ?? '',
    }),
  );
}

/** Deployments, or workloads of another kind: what their pod templates have in common. Never rejects but for `signal`. */
export function listWorkloads(client: KubernetesClient, path: string, signal: AbortSignal) {
  return read(client, path, signal, { pick: through(deploymentShape, pickShape) }, deploymentOf);
}

function listServices(client: KubernetesClient, path: string, signal: AbortSignal) {
  const options: ListOptions<Service> = {
    pick: through(serviceShape, ({ metadata, spec: { selector, type, clusterIP, ports } }) => ({
      metadata: pickIdentity(metadata),
      spec: {
        selector,
        type,
        clusterIP,
        ports: ports?.map(({ port, targetPort }) => ({ port, targetPort })),
      },
    })),
  };
  return read(client, path, signal, options, ({ metadata, spec }): ServiceIdentity => ({
    ...identityOf(metadata),
    shape: spec,
  }));
}

interface Identified {
  metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'>;
}

const identified = object<Identified>({
  metadata: need(
    object<Identified['metadata']>({
      name: need(name),
      namespace: text,
      labels: map(text),
      annotations: map(text),
    }),
  ),
});

const helmSecret = object<{ data?: { release?: string } }>({
  data: object<{ release?: string }>({ release: text }),
});

function identities(
  client: KubernetesClient,
  path: string,
  signal: AbortSignal,
  labelSelector?: string,
): Promise<Observed<ObjectIdentity[]>> {
  const options: ListOptions<Identified> = {
    metadataOnly: true,
    ...(labelSelector !== undefined && { labelSelector }),
    pick: through(identified, ({ metadata }) => ({ metadata: pickIdentity(metadata) })),
  };
  return read(client, path, signal, options, ({ metadata }) => identityOf(metadata));
}

async function read<T extends { metadata: ObjectMeta }, R>(
  client: KubernetesClient,
  path: string,
  signal: AbortSignal,
  options: ListOptions<T>,
  reduce: (item: T) => R,
): Promise<Observed<R[]>> {
  try {
    const items = await client.list<T>(path, signal, options);
    return { ok: true, at: now(), value: sanitizeDeep(items.map(reduce)) };
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    return notRead(error);
  }
}

/** An object that is odd is not found here, or not by what is odd in it; the fact that reads it by its name tells why. */
function through<T, R>(shape: Shape<T>, pick: (object: T) => R): (item: unknown) => R | undefined {
  return (item) => {
    const { value } = understand(item, shape);
    return value === undefined ? undefined : pick(value);
  };
}

function pickIdentity({ name, namespace, labels, annotations }: ObjectMeta): ObjectMeta {
  return { name, namespace, labels, annotations };
}

function identityOf({ name, labels = {}, annotations = {} }: ObjectMeta): ObjectIdentity {
  return {
    name,
    labels,
    // The one annotation that says whose an object is; others may hold whole objects, secrets included.
    annotations: Object.fromEntries(
      Object.entries(annotations).filter(([key]) => key.startsWith('meta.helm.sh/')),
    ),
  };
}

/** Keeps of a pod template what tells whose it is and where its variables come from. */
function pickShape({ metadata, spec }: Deployment): Deployment {
  const { template } = spec;
  return {
    metadata: pickIdentity(metadata),
    spec: {
      selector: spec.selector,
      template: {
        metadata: { labels: template.metadata?.labels },
        spec: { containers: template.spec.containers.map(pickContainer) },
      },
    },
  };
}

function pickContainer({ name, image, ports, env, envFrom, ...more }: Container): Container {
  const { livenessProbe, readinessProbe, startupProbe } = more;
  return {
    name,
    image,
    ports,
    // Literals may be credentials, and none is known yet: they stay behind.
    env: env?.map(({ name: variable, valueFrom }) => ({ name: variable, valueFrom })),
    envFrom,
    livenessProbe: livenessProbe ?? readinessProbe ?? startupProbe,
  };
}

function deploymentOf({ metadata, spec }: Deployment): DeploymentIdentity {
  const { metadata: meta, spec: pod } = spec.template;
  const containers = pod.containers.map(({ livenessProbe, ...container }): ContainerShape => ({
    ...container,
    probed: livenessProbe !== undefined,
  }));
  const { matchLabels: selector, matchExpressions = [] } = spec.selector;
  const more = matchExpressions.length > 0 && { hasExpressions: true };
  const shape = { podLabels: meta?.labels ?? {}, selector, ...more, containers };
  return { ...identityOf(metadata), shape };
}

function notRead({ why, message, access }: KubernetesError): Unread {
  return { ...unread(why, sanitizeLine(message)), ...(access && { access }) };
}

/** Helm labels what it stores `owner=helm`, with name, version and status. */
function isRelease({ name: object, labels }: ObjectIdentity): boolean {
  return labels.owner === 'helm' && labels.name !== undefined && object.startsWith('sh.helm.release.v1.');
}

function storedRelease(found: ObjectIdentity, driver: Driver, namespace: string): StoredRelease[] {
  const { name: release, version, status = 'unknown' } = found.labels;
  if (!isRelease(found) || release === undefined) return [];
  return [{ driver, namespace, object: found.name, release, revision: Number(version) || 0, status }];
}

function newestOfEach(stored: readonly StoredRelease[]): InstalledRelease[] {
  const newest = new Map<string, StoredRelease>();
  for (const each of stored) {
    if ((newest.get(each.release)?.revision ?? -1) < each.revision) newest.set(each.release, each);
  }
  return [...newest.values()].map(({ release, revision, status }) => {
    const previous = previousOf(release, revision, stored);
    return { name: release, revision, status, ...(previous !== undefined && { previous }) };
  });
}

/** Statuses of revisions that were deployed once. */
const WAS_DEPLOYED: ReadonlySet<string> = new Set(['deployed', 'superseded']);

/** The newest revision before this one that was deployed. */
function previousOf(release: string, revision: number, stored: readonly StoredRelease[]): number | undefined {
  const before = stored
    .filter((each) => each.release === release && each.revision < revision && WAS_DEPLOYED.has(each.status))
    .map((each) => each.revision);
  return before.length === 0 ? undefined : Math.max(...before);
}
