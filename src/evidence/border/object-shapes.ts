/** The shapes of the other Kubernetes objects. */
import type { RawConfigMap } from '../fact-context.js';
import type {
  BalancerAddress,
  Deployment,
  Ingress,
  IngressBackend,
  IngressClass,
  KubernetesEvent,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Node,
  ObjectMeta,
  ReplicaSet,
  Service,
  ServicePort,
} from '../objects.js';
import {
  metaShape,
  templateMeta,
  metaFields,
  labels,
  texts,
  empty,
  podSpec,
  writtenAt,
  noContainers,
  conditionShape,
  selectorShape,
  type Meta,
} from './pod-shape.js';
import {
  amount,
  flag,
  int32,
  int64,
  intOrString,
  list,
  map,
  name,
  need,
  object,
  or,
  port,
  quantity,
  shared,
  text,
  time,
  type Fields,
} from './shape.js';

type Template = Deployment['spec']['template'];

const template = object<Template>({ metadata: templateMeta, spec: or(podSpec, noContainers) });

export const deploymentShape = object<Deployment>({
  metadata: need(
    object<Omit<Deployment['metadata'], 'resourceVersion'>>({
      name: need(name),
      ...metaFields,
      managedFields: writtenAt,
    }),
  ),
  spec: need(
    object<Deployment['spec']>({
      replicas: amount,
      selector: or(selectorShape, empty),
      paused: flag,
      minReadySeconds: amount,
      progressDeadlineSeconds: amount,
      strategy: object<NonNullable<Deployment['spec']['strategy']>>({
        type: text,
        rollingUpdate: object<{ maxSurge?: number | string; maxUnavailable?: number | string }>({
          maxSurge: intOrString,
          maxUnavailable: intOrString,
        }),
      }),
      template: or(template, () => ({ spec: noContainers() })),
    }),
  ),
  status: object<NonNullable<Deployment['status']>>({
    observedGeneration: int64,
    replicas: amount,
    updatedReplicas: amount,
    readyReplicas: amount,
    availableReplicas: amount,
    unavailableReplicas: amount,
    conditions: list(conditionShape),
  }),
});

export const replicaSetShape = object<ReplicaSet>({
  metadata: need(metaShape),
  spec: or(object<ReplicaSet['spec']>({ replicas: amount, template }), empty),
  status: object<NonNullable<ReplicaSet['status']>>({
    replicas: amount,
    readyReplicas: amount,
    availableReplicas: amount,
    conditions: list(conditionShape),
  }),
});

const balancerStatus = object<NonNullable<Service['status']>>({
  loadBalancer: object<{ ingress?: BalancerAddress[] }>({
    ingress: list(object<BalancerAddress>({ ip: text, hostname: text })),
  }),
});

export const serviceShape = object<Service>({
  metadata: need(metaShape),
  spec: or(
    object<Service['spec']>({
      type: text,
      clusterIP: text,
      selector: labels,
      ports: list(
        object<ServicePort>({
          name: text,
          protocol: text,
          port: need(port),
          targetPort: intOrString,
          nodePort: port,
        }),
      ),
      sessionAffinity: text,
      publishNotReadyAddresses: flag,
      externalTrafficPolicy: text,
      internalTrafficPolicy: text,
      externalName: text,
    }),
    empty,
  ),
  status: balancerStatus,
});

const ingressBackend = object<IngressBackend>({
  service: object<NonNullable<IngressBackend['service']>>({
    name: text,
    port: object<{ number?: number; name?: string }>({ number: port, name: text }),
  }),
});

export const ingressShape = object<Ingress>({
  metadata: need(metaShape),
  spec: or(
    object<Ingress['spec']>({
      ingressClassName: text,
      defaultBackend: ingressBackend,
      rules: list(
        object<NonNullable<Ingress['spec']['rules']>[number]>({
          host: text,
          http: object<{ paths?: { path?: string; pathType?: string; backend: IngressBackend }[] }>({
            paths: list(
              object<{ path?: string; pathType?: string; backend: IngressBackend }>({
                path: text,
                pathType: text,
                backend: or(ingressBackend, empty),
              }),
            ),
          }),
        }),
      ),
      tls: list(object<{ hosts?: string[]; secretName?: string }>({ hosts: list(text), secretName: text })),
    }),
    empty,
  ),
  status: balancerStatus,
});

export const ingressClassShape = object<IngressClass>({
  metadata: need(metaShape),
  spec: object<NonNullable<IngressClass['spec']>>({ controller: text }),
});

export const taintsShape = list(
  object<{ key: string; value?: string; effect: string }>({
    key: or(text, () => ''),
    value: text,
    effect: need(text),
  }),
);

export const namespaceShape = object<{
  metadata: Meta;
  status?: { conditions?: { type: string; status?: string; message?: string }[] };
}>({
  metadata: need(metaShape),
  status: object<{ conditions?: { type: string; status?: string; message?: string }[] }>({
    conditions: list(conditionShape),
  }),
});

export const nodeShape = object<Node>({
  // Annotations of nodes are long and say nothing about the backend.
  metadata: need(object<Omit<Meta, 'annotations'>>(withoutAnnotations())),
  spec: object<NonNullable<Node['spec']>>({ unschedulable: flag, taints: taintsShape }),
  status: object<NonNullable<Node['status']>>({
    conditions: list(conditionShape),
    addresses: list(
      object<{ type: string; address: string }>({ type: or(text, () => ''), address: need(text) }),
    ),
    allocatable: map(quantity),
    capacity: map(quantity),
    nodeInfo: object<NonNullable<NonNullable<Node['status']>['nodeInfo']>>({
      kubeletVersion: text,
      containerRuntimeVersion: text,
      architecture: text,
      osImage: text,
    }),
    images: list(object<{ names?: string[] }>({ names: texts })),
  }),
});

function withoutAnnotations(): Fields<Omit<Meta, 'annotations'>> {
  const { namespace, uid, generation, creationTimestamp, deletionTimestamp, ownerReferences } = metaFields;
  const times = { creationTimestamp, deletionTimestamp };
  return { name: need(name), namespace, uid, generation, labels, ...times, ownerReferences };
}

export const configMapShape = object<RawConfigMap>({
  metadata: need(metaShape),
  data: map(text),
  binaryData: map(text),
});

const policyPorts = list(object<NetworkPolicyPort>({ protocol: text, port: intOrString, endPort: int32 }));

const peers = list(
  object<NetworkPolicyPeer>({
    podSelector: selectorShape,
    namespaceSelector: selectorShape,
    ipBlock: object<{ cidr: string; except?: string[] }>({ cidr: need(text), except: texts }),
  }),
);

export const networkPolicyShape = object<NetworkPolicy>({
  metadata: need(metaShape),
  spec: or(
    object<NetworkPolicy['spec']>({
      podSelector: or(selectorShape, empty),
      policyTypes: texts,
      ingress: list(
        object<{ ports?: NetworkPolicyPort[]; from?: NetworkPolicyPeer[] }>({
          ports: policyPorts,
          from: peers,
        }),
      ),
      egress: list(
        object<{ ports?: NetworkPolicyPort[]; to?: NetworkPolicyPeer[] }>({ ports: policyPorts, to: peers }),
      ),
    }),
    () => ({ podSelector: {} }),
  ),
});

export const eventShape = object<KubernetesEvent>({
  metadata: or(
    object<Pick<ObjectMeta, 'name' | 'namespace' | 'uid' | 'creationTimestamp'>>({
      name: or(text, () => ''),
      namespace: text,
      uid: text,
      creationTimestamp: time,
    }),
    () => ({ name: '' }),
  ),
  type: text,
  reason: text,
  message: text,
  count: amount,
  firstTimestamp: time,
  lastTimestamp: time,
  eventTime: time,
  involvedObject: need(
    shared(
      object<KubernetesEvent['involvedObject']>({
        kind: text,
        name: text,
        namespace: text,
        uid: text,
        fieldPath: text,
      }),
    ),
  ),
});

export interface HorizontalPodAutoscaler {
  metadata: ObjectMeta;
  spec: { scaleTargetRef: { kind?: string; name?: string }; minReplicas?: number; maxReplicas: number };
  status?: { desiredReplicas?: number; lastScaleTime?: string };
}

export const autoscalerShape = object<HorizontalPodAutoscaler>({
  metadata: need(metaShape),
  spec: need(
    object<HorizontalPodAutoscaler['spec']>({
      scaleTargetRef: need(object<{ kind?: string; name?: string }>({ kind: text, name: text })),
      minReplicas: amount,
      maxReplicas: need(amount),
    }),
  ),
  status: object<NonNullable<HorizontalPodAutoscaler['status']>>({
    desiredReplicas: amount,
    lastScaleTime: time,
  }),
});
