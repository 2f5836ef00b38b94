/**
 * Finds a backend by what it is, and its objects by what refers to what: Deployment → the Services that select its
 * pods → the ConfigMaps and Secrets that its pod template names. Names decide only where references do not. Pure.
 */
import { COMPONENT_LABEL } from './name-forms.js';
import { referredObjects, type EnvironmentSpec, type SourceKind } from '../kube/effective-environment.js';
import { selects, type Labels } from '../kube/labels.js';
import { DEFAULT_CONTRACT } from './contract.js';
import { URL_VARIABLE } from './database-variables.js';
import type { ObjectNames } from './target.js';

export interface ContainerShape extends EnvironmentSpec {
  name: string;
  image?: string;
  ports?: { name?: string; containerPort: number }[];
  /** It has a probe of any kind. */
  probed?: boolean;
}

/** What a Deployment runs. Values of variables are never kept, only where they come from. */
export interface WorkloadShape {
  podLabels: Labels;
  /** `matchLabels` of its selector. */
  selector?: Labels | undefined;
  /** It selects by more than labels and their values. */
  hasExpressions?: boolean;
  containers: ContainerShape[];
}

export interface ServiceShape {
  selector?: Labels;
  type?: string;
  ports?: { port: number; targetPort?: number | string }[];
  clusterIP?: string;
}

export interface Workload {
  name: string;
  labels: Labels;
  shape?: WorkloadShape;
}

export interface NamedService {
  name: string;
  shape?: ServiceShape;
}

/** Names of what stands beside a backend; as whole words, so that `webhook` and `apiary` are not meant. */
const NEIGHBOUR =
  /(^|[^a-z])(front-?end|ui|web|client|nginx|postgres(ql)?|redis|kafka|zookeeper|mysql|mongo(db)?|mcp|worker|scheduler|notifications?|adminer|pgadmin|grafana|prometheus|ingress)([^a-z]|$)/i;
const BACKEND = /(^|[^a-z])(back-?end|api|server)([^a-z]|$)/i;
const TODO = /todo|task/i;

/** The host of an image's name: whose registry it is says nothing of what is in it. */
const REGISTRY = /^(?:localhost|[^/]*[.:][^/]*)\//;

const PORT = DEFAULT_CONTRACT.backend.container.port;

/**
 * The Deployments that look like the backend of such an application, by the strongest sign that any of them has: called
 * a backend and about todos; called a backend with a container that could be one; such a container. A backend of
 * something else has neither.
 */
export function likelyBackends<T extends Workload>(deployments: readonly T[]): T[] {
  const candidates = deployments.filter(({ shape }) => shape === undefined || shape.containers.length > 0);
  const called = candidates.filter(isCalledBackend);
  const meant = called.filter((each) => TODO.test(textsOf(each).join(' ')));
  if (meant.length > 0) return meant;
  const fitting = candidates.filter((each) => !NEIGHBOUR.test(each.name) && fits(each));
  const both = called.filter((each) => fitting.includes(each));
  if (both.length > 0 || fitting.length > 0) return both.length > 0 ? both : fitting;
  // Nothing is like it but one alone: with a port, a probe and something from a Secret it may be, whatever it is called.
  const serving = candidates.filter((each) => !isNeighbour(each) && servesWithSecret(each));
  return serving.length === 1 ? serving : [];
}

/** Whether a name is that of something that stands beside a backend, such as its frontend. */
export function isNeighbourName(name: string): boolean {
  return NEIGHBOUR.test(name) && !/back-?end/i.test(name);
}

function isNeighbour(workload: Workload): boolean {
  return textsOf(workload).some((word) => NEIGHBOUR.test(word));
}

function servesWithSecret({ shape }: Workload): boolean {
  return (shape?.containers ?? []).some(
    ({ ports = [], probed, env = [], envFrom = [] }) =>
      ports.length > 0 &&
      probed === true &&
      (envFrom.some(({ secretRef }) => secretRef) || env.some(({ valueFrom }) => valueFrom?.secretKeyRef)),
  );
}

function isCalledBackend({ name, labels, shape }: Workload): boolean {
  if (isNeighbourName(name)) return false;
  const component = labels[COMPONENT_LABEL] ?? labels.component ?? labels.tier;
  if (component !== undefined && NEIGHBOUR.test(component)) return false;
  const words = [name, component, labels['app.kubernetes.io/name'], labels.app];
  if (words.some((word) => word !== undefined && BACKEND.test(word))) return true;
  return shape?.containers.some((container) => BACKEND.test(container.name)) === true;
}

function textsOf({ name, labels, shape }: Workload): string[] {
  const images = (shape?.containers ?? []).map(({ image = '' }) => image.replace(REGISTRY, ''));
  return [name, ...Object.values(labels), ...images];
}

/** A container that could be the backend's whatever it is called. */
function fits({ shape }: Workload): boolean {
  return (shape?.containers ?? []).some((container) => {
    const hasPort = container.ports?.some(({ containerPort }) => containerPort === PORT) === true;
    const hasUrl = container.env?.some(({ name }) => name === URL_VARIABLE) === true;
    return (hasPort && (hasUrl || container.probed === true)) || (hasUrl && container.probed === true);
  });
}

/**
 * The container that is the backend's: by the contract's name, by what it is called, by what it has, or because there is no
 * other; undefined where nothing tells it from those beside it.
 */
export function backendOf(
  { containers }: Pick<WorkloadShape, 'containers'>,
  name = DEFAULT_CONTRACT.backend.container.name,
): ContainerShape | undefined {
  return (
    containers.find((container) => container.name === name) ??
    containers.find((container) => BACKEND.test(container.name)) ??
    containers.find(({ env = [] }) => env.some((entry) => entry.name === URL_VARIABLE)) ??
    containers.find(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === PORT)) ??
    (containers.length === 1 ? containers[0] : undefined)
  );
}

/** The key of a Secret that the backend takes its connection string from, where it is not called as the variable is. */
export function urlKeyOf({ env }: ContainerShape, secret: string): string | undefined {
  const entry = env?.findLast(({ name }) => name === URL_VARIABLE);
  const reference = entry?.valueFrom?.secretKeyRef;
  return reference?.name === secret && reference.key !== URL_VARIABLE ? reference.key : undefined;
}

export interface ReferenceInput {
  deployment: Workload & { shape: WorkloadShape };
  /** Other Deployments of the namespace: a Service that selects one of them is that one's. */
  others: readonly Workload[];
  /** undefined: the list could not be read. */
  services: readonly NamedService[] | undefined;
  configMaps: readonly { name: string }[] | undefined;
  secrets: readonly { name: string }[] | undefined;
  /** Name of the backend's container, where it is known. */
  container?: string | undefined;
  /** What labels and names say; kept where no reference says otherwise. */
  byName: Partial<Omit<ObjectNames, 'deployment'>>;
}

/** The objects that belong to a Deployment; undefined where nothing leads to one. */
export function followReferences(input: ReferenceInput): Partial<Omit<ObjectNames, 'deployment'>> {
  const container =
    backendOf(input.deployment.shape, input.container) ?? input.deployment.shape.containers[0];
  return {
    service: serviceFor(input),
    configMap: objectFor('ConfigMap', container, input.configMaps, input.byName.configMap, [
      'ENVIRONMENT',
      'LOG_LEVEL',
    ]),
    secret: objectFor('Secret', container, input.secrets, input.byName.secret, [
      URL_VARIABLE,
      'BETTER_AUTH_SECRET',
    ]),
  };
}

function serviceFor({ deployment, others, services, byName }: ReferenceInput): string | undefined {
  const { podLabels, containers } = deployment.shape;
  const selecting = (services ?? []).filter(({ shape }) => selects(shape?.selector, podLabels));
  const named = selecting.find(({ name }) => name === byName.service);
  const ports = containers.flatMap((container) => container.ports ?? []);
  const leads = ({ shape }: NamedService) =>
    (shape?.ports ?? []).some(({ port, targetPort = port }) =>
      ports.some(({ containerPort, name }) => containerPort === targetPort || name === targetPort),
    );
  const best = [...selecting].sort(
    (a, b) =>
      Number(leads(b)) - Number(leads(a)) ||
      openness(b) - openness(a) ||
      (a.name < b.name ? -1 : Number(a.name > b.name)),
  )[0];
  if (named ?? best) return (named ?? best)?.name;
  if (byName.service !== undefined) return byName.service;
  // Its selector is wrong, then; it is still told by its name, if it selects nobody else.
  const stem = deployment.name.replace(/-?deployment$/, '');
  const orphans = (services ?? []).filter(
    ({ shape }) =>
      Object.keys(shape?.selector ?? {}).length > 0 &&
      !others.some((other) => selects(shape?.selector, other.shape?.podLabels)),
  );
  return (
    orphans.find(({ name }) => name === deployment.name || name.startsWith(stem)) ??
    orphans.find(({ name }) => BACKEND.test(name))
  )?.name;
}

/** How far a Service reaches: clients outside of the cluster come in by the one that reaches furthest. */
function openness({ shape }: NamedService): number {
  if (shape?.clusterIP === 'None') return -1;
  return ['ClusterIP', 'NodePort', 'LoadBalancer'].indexOf(shape?.type ?? 'ClusterIP');
}

/**
 * The object that the container takes these variables from, the first of them first; else the one whose keys it
 * imports as a whole. Of several, the one with the contract's name, then the last that is there: it wins.
 */
function objectFor(
  kind: SourceKind,
  container: ContainerShape | undefined,
  there: readonly { name: string }[] | undefined,
  byName: string | undefined,
  variables: readonly string[],
): string | undefined {
  if (container === undefined) return byName;
  const exists = (name: string) => there === undefined || there.some((object) => object.name === name);
  const referred = referredObjects(container).filter((each) => each.kind === kind);
  const own = variables
    .map((variable) => container.env?.findLast(({ name }) => name === variable))
    .map(
      (entry) =>
        (kind === 'Secret' ? entry?.valueFrom?.secretKeyRef : entry?.valueFrom?.configMapKeyRef)?.name,
    )
    .find((name) => name !== undefined);
  const imported = referredObjects({ envFrom: container.envFrom }).filter((each) => each.kind === kind);
  const names = [...(own === undefined ? [] : [own]), ...imported.map(({ name }) => name).reverse()];
  const all = [...names, ...referred.map(({ name }) => name).filter((name) => !names.includes(name))];
  // The contract's own object is there and nothing else is: a template that names another is what is wrong.
  if (byName !== undefined && exists(byName) && (all.includes(byName) || !all.some(exists))) {
    return own !== undefined && own !== byName && exists(own) ? own : byName;
  }
  return all.find(exists) ?? all[0] ?? byName;
}
