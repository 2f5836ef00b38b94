import { containerName } from '../../contract/target.js';
import { writtenMeta } from '../border/pod-shape.js';
import { getObject } from '../border/read.js';
import { need, object } from '../border/shape.js';
import type { DriftFacts, ObjectWrites, PodDrift } from '../deep-facts.js';
import { namespaced, type FactContext } from '../fact-context.js';
import { referredObjects } from '../../kube/effective-environment.js';
import { templateContainer } from '../environment.js';
import { failed } from '../observed.js';
import type { Container, ObjectMeta, Pod, PodSpec } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';
import { mapInSlices } from '../../turn.js';
import { byText } from '../../text-order.js';

/** Depth to which a field is named: `.spec.template.spec.containers`. */
const MAX_DEPTH = 4;

const MAX_FIELDS = 40;

type Kind = ObjectWrites['kind'];

const written = object<{ metadata: ObjectMeta }>({ metadata: need(writtenMeta) });

/** Who wrote what into the backend's objects and when, and in what its pods differ from them. */
export async function readDrift(context: FactContext): Promise<DriftFacts> {
  const { names } = context.target;
  const places: [Kind, string, string][] = [
    ['Deployment', names.deployment, namespaced(context, `deployments/${names.deployment}`, 'apps/v1')],
    ['Service', names.service, namespaced(context, `services/${names.service}`)],
    ['ConfigMap', names.configMap, namespaced(context, `configmaps/${names.configMap}`)],
    ['Secret', names.secret, namespaced(context, `secrets/${names.secret}`)],
  ];
  const deployment = await context.observe('deployment');
  const container =
    deployment.ok && deployment.value
      ? templateContainer(deployment.value, containerName(context))
      : undefined;
  for (const { kind, name } of referredObjects(container ?? {})) {
    if (places.some((place) => place[0] === kind && place[1] === name)) continue;
    places.push([kind, name, namespaced(context, `${kind.toLowerCase()}s/${name}`)]);
  }
  const read = await Promise.all(places.map((place) => writesOf(context, place)));
  const objects = read.flatMap((each) => each.writes ?? []);
  const unread = read.flatMap((each) => each.reason ?? []);
  return { objects, unread, pods: await driftOfPods(context, objects) };
}

async function writesOf(
  context: FactContext,
  [kind, name, path]: [Kind, string, string],
): Promise<{ writes?: ObjectWrites; reason?: DriftFacts['unread'][number] }> {
  try {
    // A Secret comes with its values: those that read it otherwise have made them known to the hider already.
    const meta =
      kind === 'Secret'
        ? (await context.rawSecret(name))?.metadata
        : (await getObject(context, path, written, 'a part'))?.metadata;
    if (meta === undefined) return {};
    const { generation, creationTimestamp, managedFields = [] } = meta;
    const writers = managedFields
      .filter(({ subresource }) => subresource === undefined || subresource === '')
      .map(({ manager = 'unknown', operation = 'Update', time, fieldsV1 }) => ({
        manager,
        operation,
        at: time,
        fields: fieldsOf(fieldsV1 ?? {}, '', 0).slice(0, MAX_FIELDS),
      }))
      .sort((a, b) => byText(a.at ?? '', b.at ?? ''));
    return { writes: { kind, name, generation, createdAt: creationTimestamp, writers } };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { why, detail, access } = failed(error, `reading ${kind} ${name}`, context.hider);
    return { reason: { kind, name, why, detail, ...(access && { access }) } };
  }
}

/** `{"f:data":{"f:KEY":{}}}` as `.data.KEY` (structured-merge-diff, FieldsV1). */
function fieldsOf(tree: object, path: string, depth: number): string[] {
  const children = Object.entries(tree).filter(([key]) => key.startsWith('f:'));
  if (children.length === 0 || depth >= MAX_DEPTH) return path === '' ? [] : [path];
  return children.flatMap(([key, value]) =>
    fieldsOf((value ?? {}) as object, `${path}.${key.slice(2)}`, depth + 1),
  );
}

async function driftOfPods(context: FactContext, objects: readonly ObjectWrites[]): Promise<PodDrift[]> {
  const [pods, deployment] = await Promise.all([context.observe('pods'), context.observe('deployment')]);
  if (!pods.ok) return [];
  const template = deployment.ok ? deployment.value?.spec.template.spec : undefined;
  const living = pods.value.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  // Pods of one template share their containers: each is compared once.
  const compared = new Map<Container, string[]>();
  return mapInSlices(living, (pod) => driftOf(pod, template, objects, context, compared));
}

function driftOf(
  pod: Pod,
  template: PodSpec | undefined,
  objects: readonly ObjectWrites[],
  context: FactContext,
  compared: Map<Container, string[]>,
): PodDrift {
  const container = backendContainer(pod, containerName(context));
  const wanted = template?.containers.find(({ name }) => name === container?.name);
  const state = statusOf(pod, container?.name ?? '')?.state;
  const startedAt = state?.running?.startedAt ?? state?.terminated?.startedAt;
  return {
    pod: pod.metadata.name,
    startedAt,
    template: container && wanted ? differencesOnce(container, wanted, compared) : undefined,
    newerSources: startedAt === undefined ? [] : newerThan(startedAt, objects),
  };
}

/** Data of the Secret or ConfigMap that was written after the container had started: its environment is older. */
function newerThan(startedAt: string, objects: readonly ObjectWrites[]): PodDrift['newerSources'] {
  return objects
    .filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap')
    .flatMap(({ kind, name, writers }) =>
      writers
        .filter(({ at, fields }) => at !== undefined && at > startedAt && fields.some(isData))
        .map(({ at, manager, fields }) => ({
          kind,
          name,
          at: at ?? '',
          manager,
          keys: fields.filter(isData).map((field) => field.replace(/^\.(stringData|data)\.?/, '')),
        })),
    );
}

function isData(field: string): boolean {
  return /^\.(data|stringData)(\.|$)/.test(field);
}

function differencesOnce(pod: Container, template: Container, compared: Map<Container, string[]>): string[] {
  const known = compared.get(pod) ?? differences(pod, template);
  compared.set(pod, known);
  return known;
}

/** Fields of the container that a pod keeps from its template and that matter here; values stay where they are. */
function differences(pod: Container, template: Container): string[] {
  const fields = [
    'image',
    'imagePullPolicy',
    'command',
    'args',
    'env',
    'envFrom',
    'resources',
    'ports',
  ] as const;
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
  return [...fields, ...probes].filter((field) => canonical(pod[field]) !== canonical(template[field]));
}

/** With keys in order; empty for undefined. */
function canonical(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item;
  return value === undefined ? '' : JSON.stringify(value, sorted);
}
