/**
 * What is kept of an API object: the fields that checks read, free of credentials. Picking happens page by page, so
 * that thousands of pods fit into memory; hiding happens afterwards, when the Secret's values are known.
 */
import type { Hider } from './hide.js';
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  Deployment,
  EnvVar,
  KubernetesEvent,
  NetworkPolicy,
  Node,
  ObjectMeta,
  Pod,
  PodSpec,
  ReplicaSet,
  Service,
} from './objects.js';

/** Holds a copy of the whole object, inline secrets included. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export function pickMeta(meta: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, generation, labels, annotations, creationTimestamp, deletionTimestamp } =
    meta;
  return {
    name,
    namespace,
    uid,
    generation,
    labels,
    annotations:
      annotations && Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED)),
    creationTimestamp,
    deletionTimestamp,
    ownerReferences: meta.ownerReferences?.map((owner) => ({
      kind: owner.kind,
      name: owner.name,
      uid: owner.uid,
      controller: owner.controller,
    })),
  };
}

export function pickPod(pod: Pod): Pod {
  const status = pod.status;
  return {
    metadata: pickMeta(pod.metadata),
    spec: pickPodSpec(pod.spec),
    status: status && {
      phase: status.phase,
      reason: status.reason,
      message: status.message,
      podIP: status.podIP,
      hostIP: status.hostIP,
      startTime: status.startTime,
      qosClass: status.qosClass,
      conditions: status.conditions?.map(pickCondition),
      containerStatuses: status.containerStatuses?.map(pickStatus),
      initContainerStatuses: status.initContainerStatuses?.map(pickStatus),
    },
  };
}

export function pickReplicaSet({ metadata, spec, status }: ReplicaSet): ReplicaSet {
  return {
    metadata: pickMeta(metadata),
    spec: {
      replicas: spec.replicas,
      template: spec.template && {
        metadata: pickTemplateMeta(spec.template.metadata),
        spec: pickPodSpec(spec.template.spec),
      },
    },
    status: status && { ...status, conditions: status.conditions?.map(pickCondition) },
  };
}

export function pickDeployment({ metadata, spec, status }: Deployment): Deployment {
  return {
    metadata: pickMeta(metadata),
    spec: {
      replicas: spec.replicas,
      selector: spec.selector,
      paused: spec.paused,
      minReadySeconds: spec.minReadySeconds,
      progressDeadlineSeconds: spec.progressDeadlineSeconds,
      strategy: spec.strategy,
      template: { metadata: pickTemplateMeta(spec.template.metadata), spec: pickPodSpec(spec.template.spec) },
    },
    status: status && { ...status, conditions: status.conditions?.map(pickCondition) },
  };
}

export function pickService({ metadata, spec }: Service): Service {
  const { type, clusterIP, selector, ports, sessionAffinity, externalTrafficPolicy, internalTrafficPolicy } =
    spec;
  return {
    metadata: pickMeta(metadata),
    spec: { type, clusterIP, selector, ports, sessionAffinity, externalTrafficPolicy, internalTrafficPolicy },
  };
}

export function pickNode({ metadata, spec, status }: Node): Node {
  return {
    // Annotations of nodes are long and say nothing about the backend.
    metadata: { ...pickMeta(metadata), annotations: undefined },
    spec: spec && { unschedulable: spec.unschedulable, taints: spec.taints },
    status: status && {
      conditions: status.conditions?.map(pickCondition),
      addresses: status.addresses,
      allocatable: status.allocatable,
      capacity: status.capacity,
      nodeInfo: status.nodeInfo,
      images: status.images?.map(({ names }) => ({ names })),
    },
  };
}

export function pickNetworkPolicy({ metadata, spec }: NetworkPolicy): NetworkPolicy {
  return { metadata: pickMeta(metadata), spec };
}

export function pickEvent(event: KubernetesEvent): KubernetesEvent {
  const { type, reason, message, count, firstTimestamp, lastTimestamp, eventTime, involvedObject } = event;
  const { kind, name, namespace, uid, fieldPath } = involvedObject;
  return {
    metadata: {
      name: event.metadata.name,
      namespace: event.metadata.namespace,
      uid: event.metadata.uid,
      creationTimestamp: event.metadata.creationTimestamp,
    },
    type,
    reason,
    message,
    count,
    firstTimestamp,
    lastTimestamp,
    eventTime,
    involvedObject: { kind, name, namespace, uid, fieldPath },
  };
}

export function hideInPod(pod: Pod, hider: Hider): Pod {
  const status = pod.status;
  return {
    metadata: hideInMeta(pod.metadata, hider),
    spec: hideInPodSpec(pod.spec, hider),
    status: status && {
      ...status,
      message: status.message === undefined ? undefined : hider.text(status.message),
      conditions: hideInConditions(status.conditions, hider),
      containerStatuses: status.containerStatuses?.map((item) => hideInStatus(item, hider)),
      initContainerStatuses: status.initContainerStatuses?.map((item) => hideInStatus(item, hider)),
    },
  };
}

/** Both have a pod template and conditions. */
export function hideInWorkload<T extends Deployment | ReplicaSet>(workload: T, hider: Hider): T {
  const template = workload.spec.template;
  const hidden = template && {
    metadata: template.metadata && hideInMeta(template.metadata, hider),
    spec: hideInPodSpec(template.spec, hider),
  };
  return {
    ...workload,
    metadata: hideInMeta(workload.metadata, hider),
    spec: { ...workload.spec, template: hidden },
    status: workload.status && {
      ...workload.status,
      conditions: hideInConditions(workload.status.conditions, hider),
    },
  };
}

/** Values of annotations are free text: charts put whole configurations there. */
export function hideInMeta<T extends Partial<ObjectMeta>>(meta: T, hider: Hider): T {
  if (meta.annotations === undefined) return meta;
  const annotations = Object.entries(meta.annotations).map(([key, value]) => [
    key,
    hider.text(hider.value(key, value)),
  ]);
  return { ...meta, annotations: Object.fromEntries(annotations) as Record<string, string> };
}

function pickTemplateMeta(meta: Partial<ObjectMeta> | undefined): Partial<ObjectMeta> | undefined {
  return meta && pickMeta({ name: '', ...meta });
}

function pickPodSpec(spec: PodSpec): PodSpec {
  return {
    containers: spec.containers.map(pickContainer),
    initContainers: spec.initContainers?.map(pickContainer),
    nodeName: spec.nodeName,
    nodeSelector: spec.nodeSelector,
    securityContext: spec.securityContext,
    serviceAccountName: spec.serviceAccountName,
    hostNetwork: spec.hostNetwork,
    tolerations: spec.tolerations,
    volumes: spec.volumes?.map(({ name, secret, configMap, projected }) => ({
      name,
      secret: secret && { secretName: secret.secretName },
      configMap: configMap && { name: configMap.name },
      projected: projected && {
        sources: projected.sources?.map((source) => ({
          secret: source.secret && { name: source.secret.name },
          configMap: source.configMap && { name: source.configMap.name },
        })),
      },
    })),
  };
}

function pickContainer(container: Container): Container {
  const { name, image, imagePullPolicy, command, args, ports, env, envFrom, resources } = container;
  const { livenessProbe, readinessProbe, startupProbe, securityContext, restartPolicy } = container;
  return {
    name,
    image,
    imagePullPolicy,
    command,
    args,
    ports,
    env,
    envFrom,
    resources,
    livenessProbe,
    readinessProbe,
    startupProbe,
    securityContext,
    restartPolicy,
  };
}

function pickCondition(condition: Condition): Condition {
  const { type, status, reason, message, lastTransitionTime, lastUpdateTime } = condition;
  return { type, status, reason, message, lastTransitionTime, lastUpdateTime };
}

function pickStatus(status: ContainerStatus): ContainerStatus {
  const { name, ready, restartCount, started, image, imageID, containerID, state, lastState } = status;
  return { name, ready, restartCount, started, image, imageID, containerID, state, lastState };
}

function hideInPodSpec(spec: PodSpec, hider: Hider): PodSpec {
  const hide = (container: Container): Container => ({
    ...container,
    command: container.command && hider.argv(container.command),
    args: container.args && hider.argv(container.args),
    env: container.env?.map((variable) => hideInEnv(variable, hider)),
    livenessProbe: hideInProbe(container.livenessProbe, hider),
    readinessProbe: hideInProbe(container.readinessProbe, hider),
    startupProbe: hideInProbe(container.startupProbe, hider),
  });
  return { ...spec, containers: spec.containers.map(hide), initContainers: spec.initContainers?.map(hide) };
}

function hideInProbe(probe: Container['livenessProbe'], hider: Hider): Container['livenessProbe'] {
  const { exec, httpGet } = probe ?? {};
  const headers = httpGet?.httpHeaders?.map(({ name, value }) => ({
    name,
    value: hider.header(name, value),
  }));
  return (
    probe && {
      ...probe,
      ...(exec?.command && { exec: { command: hider.argv(exec.command) } }),
      ...(httpGet && headers && { httpGet: { ...httpGet, httpHeaders: headers } }),
    }
  );
}

function hideInEnv(variable: EnvVar, hider: Hider): EnvVar {
  if (variable.value === undefined) return variable;
  const hidden = hider.reason(variable.name, variable.value);
  const value = hider.value(variable.name, variable.value);
  return hidden === undefined ? { ...variable, value } : { ...variable, value, hidden };
}

function hideInConditions(conditions: Condition[] | undefined, hider: Hider): Condition[] | undefined {
  return conditions?.map((condition) =>
    condition.message === undefined ? condition : { ...condition, message: hider.text(condition.message) },
  );
}

function hideInStatus(status: ContainerStatus, hider: Hider): ContainerStatus {
  const hide = (state: ContainerState | undefined): ContainerState | undefined => {
    if (state === undefined) return undefined;
    const { waiting, terminated } = state;
    return {
      ...state,
      ...(waiting && { waiting: { ...waiting, message: waiting.message && hider.text(waiting.message) } }),
      ...(terminated && {
        terminated: { ...terminated, message: terminated.message && hider.text(terminated.message) },
      }),
    };
  };
  return { ...status, state: hide(status.state), lastState: hide(status.lastState) };
}
