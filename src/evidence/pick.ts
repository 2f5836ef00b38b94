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

/** @param hidden see `once` */
export function hideInPod(pod: Pod, hider: Hider, hidden: Hidden = new WeakMap()): Pod {
  const status = pod.status;
  return changed(pod, {
    metadata: hideInMeta(pod.metadata, hider, hidden),
    spec: hideInPodSpec(pod.spec, hider, hidden),
    status:
      status &&
      changed(status, {
        message: status.message === undefined ? undefined : hider.text(status.message),
        conditions: hideInConditions(status.conditions, hider),
        containerStatuses: each(status.containerStatuses, (item) => hideInStatus(item, hider)),
        initContainerStatuses: each(status.initContainerStatuses, (item) => hideInStatus(item, hider)),
        ephemeralContainerStatuses: each(status.ephemeralContainerStatuses, (item) =>
          hideInStatus(item, hider),
        ),
      }),
  });
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
export function hideInMeta<T extends Partial<ObjectMeta>>(meta: T, hider: Hider, hidden?: Hidden): T {
  if (meta.annotations === undefined) return meta;
  const annotations = once(hidden, meta.annotations, (all) => {
    const clean = Object.entries(all).map(
      ([key, value]) => [key, hider.text(hider.value(key, value))] as const,
    );
    return clean.every(([key, value]) => value === all[key]) ? all : Object.fromEntries(clean);
  });
  return annotations === meta.annotations ? meta : { ...meta, annotations };
}

function hideInPodSpec(spec: PodSpec, hider: Hider, hidden?: Hidden): PodSpec {
  const hide = (container: Container): Container =>
    changed(container, {
      command: hideInArgv(container.command, hider),
      args: hideInArgv(container.args, hider),
      env: each(container.env, (variable) => hideInEnv(variable, hider)),
      livenessProbe: hideInProbe(container.livenessProbe, hider),
      readinessProbe: hideInProbe(container.readinessProbe, hider),
      startupProbe: hideInProbe(container.startupProbe, hider),
      lifecycle:
        container.lifecycle &&
        changed(container.lifecycle, {
          postStart: hideInProbe(container.lifecycle.postStart, hider),
          preStop: hideInProbe(container.lifecycle.preStop, hider),
        }),
    });
  const hideAll = (containers: Container[]) => once(hidden, containers, (all) => each(all, hide));
  return changed(spec, {
    containers: hideAll(spec.containers),
    initContainers: spec.initContainers && hideAll(spec.initContainers),
  });
}

/** Probes and hooks: what is run or asked for may hold a credential. */
function hideInProbe<P extends LifecycleHandler>(probe: P | undefined, hider: Hider): P | undefined {
  if (probe === undefined) return undefined;
  const { exec, httpGet } = probe;
  const handler: LifecycleHandler = {
    exec: exec && changed(exec, { command: hideInArgv(exec.command, hider) }),
    httpGet:
      httpGet &&
      changed(httpGet, {
        path: httpGet.path === undefined ? undefined : hider.text(httpGet.path),
        httpHeaders: each(httpGet.httpHeaders, (header) =>
          changed(header, { value: hider.header(header.name, header.value) }),
        ),
      }),
  };
  return changed<LifecycleHandler>(probe, handler) as P;
}

function hideInArgv(items: string[] | undefined, hider: Hider): string[] | undefined {
  if (items === undefined) return undefined;
  const clean = hider.argv(items);
  return clean.every((item, index) => item === items[index]) ? items : clean;
}

function hideInEnv(variable: EnvVar, hider: Hider): EnvVar {
  if (variable.value === undefined) return variable;
  const hidden = hider.reason(variable.name, variable.value);
  const value = hider.value(variable.name, variable.value);
  return hidden === undefined ? changed(variable, { value }) : { ...variable, value, hidden };
}

function hideInConditions(conditions: Condition[] | undefined, hider: Hider): Condition[] | undefined {
  return each(conditions, (condition) => hideInMessage(condition, hider));
}

/** @returns the same where nothing is to hide */
export function hideInMessage<T extends { message?: string }>(told: T, hider: Hider): T {
  if (told.message === undefined) return told;
  const message = hider.text(told.message);
  return message === told.message ? told : { ...told, message };
}

function hideInStatus(status: ContainerStatus, hider: Hider): ContainerStatus {
  const hide = (state: ContainerState | undefined): ContainerState | undefined =>
    state &&
    changed(state, {
      waiting: state.waiting && hideInMessage(state.waiting, hider),
      terminated: state.terminated && hideInMessage(state.terminated, hider),
    });
  return changed(status, { state: hide(status.state), lastState: hide(status.lastState) });
}

/** What was made of parts that thousands of pods share (border/common.ts). */
export type Hidden = WeakMap<object, object>;

/** What `hide` makes of it, or has made of it before. */
function once<T extends object>(hidden: Hidden | undefined, value: T, hide: (value: T) => T): T {
  const before = hidden?.get(value);
  if (before) return before as T;
  const clean = hide(value);
  hidden?.set(value, clean);
  return clean;
}

/** With other fields, or the same where none is another: thousands of copies would say nothing more. */
function changed<T extends object>(value: T, fields: Partial<T>): T {
  const isSame = Object.entries(fields).every(([field, other]) => other === value[field as keyof T]);
  return isSame ? value : { ...value, ...fields };
}

function each<T>(items: T[], change: (item: T) => T): T[];
function each<T>(items: T[] | undefined, change: (item: T) => T): T[] | undefined;
function each<T>(items: T[] | undefined, change: (item: T) => T): T[] | undefined {
  const clean = items?.map(change);
  return clean?.every((item, index) => item === items?.[index]) === true ? items : clean;
}
