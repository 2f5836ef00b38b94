/** The shape of pods, of what makes them, and of every object's metadata: what is kept is what these name. */
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  EnvFromSource,
  EnvVar,
  HttpGetAction,
  LabelSelector,
  LifecycleHandler,
  ObjectMeta,
  Pod,
  PodSpec,
  Probe,
  ResourceRequirements,
  SecurityContext,
  Toleration,
} from '../objects.js';
import type { HostAlias } from '../pod-parts.js';
import { affinity } from './affinity-shape.js';
import {
  amount,
  flag,
  int32,
  int64,
  intOrString,
  isObject,
  list,
  map,
  name,
  need,
  object,
  oneOf,
  or,
  port,
  quantity,
  shared,
  text,
  time,
  whole,
  type Fields,
  type Shape,
} from './shape.js';

/** Holds a copy of the whole object, inline secrets included. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What most of an object's metadata comes to. Who wrote what is long, and read by `writtenMeta` alone. */
export type Meta = Omit<ObjectMeta, 'resourceVersion' | 'managedFields'>;

export const texts = list(text);
export const labels = map(text);
export const empty = () => ({});

const annotations: Shape<Record<string, string>> = {
  read(value, odd) {
    if (!isObject(value) || !Object.hasOwn(value, LAST_APPLIED)) return labels.read(value, odd);
    return labels.read(
      Object.fromEntries(Object.entries(value).filter(([key]) => key !== LAST_APPLIED)),
      odd,
    );
  },
};

const ownerReferences = shared(
  list(
    object<NonNullable<ObjectMeta['ownerReferences']>[number]>({
      kind: or(text, () => ''),
      name: or(text, () => ''),
      uid: need(text),
      controller: flag,
    }),
  ),
);

export const metaFields: Fields<Omit<Meta, 'name'>> = {
  namespace: text,
  uid: text,
  generation: int64,
  labels: shared(labels),
  annotations: shared(annotations),
  creationTimestamp: time,
  deletionTimestamp: time,
  ownerReferences,
};

export const metaShape = object<Meta>({ name: need(name), ...metaFields });
export const templateMeta = object<Omit<Meta, 'name'>>(metaFields);

/** Who an object is, and whose. */
export const identityShape = object<{ metadata: Pick<ObjectMeta, 'name' | 'labels' | 'ownerReferences'> }>({
  metadata: need(
    object<Pick<ObjectMeta, 'name' | 'labels' | 'ownerReferences'>>({
      name: need(name),
      labels: shared(labels),
      ownerReferences,
    }),
  ),
});

/** An object's name. */
export const nameShape = object<Pick<ObjectMeta, 'name'>>({ name: need(name) });

/** When somebody wrote the object; an entry with a subresource wrote its status alone. */
export const writtenAt = list(
  object<Pick<NonNullable<ObjectMeta['managedFields']>[number], 'time' | 'subresource'>>({
    time,
    subresource: text,
  }),
);

/** With who wrote it, without annotations: those of a Secret may hold anything. */
export const writtenMeta = object<Omit<ObjectMeta, 'resourceVersion' | 'annotations' | 'ownerReferences'>>({
  name: need(name),
  namespace: text,
  uid: text,
  generation: int64,
  labels,
  creationTimestamp: time,
  deletionTimestamp: time,
  managedFields: list(
    object<NonNullable<ObjectMeta['managedFields']>[number]>({
      manager: text,
      operation: text,
      time,
      subresource: text,
      fieldsV1: { read: (value) => (isObject(value) ? value : undefined) },
    }),
  ),
});

export const conditionShape = shared(
  object<Condition>({
    type: need(text),
    status: or(text, () => ''),
    reason: text,
    message: text,
    lastTransitionTime: time,
    lastUpdateTime: time,
  }),
);

export const selectorShape = object<LabelSelector>({
  matchLabels: labels,
  matchExpressions: list(
    object<NonNullable<LabelSelector['matchExpressions']>[number]>({
      key: need(text),
      operator: need(text),
      values: texts,
    }),
  ),
});

const httpGet = object<HttpGetAction>({
  path: text,
  port: need(intOrString),
  scheme: text,
  host: text,
  httpHeaders: list(
    object<{ name: string; value: string }>({ name: or(text, () => ''), value: or(text, () => '') }),
  ),
});

const probe = object<Probe>({
  httpGet,
  tcpSocket: object<{ port: number | string; host?: string }>({ port: need(intOrString), host: text }),
  exec: object<{ command?: string[] }>({ command: texts }),
  grpc: object<{ port: number }>({ port: need(port) }),
  initialDelaySeconds: int32,
  periodSeconds: int32,
  timeoutSeconds: int32,
  successThreshold: int32,
  failureThreshold: int32,
});

const handler = object<LifecycleHandler>({
  exec: object<{ command?: string[] }>({ command: texts }),
  httpGet,
});

const securityContext = object<SecurityContext>({
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: flag,
  privileged: flag,
  allowPrivilegeEscalation: flag,
  readOnlyRootFilesystem: flag,
  capabilities: object<{ add?: string[]; drop?: string[] }>({ add: texts, drop: texts }),
});

const keyRef = object<{ name?: string; key: string; optional?: boolean }>({
  name: text,
  key: need(text),
  optional: flag,
});

const envVar = object<EnvVar>({
  name: need(text),
  value: text,
  // Only ever set by this program, in what it records.
  hidden: oneOf('secret-key', 'url-with-password', 'known-secret-value'),
  valueFrom: object<NonNullable<EnvVar['valueFrom']>>({
    configMapKeyRef: keyRef,
    secretKeyRef: keyRef,
    fieldRef: object<{ fieldPath: string }>({ fieldPath: need(text) }),
    resourceFieldRef: object<{ resource: string }>({ resource: need(text) }),
  }),
});

const sourceRef = object<{ name?: string; optional?: boolean }>({ name: text, optional: flag });

const envFrom = object<EnvFromSource>({ prefix: text, configMapRef: sourceRef, secretRef: sourceRef });

export const resourcesShape = object<ResourceRequirements>({
  limits: map(quantity),
  requests: map(quantity),
});

const container = object<Container>({
  name: need(text),
  image: text,
  imagePullPolicy: text,
  command: texts,
  args: texts,
  workingDir: text,
  ports: list(
    object<NonNullable<Container['ports']>[number]>({
      name: text,
      containerPort: need(port),
      protocol: text,
    }),
  ),
  env: list(envVar),
  envFrom: list(envFrom),
  resources: resourcesShape,
  volumeMounts: list(
    object<{ name: string; mountPath: string }>({ name: or(text, () => ''), mountPath: need(text) }),
  ),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: object<NonNullable<Container['lifecycle']>>({ postStart: handler, preStop: handler }),
  securityContext,
  restartPolicy: text,
});

const named = object<{ name?: string }>({ name: text });

export const podSpec = object<PodSpec>({
  containers: or(shared(list(container)), () => []),
  initContainers: shared(list(container)),
  nodeName: text,
  nodeSelector: shared(labels),
  affinity: shared(affinity),
  schedulerName: text,
  priority: int32,
  priorityClassName: text,
  schedulingGates: list(object<{ name: string }>({ name: need(text) })),
  readinessGates: list(object<{ conditionType: string }>({ conditionType: need(text) })),
  hostAliases: list(object<HostAlias>({ ip: need(text), hostnames: texts })),
  dnsPolicy: text,
  dnsConfig: object<NonNullable<PodSpec['dnsConfig']>>({ nameservers: texts, searches: texts }),
  imagePullSecrets: list(named),
  securityContext: shared(securityContext),
  serviceAccountName: text,
  hostNetwork: flag,
  hostPID: flag,
  shareProcessNamespace: flag,
  tolerations: shared(
    list(
      object<Toleration>({
        key: text,
        operator: text,
        value: text,
        effect: text,
        tolerationSeconds: whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
      }),
    ),
  ),
  volumes: list(
    shared(
      object<NonNullable<PodSpec['volumes']>[number]>({
        name: or(text, () => ''),
        secret: object<{ secretName?: string }>({ secretName: text }),
        configMap: named,
        persistentVolumeClaim: object<{ claimName?: string }>({ claimName: text }),
        projected: object<NonNullable<NonNullable<PodSpec['volumes']>[number]['projected']>>({
          sources: list(
            object<{ secret?: { name?: string }; configMap?: { name?: string } }>({
              secret: named,
              configMap: named,
            }),
          ),
        }),
      }),
    ),
  ),
});

export const noContainers = (): PodSpec => ({ containers: [] });

const state = shared(
  object<ContainerState>({
    running: object<{ startedAt?: string }>({ startedAt: time }),
    waiting: object<{ reason?: string; message?: string }>({ reason: text, message: text }),
    terminated: object<NonNullable<ContainerState['terminated']>>({
      exitCode: need(int32),
      signal: int32,
      reason: text,
      message: text,
      startedAt: time,
      finishedAt: time,
    }),
  }),
);

const containerStatus = object<ContainerStatus>({
  name: need(text),
  ready: or(flag, () => false),
  restartCount: or(amount, () => 0),
  started: flag,
  image: text,
  imageID: text,
  containerID: text,
  resources: shared(resourcesShape),
  state,
  lastState: state,
});

export const podShape = object<Pod>({
  metadata: need(metaShape),
  spec: or(podSpec, noContainers),
  status: object<NonNullable<Pod['status']>>({
    phase: text,
    reason: text,
    message: text,
    podIP: text,
    hostIP: text,
    startTime: time,
    qosClass: text,
    conditions: list(conditionShape),
    containerStatuses: list(containerStatus),
    initContainerStatuses: list(containerStatus),
    ephemeralContainerStatuses: list(containerStatus),
  }),
});
