/** The resource types that the lab's API server knows: what discovery says, and what a path may name. */

export interface ResourceType {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: { name: string; kind: string; verbs: string[] }[];
  /** Fields, besides metadata.name and metadata.namespace, that a fieldSelector may name. */
  fields?: string[];
}

const READ = ['get', 'list', 'watch'];

const PODS: ResourceType = {
  ...type('', 'v1', 'Pod', 'pods', true, ['po'], ['all']),
  fields: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  subresources: [
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'get'] },
  ],
};

export const RESOURCES: readonly ResourceType[] = [
  type('', 'v1', 'ConfigMap', 'configmaps', true, ['cm']),
  type('', 'v1', 'Endpoints', 'endpoints', true, ['ep']),
  {
    ...type('', 'v1', 'Event', 'events', true, ['ev']),
    fields: [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.fieldPath',
      'reason',
      'type',
      'reportingComponent',
    ],
  },
  type('', 'v1', 'LimitRange', 'limitranges', true, ['limits']),
  type('', 'v1', 'Namespace', 'namespaces', false, ['ns']),
  {
    ...type('', 'v1', 'Node', 'nodes', false, ['no']),
    fields: ['spec.unschedulable'],
    subresources: [{ name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'get'] }],
  },
  type('', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', true, ['pvc']),
  PODS,
  type('', 'v1', 'ReplicationController', 'replicationcontrollers', true, ['rc'], ['all']),
  type('', 'v1', 'ResourceQuota', 'resourcequotas', true, ['quota']),
  { ...type('', 'v1', 'Secret', 'secrets', true), fields: ['type'] },
  type('', 'v1', 'ServiceAccount', 'serviceaccounts', true, ['sa']),
  {
    ...type('', 'v1', 'Service', 'services', true, ['svc'], ['all']),
    fields: ['spec.clusterIP', 'spec.type'],
    subresources: [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'get'] }],
  },
  type('apps', 'v1', 'DaemonSet', 'daemonsets', true, ['ds'], ['all']),
  type('apps', 'v1', 'Deployment', 'deployments', true, ['deploy'], ['all']),
  type('apps', 'v1', 'ReplicaSet', 'replicasets', true, ['rs'], ['all']),
  type('apps', 'v1', 'StatefulSet', 'statefulsets', true, ['sts'], ['all']),
  review('authentication.k8s.io', 'SelfSubjectReview', 'selfsubjectreviews'),
  review('authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews'),
  type('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', true, ['hpa'], ['all']),
  type('batch', 'v1', 'CronJob', 'cronjobs', true, ['cj'], ['all']),
  type('batch', 'v1', 'Job', 'jobs', true, [], ['all']),
  type('coordination.k8s.io', 'v1', 'Lease', 'leases', true),
  type('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices', true),
  {
    ...type('metrics.k8s.io', 'v1beta1', 'NodeMetrics', 'nodes', false),
    verbs: ['get', 'list'],
    singular: '',
  },
  { ...type('metrics.k8s.io', 'v1beta1', 'PodMetrics', 'pods', true), verbs: ['get', 'list'], singular: '' },
  type('networking.k8s.io', 'v1', 'Ingress', 'ingresses', true, ['ing']),
  type('networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies', true, ['netpol']),
  type('openreports.io', 'v1alpha1', 'Report', 'reports', true),
  type('wgpolicyk8s.io', 'v1alpha2', 'PolicyReport', 'policyreports', true, ['polr']),
];

/** Groups that are there where somebody has installed their definitions (CRDs). */
export const INSTALLED_GROUPS: ReadonlySet<string> = new Set(['openreports.io', 'wgpolicyk8s.io']);

/** `deployments.apps`, or `pods` for the core group: how RBAC's messages and the store name a type. */
export function qualified({ plural, group }: { plural: string; group: string }): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function apiVersion({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

function type(
  group: string,
  version: string,
  kind: string,
  plural: string,
  namespaced: boolean,
  shortNames: string[] = [],
  categories: string[] = [],
): ResourceType {
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced,
    verbs: READ,
    shortNames,
    categories,
  };
}

function review(group: string, kind: string, plural: string): ResourceType {
  return { ...type(group, 'v1', kind, plural, false), verbs: ['create'] };
}
