/**
 * The smallest contract that describes a deployment as it is: its structure is taken over (where, names, ports, paths, keys,
 * sizes), its weaknesses are not. Pure.
 */
import { COMPONENT, COMPONENT_LABEL } from './name-forms.js';
import type {
  AutoscalerFacts,
  ConfigMapFacts,
  EnvironmentFacts,
  SecretFacts,
  VariableFacts,
} from '../evidence/evidence.js';
import type { Container, Deployment, Probe, Service } from '../evidence/objects.js';
import { rollingUpdate } from '../kube/int-or-percent.js';
import { sameQuantity } from '../kube/quantity.js';
import { servedPort, targetOf, usedPort } from '../kube/service-port.js';
import { DEFAULT_CONTRACT, type Contract } from './contract.js';
import { otherWayOf, URL_VARIABLE } from './database-variables.js';
import type { Mark } from './open.js';
import { apply, type Leaf, type Path } from './paths.js';
import { containerName, type Target } from './target.js';

export interface Described {
  deployment: Deployment;
  service: Service | undefined;
  configMap: ConfigMapFacts | undefined;
  secret: SecretFacts | undefined;
  environment: EnvironmentFacts;
  autoscaler: AutoscalerFacts | undefined;
}

/** One value that is taken over. */
export interface Adoption {
  path: Path;
  value?: Leaf;
  mark?: Mark;
}

const NUMBERS = [
  'initialDelaySeconds',
  'periodSeconds',
  'timeoutSeconds',
  'successThreshold',
  'failureThreshold',
] as const;
/** API defaults of what a probe leaves out (core/v1 Probe). */
const PROBE_DEFAULTS: Record<(typeof NUMBERS)[number], number> = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
};
/** What other backends of the kind call their signing secret, the likeliest first. */
const SIGNING_SECRETS = ['BETTER_AUTH_SECRET', 'AUTH_SECRET', 'JWT_SECRET', 'JWT_SECRET_KEY', 'SECRET_KEY'];

/** @param base what holds without the file: only what differs from it is taken over */
export function adopt(found: Described, target: Target, base: Contract): Adoption[] {
  const container = backendOf(found.deployment, containerName({ target, contract: base }));
  if (container === undefined) return [];
  const adoptions: Adoption[] = [
    ...names(found, target),
    ...labels(found),
    ...scale(found),
    ...image(container),
    ...sizes(container, base),
    ...ports(found, container, base),
    ...(['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((kind) =>
      probe(kind, container),
    ),
    ...strategy(found.deployment, base),
    ...user(found.deployment, container),
    ...variables(found, target, base),
    ...healthPath(container),
  ];
  return adoptions.filter((each) => changes(each, base));
}

/** Makes the adoptions on a copy. */
export function adopted(base: Contract, adoptions: readonly Adoption[]): Contract {
  const contract = structuredClone(base);
  for (const { path, value, mark } of adoptions) apply(contract, { path, value, mark });
  return contract;
}

function changes(adoption: Adoption, base: Contract): boolean {
  return JSON.stringify(adopted(base, [adoption])) !== JSON.stringify(base);
}

function backendOf({ spec }: Deployment, name: string): Container | undefined {
  const { containers } = spec.template.spec;
  return containers.find((container) => container.name === name) ?? containers[0];
}

function names(
  { service, configMap, secret, environment }: Described,
  { names: own, accepted }: Target,
): Adoption[] {
  const there = { deployment: true, service, configMap, secret };
  return (Object.keys(own) as (keyof typeof own)[]).flatMap((kind): Adoption[] => {
    const path = ['names', kind];
    // What the template takes values from is there for it, though it could not be read.
    const isTakenFrom = environment.unread.some(({ name }) => name === own[kind]);
    if (there[kind] !== undefined || isTakenFrom)
      return accepted[kind].includes(own[kind]) ? [] : [{ path, value: own[kind] }];
    if (kind === 'configMap') return [{ path, mark: 'absent' }];
    const needed =
      environment.variables.some(({ name }) => name === URL_VARIABLE) && environment.missing.length === 0;
    // Where nothing is taken from a Secret there is none to be named: what stands in the template is told by itself.
    return kind === 'secret' && needed ? [{ path, mark: 'absent' }] : [];
  });
}

function labels({ deployment, service }: Described): Adoption[] {
  const isHelms = (set: Record<string, string> = {}) =>
    ['name', 'instance'].every((key) => `app.kubernetes.io/${key}` in set) &&
    'helm.sh/chart' in set &&
    set['app.kubernetes.io/managed-by'] === 'Helm' &&
    set[COMPONENT_LABEL] === COMPONENT;
  const selector = deployment.spec.selector.matchLabels ?? {};
  const selects = 'app.kubernetes.io/name' in selector && selector[COMPONENT_LABEL] === COMPONENT;
  const all = isHelms(deployment.metadata.labels) && isHelms(service?.metadata.labels) && selects;
  return all ? [] : [{ path: ['labels'], value: 'any' }];
}

/** One replica alone is a weakness, and stays the written contract's matter. */
function scale({ deployment, autoscaler }: Described): Adoption[] {
  if (autoscaler) {
    const { minReplicas, maxReplicas } = autoscaler;
    const path = ['backend', 'autoscaling'];
    return [
      { path: [...path, 'minReplicas'], value: minReplicas },
      { path: [...path, 'maxReplicas'], value: maxReplicas },
    ];
  }
  const { replicas = 1 } = deployment.spec;
  return replicas > 1 ? [{ path: ['backend', 'replicaCount'], value: replicas }] : [];
}

/** What is named by its digest alone has no tag that could be wrong. */
function image({ name, image: text = '', imagePullPolicy }: Container): Adoption[] {
  const [, repository = '', tag] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(text) ?? [];
  const isLatest = tag === 'latest' || (tag === undefined && !text.includes('@'));
  const policy = imagePullPolicy ?? (isLatest ? 'Always' : 'IfNotPresent');
  const path = (key: string): Path => ['backend', 'image', key];
  return [
    { path: ['backend', 'container', 'name'], value: name },
    ...(repository === '' ? [] : [{ path: path('repository'), value: repository }]),
    tag === undefined && !isLatest
      ? { path: path('tag'), mark: 'any' }
      : { path: path('tag'), value: tag ?? 'latest' },
    { path: path('pullPolicy'), value: policy },
  ];
}

/** What comes to the same, such as 1 and 1000m, is as the base has it. */
function sizes({ resources }: Container, { backend }: Contract): Adoption[] {
  return (['requests', 'limits'] as const).flatMap((kind) =>
    (['cpu', 'memory'] as const).flatMap((resource): Adoption[] => {
      const value = resources?.[kind]?.[resource] ?? resources?.limits?.[resource];
      const same = value !== undefined && sameQuantity(value, backend.resources[kind][resource]);
      return value === undefined || same ? [] : [{ path: ['backend', 'resources', kind, resource], value }];
    }),
  );
}

/** A target port that no container has is a fault, not a structure: the container's port stays what is expected. */
function ports({ service, deployment }: Described, container: Container, base: Contract): Adoption[] {
  const at = (key: string, value: Leaf): Adoption => ({ path: ['backend', 'service', key], value });
  const { containers } = deployment.spec.template.spec;
  const served = servedPort(container);
  const wanted = { ...base.backend.service, targetPort: served ?? base.backend.container.port };
  const entry = usedPort(service?.spec.ports ?? [], wanted, containers, container);
  // Nobody has to declare a port: without one the Service knows.
  const containerPort = served ?? (entry && targetOf(entry, containers)) ?? base.backend.container.port;
  const type = service?.spec.type ?? 'ClusterIP';
  return [
    { path: ['backend', 'container', 'port'], value: containerPort },
    at('targetPort', containerPort),
    ...(service === undefined || entry === undefined
      ? []
      : [
          at('type', type),
          at('port', entry.port),
          ...(type === 'ClusterIP' ? [] : [nodePortOf(entry, type)]),
        ]),
  ];
}

/** Manifests may leave the number to the API server, and a load balancer's nobody asks for: then any is right. */
function nodePortOf({ nodePort }: { nodePort?: number }, type: string): Adoption {
  const path = ['backend', 'service', 'nodePort'];
  return nodePort === undefined || type === 'LoadBalancer'
    ? { path, mark: 'any' }
    : { path, value: nodePort };
}

function probe(kind: 'livenessProbe' | 'readinessProbe' | 'startupProbe', container: Container): Adoption[] {
  const found = container[kind];
  if (!found) return [];
  const at = (key: string, value: Leaf): Adoption => ({ path: ['backend', kind, key], value });
  const type = typeOf(found);
  const port = found.httpGet && portOf(found.httpGet.port, container);
  return [
    at('type', type),
    ...(found.httpGet ? [at('path', found.httpGet.path ?? '/')] : []),
    ...(port === undefined ? [] : [at('port', port)]),
    ...NUMBERS.map((field) => at(field, found[field] ?? PROBE_DEFAULTS[field])),
  ];
}

function typeOf({ httpGet, tcpSocket, grpc }: Probe): string {
  if (httpGet) return 'httpGet';
  if (tcpSocket) return 'tcpSocket';
  return grpc ? 'grpc' : 'exec';
}

function portOf(port: number | string, { ports: declared = [] }: Container): number | undefined {
  if (/^\d+$/.test(String(port))) return Number(port);
  return declared.find(({ name }) => name === port)?.containerPort;
}

function strategy({ spec }: Deployment, { backend }: Contract): Adoption[] {
  const type = spec.strategy?.type ?? 'RollingUpdate';
  const at = (key: string, value: Leaf): Adoption => ({ path: ['backend', 'strategy', key], value });
  if (type !== backend.strategy.type) return [at('type', type)];
  const replicas = Math.max(spec.replicas ?? 1, 1);
  const rolling = spec.strategy?.rollingUpdate;
  const is = rollingUpdate(rolling, replicas);
  const want = rollingUpdate(backend.strategy, replicas);
  return [
    ...(is.surge === want.surge ? [] : [at('maxSurge', rolling?.maxSurge ?? '25%')]),
    ...(is.unavailable === want.unavailable ? [] : [at('maxUnavailable', rolling?.maxUnavailable ?? '25%')]),
  ];
}

/** Which user it is, is the image's business; that it is none but root is a weakness. */
function user({ spec }: Deployment, { securityContext }: Container): Adoption[] {
  const uid = securityContext?.runAsUser ?? spec.template.spec.securityContext?.runAsUser;
  return uid === undefined || uid === 0
    ? []
    : [{ path: ['backend', 'securityContext', 'runAsUser'], value: uid }];
}

function variables({ configMap, environment }: Described, target: Target, base: Contract): Adoption[] {
  const { backend, allowed } = base;
  const variableOf = (name: string) => environment.variables.find((variable) => variable.name === name);
  const settings = Object.keys(backend.env).flatMap((name): Adoption[] => {
    const path = ['backend', 'env', name];
    const source = variableOf(name)?.source;
    if (source === undefined) return [{ path, mark: 'absent' }];
    const isOurs = source.from === 'ConfigMap' && source.name === configMap?.name && source.key === name;
    const value = configMap && Object.hasOwn(configMap.data, name) ? configMap.data[name] : undefined;
    if (!isOurs || value === undefined) return [{ path, mark: 'any' }];
    return [{ path, value }, ...allowing(name, value, allowed)];
  });
  const signing = SIGNING_SECRETS.find((name) => variableOf(name)?.source.from === 'Secret');
  // What is imported from an object that could not be looked at may have it.
  const isHidden = [...environment.unread, ...environment.missing].some(({ field }) =>
    field.startsWith('envFrom'),
  );
  const hasOwn = variableOf('BETTER_AUTH_SECRET') !== undefined || (isHidden && signing === undefined);
  const own = hasOwn ? 'BETTER_AUTH_SECRET' : signing;
  const required = [...databaseSecrets(environment, isHidden), ...(own === undefined ? [] : [own])];
  const keys = required.flatMap((name): Adoption[] => {
    const path = ['backend', 'secretKeys', name];
    const source = variableOf(name)?.source;
    if (source?.from === 'template' && source.uses.length > 0) return [{ path, mark: 'any' }];
    const key = keyOf(variableOf(name), target.names.secret);
    return key === undefined ? [] : [{ path, value: key }];
  });
  return [
    ...settings,
    { path: ['backend', 'requiredSecretKeys'], value: required },
    ...(!hasOwn && signing !== undefined ? [{ path: ['secrets', 'authSecretKey'], value: signing }] : []),
    ...keys,
  ];
}

/** The variables of the database that have to be secret: the URL, whatever it is called, or of pieces the password. */
function databaseSecrets({ variables }: EnvironmentFacts, isHidden: boolean): string[] {
  const other = isHidden ? undefined : otherWayOf(variables);
  if (other === undefined) return [URL_VARIABLE];
  if ('url' in other) return [other.url.name];
  return other.pieces.flatMap(({ name }) => (/PASS(WORD)?$/i.test(name) ? [name] : []));
}

/** Levels that loggers of Python, and their servers, know. */
const LOG_LEVEL = /^(critical|fatal|error|warn|warning|info|debug|trace|notset)$/i;

/** A value that the written contract does not know at all, and that means something all the same. */
function allowing(name: string, value: string, allowed: Contract['allowed']): Adoption[] {
  if (name === 'LOG_LEVEL' && LOG_LEVEL.test(value) && !allowed.logLevels.includes(value))
    return [{ path: ['allowed', 'logLevels'], value: [...allowed.logLevels, value] }];
  if (name === 'ENVIRONMENT' && /^[A-Za-z][\w-]{1,30}$/.test(value) && !allowed.environments.includes(value))
    return [{ path: ['allowed', 'environments'], value: [...allowed.environments, value] }];
  return [];
}

/** How a contract says where a secret variable comes from, where it is not the Secret's key of its name. */
function keyOf(variable: VariableFacts | undefined, secret: string): string | undefined {
  if (variable?.source.from !== 'Secret') return undefined;
  const { name, key } = variable.source;
  if (name !== secret) return `${name}/${key}`;
  return key === variable.name ? undefined : key;
}

/** What the probes ask for, unless it is a page for people. */
function healthPath({ readinessProbe, livenessProbe, startupProbe }: Container): Adoption[] {
  const paths = [readinessProbe, livenessProbe, startupProbe].flatMap((each) => each?.httpGet?.path ?? []);
  const value = paths.find((path) => path !== DEFAULT_CONTRACT.http.docsPath && path !== '/');
  return value === undefined ? [] : [{ path: ['http', 'healthPath'], value }];
}

/** The written contract's value at a path, as a comment says it. */
export function writtenValue(path: Path): string {
  const value = path.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | undefined)?.[key],
    DEFAULT_CONTRACT,
  );
  if (value === undefined) return 'not there';
  if (value === '') return 'the release’s name for it';
  return Array.isArray(value) ? value.join(', ') : JSON.stringify(value).replaceAll('"', '');
}
