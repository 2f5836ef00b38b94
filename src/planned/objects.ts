/** What was written, as the API server would keep it: complete, each object once, and of the types that it demands. */
import { isMapping } from '../contract/paths.js';
import {
  autoscalerShape,
  configMapShape,
  deploymentShape,
  networkPolicyShape,
  serviceShape,
} from '../evidence/border/object-shapes.js';
import { writtenMeta } from '../evidence/border/pod-shape.js';
import { A_TEXT, map, need, object, Oddities, text, type Shape } from '../evidence/border/shape.js';
import type { Deployment, ObjectMeta } from '../evidence/objects.js';
import { fillDeployment, fillSecret, fillService, scaledBy, type WrittenSecret } from '../kube/defaults.js';
import type { WrittenObject } from './documents.js';
import { ManifestError, placeText } from './manifest-error.js';

export interface PlannedObject extends WrittenObject {
  name: string;
  /** As it is written; undefined: it goes wherever the others go. */
  namespace: string | undefined;
  /** With the API server's defaults. */
  object: ApiObject;
}

/** Kinds that lie in no namespace; those of others' APIs are not known. */
const OF_CLUSTER =
  /^(Namespace|Node|PersistentVolume|StorageClass|IngressClass|PriorityClass|RuntimeClass|CSIDriver|CustomResourceDefinition|ClusterRole|ClusterRoleBinding|ClusterIssuer|ClusterSecretStore|APIService|GatewayClass|(Mutating|Validating)\w+)$/;

export function isOfCluster({ kind }: Pick<WrittenObject, 'kind'>): boolean {
  return OF_CLUSTER.test(kind);
}

export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

const secretShape = object<{ metadata: ObjectMeta; type?: string } & WrittenSecret>({
  metadata: need(writtenMeta),
  type: text,
  data: map(text),
  stringData: map(text),
});

/** What is read of the objects, by kind; of others only whose they are. */
const SHAPES: Record<string, { apiVersions: RegExp; shape: Shape<unknown> }> = {
  Deployment: { apiVersions: /^apps\/v1$/, shape: deploymentShape },
  Service: { apiVersions: /^v1$/, shape: serviceShape },
  ConfigMap: { apiVersions: /^v1$/, shape: configMapShape },
  Secret: { apiVersions: /^v1$/, shape: secretShape },
  NetworkPolicy: { apiVersions: /^networking\.k8s\.io\/v1$/, shape: networkPolicyShape },
  HorizontalPodAutoscaler: { apiVersions: /^autoscaling\/v[12]$/, shape: autoscalerShape },
};

/** Another API's kind of the same name: Knative has a Service, too. */
const OWN_GROUP: Record<string, RegExp> = {
  Deployment: /^(apps|extensions)\//,
  Service: /^v\d/,
  ConfigMap: /^v\d/,
  Secret: /^v\d/,
  NetworkPolicy: /^(networking\.k8s\.io|extensions)\//,
  HorizontalPodAutoscaler: /^autoscaling\//,
};

/**
 * @param written in the order in which they would be applied
 * @param notice gets what is odd without being wrong
 * @throws ManifestError for what the API server refuses, every fault with its line
 */
export function plannedObjects(
  written: readonly WrittenObject[],
  notice: (text: string) => void,
): PlannedObject[] {
  const problems: string[] = [];
  const byKey = new Map<string, PlannedObject>();
  for (const each of written) {
    const planned = plannedObject(each, problems);
    if (planned === undefined) continue;
    const key = `${each.apiVersion.replace(/\/.*/, '')} ${each.kind} ${planned.namespace ?? ''}/${planned.name}`;
    const first = byKey.get(key);
    if (first !== undefined)
      notice(
        `${each.kind} ${planned.name} is given twice: ${placeOf(first)} and ${placeOf(planned)}; the later one counts`,
      );
    byKey.delete(key);
    byKey.set(key, planned);
  }
  const shown = problems.slice(0, MOST_PROBLEMS);
  if (problems.length > shown.length) shown.push(`… and ${problems.length - shown.length} more`);
  if (shown.length > 0) throw new ManifestError(shown.join('\n'));
  const objects = [...byKey.values()];
  scale(objects);
  return objects;
}

const MOST_PROBLEMS = 20;

function placeOf({ file, line }: Pick<WrittenObject, 'file' | 'line'>): string {
  return placeText(file, line);
}

function plannedObject(written: WrittenObject, problems: string[]): PlannedObject | undefined {
  const { kind, apiVersion, content, file, line } = written;
  const metadata = isMapping(content.metadata) ? content.metadata : {};
  const { name, namespace } = metadata;
  // The kind is whatever somebody wrote: `constructor` is none of these.
  const isKnown = Object.hasOwn(OWN_GROUP, kind) && OWN_GROUP[kind]?.test(apiVersion) === true;
  const own = isKnown ? SHAPES[kind] : undefined;
  if (typeof name !== 'string' || name === '') {
    // `generateName` is kubectl create's; a Job may have it.
    if (own !== undefined) problems.push(`${placeOf(written)}: ${kind} has no metadata.name`);
    return undefined;
  }
  // Aliases make two fields one; from here on each is its own.
  const copy = withoutNulls(JSON.parse(JSON.stringify(content))) as ApiObject;
  if (own !== undefined) {
    for (const at of nullItems(content))
      problems.push(
        `${placeText(file, written.lineOf(at) ?? line)}: ${kind} ${name}: an item of ${at.slice(0, -1).join('.')} is null`,
      );
    if (!own.apiVersions.test(apiVersion))
      problems.push(
        `${placeText(file, written.lineOf(['apiVersion']) ?? line)}: ${kind} ${name}: Kubernetes no longer serves ${apiVersion}`,
      );
    problems.push(...typeProblems(written, own.shape, name));
    if (kind === 'Deployment' && !hasContainers(copy))
      problems.push(
        `${placeText(file, written.lineOf(CONTAINERS) ?? line)}: Deployment ${name}: ${CONTAINERS.join('.')} is missing`,
      );
  }
  if (own !== undefined && problems.length === 0) fill(copy);
  return {
    ...written,
    name,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    object: copy,
  };
}

/** To the API server a field that is null is one that is not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => each !== null).map(withoutNulls);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutNulls(each)]));
}

/** Where a list has null for an item, which no list of the API may. */
function nullItems(value: unknown, at: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const place = [...at, Array.isArray(value) ? Number(key) : key];
    return each === null && Array.isArray(value) ? [place] : nullItems(each, place);
  });
}

const CONTAINERS = ['spec', 'template', 'spec', 'containers'];

/** A running one always has them, so that no shape asks for them. */
function hasContainers(deployment: unknown): boolean {
  const containers = CONTAINERS.reduce((at, key) => (isMapping(at) ? at[key] : undefined), deployment);
  return Array.isArray(containers) && containers.length > 0;
}

/** Types that the API server does not take: an unquoted number where a text belongs, more than anything else. */
function typeProblems(written: WrittenObject, shape: Shape<unknown>, name: string): string[] {
  const odd = new Oddities();
  shape.read(written.content, odd);
  const says = odd.told();
  return odd.list.map(({ at, expected }, index) => {
    const line = written.lineOf(at) ?? written.line;
    const hint = expected === A_TEXT ? '; put it in quotes' : '';
    return `${placeText(written.file, line)}: ${written.kind} ${name}: ${says[index]?.says ?? ''}${hint}`;
  });
}

function fill(object: ApiObject): void {
  if (object.kind === 'Deployment') fillDeployment(object as unknown as Deployment);
  if (object.kind === 'Service') fillService(object);
  if (object.kind === 'Secret') fillSecret(object as WrittenSecret);
}

function scale(objects: readonly PlannedObject[]): void {
  for (const { object: scaler, namespace } of objects) {
    if (scaler.kind !== 'HorizontalPodAutoscaler') continue;
    const { spec } = scaler as unknown as {
      spec: { scaleTargetRef: { kind?: string; name?: string }; minReplicas?: number; maxReplicas: number };
    };
    const target = objects.find(
      (each) =>
        each.kind === 'Deployment' &&
        each.name === spec.scaleTargetRef.name &&
        (spec.scaleTargetRef.kind ?? 'Deployment') === 'Deployment' &&
        each.namespace === namespace,
    );
    if (target === undefined) continue;
    const deployment = target.object as unknown as Deployment;
    deployment.spec.replicas = scaledBy(deployment.spec.replicas ?? 1, spec);
  }
}
