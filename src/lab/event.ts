/** Events as the kubelet and the controllers report them. */
import type { KubernetesEvent } from '../evidence/objects.js';
import { micros, seconds, uid } from './clock.js';
import { NAMESPACE } from './manifests.js';
import { api, type Api } from './world.js';

export interface Happening {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  /** Milliseconds since the epoch; with `count`, the newest occurrence. */
  at: number;
  count?: number;
  /** Part of the object, such as `spec.containers{backend}`. */
  fieldPath?: string;
}

export function event(object: Api, happening: Happening): Api<KubernetesEvent> {
  const { type, reason, message, component, at, count = 1, fieldPath } = happening;
  const first = at - (count - 1) * 10_000;
  const id = uid(`event/${object.metadata.name}/${reason}/${message}`);
  return api<KubernetesEvent>({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      // client-go's form: the object's name and the nanoseconds of the first occurrence in hex.
      name: `${object.metadata.name}.${(BigInt(Math.floor(first)) * 1_000_000n + BigInt(`0x${id.slice(0, 4)}`)).toString(16)}`,
      namespace: object.metadata.namespace ?? NAMESPACE,
      uid: id,
      creationTimestamp: seconds(first),
    },
    involvedObject: {
      kind: object.kind,
      namespace: object.metadata.namespace ?? NAMESPACE,
      name: object.metadata.name,
      uid: object.metadata.uid,
      apiVersion: object.apiVersion,
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
    reason,
    message,
    type,
    reportingComponent: component,
    ...(component === 'default-scheduler' ? newForm(reason, at) : oldForm(happening, first)),
  });
}

/** As events.k8s.io has it, which the scheduler writes: one time, no count. */
function newForm(reason: string, at: number) {
  return {
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: micros(at),
    action: reason === 'Scheduled' ? 'Binding' : 'Scheduling',
    reportingInstance: 'default-scheduler-minikube',
  };
}

function oldForm({ component, at, count = 1 }: Happening, first: number) {
  const host = component === 'kubelet' ? 'minikube' : undefined;
  return {
    source: { component, ...(host === undefined ? {} : { host }) },
    firstTimestamp: seconds(first),
    lastTimestamp: seconds(at),
    count,
    eventTime: null,
    reportingInstance: host ?? '',
  };
}
