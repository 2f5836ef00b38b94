/**
 * Takes credentials from the free text of API objects, when the Secret's values are known. Which fields are kept of an
 * object at all, its shape says (border/object-shapes.ts).
 */
import type { Hider } from './hide.js';
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  Deployment,
  EnvVar,
  LifecycleHandler,
  ObjectMeta,
  Pod,
  PodSpec,
  ReplicaSet,
} from './objects.js';

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

function hideInPodSpec(spec: PodSpec, hider: Hider): PodSpec {
  const hide = (container: Container): Container => ({
    ...container,
    command: container.command && hider.argv(container.command),
    args: container.args && hider.argv(container.args),
    env: container.env?.map((variable) => hideInEnv(variable, hider)),
    livenessProbe: hideInProbe(container.livenessProbe, hider),
    readinessProbe: hideInProbe(container.readinessProbe, hider),
    startupProbe: hideInProbe(container.startupProbe, hider),
    lifecycle: container.lifecycle && {
      postStart: hideInProbe(container.lifecycle.postStart, hider),
      preStop: hideInProbe(container.lifecycle.preStop, hider),
    },
  });
  return { ...spec, containers: spec.containers.map(hide), initContainers: spec.initContainers?.map(hide) };
}

/** Probes and hooks: what is run or asked for may hold a credential. */
function hideInProbe<P extends LifecycleHandler>(probe: P | undefined, hider: Hider): P | undefined {
  const { exec, httpGet } = probe ?? {};
  const headers = httpGet?.httpHeaders?.map(({ name, value }) => ({
    name,
    value: hider.header(name, value),
  }));
  return (
    probe && {
      ...probe,
      ...(exec?.command && { exec: { command: hider.argv(exec.command) } }),
      ...(httpGet && {
        httpGet: {
          ...httpGet,
          ...(httpGet.path !== undefined && { path: hider.text(httpGet.path) }),
          ...(headers && { httpHeaders: headers }),
        },
      }),
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
