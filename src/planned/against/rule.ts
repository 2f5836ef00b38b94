/** The form of a rule that says whether what is planned would work in a cluster. Pure: the plan, and what is there. */
import type { FindingData, ObjectRef } from '../../rule/finding.js';
import type { NodeRoomFacts } from '../../evidence/deep-facts.js';
import type { Observed } from '../../evidence/evidence.js';
import type { Deployment, Node } from '../../evidence/objects.js';
import type { Part } from '../../rule/fix.js';
import type { PlannedObject } from '../objects.js';

export interface Existing {
  kind: string;
  name: string;
  annotations: Record<string, string>;
}

export interface OtherService {
  namespace: string;
  name: string;
  nodePorts: number[];
}

export interface Quota {
  name: string;
  hard: Record<string, string>;
  used: Record<string, string>;
  /** It counts only some pods. */
  isScoped: boolean;
}

type Amounts = Record<string, string>;

export interface Limits {
  name: string;
  limits: {
    type?: string;
    max?: Amounts;
    min?: Amounts;
    default?: Amounts;
    defaultRequest?: Amounts;
  }[];
}

export interface Scaler {
  name: string;
  target: string | undefined;
  minReplicas: number;
  maxReplicas: number;
  /** It goes by the share of the CPU requests that is used. */
  byCpu: boolean;
}

/** What the cluster has; each part by itself, because each may be forbidden, or not in a bundle. */
export interface There {
  /** undefined: there is no such namespace. */
  namespace: Observed<{ phase: string; labels: Record<string, string> } | undefined>;
  /** Of the whole cluster: node ports are its own. */
  services: Observed<OtherService[]>;
  /** Those of the namespace that are of the kinds that are planned. */
  existing: Observed<Existing[]>;
  /** The Deployment of the same name. */
  deployment: Observed<Deployment | undefined>;
  quotas: Observed<Quota[]>;
  limits: Observed<Limits[]>;
  room: Observed<NodeRoomFacts>;
  nodes: Observed<Node[]>;
  scalers: Observed<Scaler[]>;
  /** Keys of ConfigMaps and Secrets that the template refers to, by `Secret/name`; undefined: there is no such object. */
  keys: ReadonlyMap<string, Observed<readonly string[] | undefined>>;
  /** Whether the pods' ServiceAccount is there. */
  account: Observed<boolean>;
}

/** What would be installed. */
export interface Planned {
  namespace: string;
  /** Of Helm; undefined: plain manifests. */
  release: string | undefined;
  objects: readonly PlannedObject[];
  /** With the API server's defaults. */
  deployment: Deployment;
}

export interface Problem {
  message: string;
  object: ObjectRef;
  data?: FindingData;
  /** It would be refused, or not run; a warning otherwise. */
  warns?: boolean;
}

export interface Rule {
  id: `install/${string}`;
  title: string;
  failureTitle: string;
  why: string;
  /** What it needs to know of the cluster. */
  reads: readonly Exclude<keyof There, 'keys'>[];
  /** What puts it right. @param namespace where it would be installed */
  fix: (namespace: string) => Part[];
  /** @returns problems, or the fact that there is none */
  judge(planned: Planned, there: Known): { problems: Problem[]; fact: string; unknown?: string };
}

/** The parts that a rule reads, for certain. */
export type Known = {
  [K in Exclude<keyof There, 'keys'>]: There[K] extends Observed<infer T> ? T : never;
} & Pick<There, 'keys'>;

export function reference(planned: Planned, kind: string, name: string): ObjectRef {
  return { kind, namespace: planned.namespace, name };
}

export function deploymentOf(planned: Planned): ObjectRef {
  return reference(planned, 'Deployment', planned.deployment.metadata.name);
}

/** As it was written: what this program reads of a pod is less than admission and the kubelet go by. */
export function rawPodSpec({ objects, deployment }: Planned): Record<string, unknown> {
  const { name } = deployment.metadata;
  const raw = objects.find((each) => each.kind === 'Deployment' && each.name === name)?.object;
  const { spec } = (raw ?? {}) as { spec?: { template?: { spec?: Record<string, unknown> } } };
  return spec?.template?.spec ?? {};
}
