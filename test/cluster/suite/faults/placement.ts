/** Pods that no node takes, that the API server does not make, and what surrounds them: quotas, budgets, autoscalers, DNS of their own. */
import { BACKEND } from '../stage.js';
import {
  apply,
  crashed,
  event,
  kubectl,
  labelNamespace,
  podsShow,
  rolledOut,
  unschedulable,
  upgrade,
  type Fault,
  type Step,
  type Symptom,
} from './fault.js';
import { container, CRASHING, patched, removed, STUCK, waited } from './tools.js';

const pod = (shown: string, spec: object) => patched(shown, { spec: { template: { spec } } });
const restart = kubectl(`rollout restart deployment/${BACKEND}`);

const BACKENDS = { matchLabels: { 'app.kubernetes.io/component': 'backend' } };

type Case = Pick<Fault, 'name' | 'steps' | 'symptom' | 'cause'> & Partial<Fault>;

const pendingFor = (seconds: number): Symptom =>
  podsShow(`a pod without a node for ${seconds} s`, 90, (pods) =>
    pods.some(
      ({ spec, metadata }) =>
        spec.nodeName === undefined && Date.now() - Date.parse(metadata.creationTimestamp) > seconds * 1000,
    ),
  );

/** Pods that wait for a node. */
const unplaced: Case[] = [
  {
    name: 'resource that no node has',
    steps: [
      container('a GPU', {
        resources: { limits: { 'nvidia.com/gpu': '1' }, requests: { 'nvidia.com/gpu': '1' } },
      }),
    ],
    symptom: unschedulable('Insufficient nvidia.com/gpu'),
    cause: 'scheduling/insufficient-resource',
    says: ['nvidia.com/gpu'],
  },
  {
    name: 'more disk than the node has',
    steps: [
      container('900Gi of ephemeral storage', { resources: { requests: { 'ephemeral-storage': '900Gi' } } }),
    ],
    symptom: unschedulable('Insufficient ephemeral-storage'),
    cause: 'scheduling/insufficient-resource',
    says: ['ephemeral-storage'],
  },
  {
    name: 'port of the node that the old pod has',
    steps: [
      container('hostPort 31555', { ports: [{ containerPort: 8000, hostPort: 31555 }] }),
      waited(unschedulable("didn't have free ports")),
    ],
    symptom: unschedulable("didn't have free ports"),
    cause: 'scheduling/other',
    says: ['free ports'],
  },
  {
    name: 'affinity to pods that there are none of',
    steps: [
      pod('podAffinity to app=cache', {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'cache' } } },
            ],
          },
        },
      }),
    ],
    symptom: unschedulable('pod affinity rules'),
    cause: 'scheduling/pod-affinity',
    says: ['pod affinity'],
  },
  {
    name: 'pods that must not share a node, on one node',
    steps: [
      pod('podAntiAffinity among themselves', {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: BACKENDS },
            ],
          },
        },
      }),
    ],
    symptom: unschedulable('anti-affinity rules'),
    cause: 'scheduling/pod-affinity',
    says: ['anti-affinity'],
  },
  {
    name: 'spread over zones that the nodes do not name',
    steps: [
      pod('topologySpreadConstraints over zones', {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: BACKENDS,
          },
        ],
      }),
    ],
    symptom: unschedulable('topology spread constraints'),
    cause: 'scheduling/pod-affinity',
    says: ['topology spread'],
  },
  {
    name: 'scheduler that does not exist',
    steps: [pod('schedulerName: fast-scheduler', { schedulerName: 'fast-scheduler' })],
    // For a minute a pod that no scheduler has spoken of may be on its way.
    symptom: pendingFor(61),
    cause: 'scheduling/no-scheduler',
    says: ['fast-scheduler'],
  },
  {
    name: 'scheduling gate that nobody opens',
    steps: [pod('schedulingGates', { schedulingGates: [{ name: 'example.com/approved' }] })],
    symptom: pendingFor(5),
    cause: 'scheduling/gated',
    says: ['example.com/approved'],
  },
  {
    name: 'volume claim without a storage class',
    steps: [
      apply('a PersistentVolumeClaim of class fast', {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'uploads' },
        spec: {
          storageClassName: 'fast',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      }),
      pod('a volume of claim uploads', {
        volumes: [{ name: 'uploads', persistentVolumeClaim: { claimName: 'uploads' } }],
      }),
    ],
    symptom: unschedulable('unbound immediate PersistentVolumeClaims'),
    cause: 'scheduling/volume',
    undo: [removed, kubectl('delete pvc uploads --wait=false')],
  },
];

const quota = (hard: object) =>
  apply(`a ResourceQuota ${JSON.stringify(hard)}`, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'team' },
    spec: { hard },
  });
const withoutQuota = kubectl('delete quota team');

const limits = (limit: object) =>
  apply(`a LimitRange ${JSON.stringify(limit)}`, {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'team' },
    spec: { limits: [{ type: 'Container', ...limit }] },
  });
const withoutLimits = kubectl('delete limitrange team');

/** Pods that the API server does not make. */
const refused: Case[] = [
  {
    name: 'quota of memory exceeded',
    steps: [quota({ 'limits.memory': '2Gi' }), restart],
    symptom: event('exceeded quota: team'),
    cause: 'admission/quota-exceeded',
    says: ['team', 'limits.memory'],
    undo: [withoutQuota, removed],
  },
  {
    name: 'quota that demands a limit which the container does not have',
    steps: [quota({ 'limits.memory': '20Gi' }), container('no limits', { resources: { limits: null } })],
    symptom: event('must specify limits.memory'),
    expect: { fail: ['deployment/resources', 'deployment/rollout-complete'] },
    cause: 'admission/quota-exceeded',
    says: ['must specify limits.memory'],
    undo: [withoutQuota, removed],
  },
  {
    name: 'limit range below which the container asks',
    steps: [limits({ min: { memory: '100Mi' } }), restart],
    symptom: event('minimum memory usage per Container'),
    cause: 'admission/limit-range',
    says: ['100Mi'],
    undo: [withoutLimits, removed],
  },
  {
    name: 'limit range that the ratio of limit and request breaks',
    steps: [limits({ maxLimitRequestRatio: { memory: '4' } }), restart],
    symptom: event('memory max limit to request ratio'),
    cause: 'admission/limit-range',
    says: ['ratio'],
    undo: [withoutLimits, removed],
  },
  {
    name: 'Pod Security level that forbids the node’s network',
    steps: [
      labelNamespace('pod-security.kubernetes.io/enforce=baseline'),
      pod('hostNetwork: true', { hostNetwork: true }),
    ],
    symptom: event('violates PodSecurity'),
    cause: 'admission/pod-security',
    says: ['baseline', 'hostNetwork'],
    undo: [labelNamespace('pod-security.kubernetes.io/enforce-'), removed],
  },
  {
    name: 'RuntimeClass that does not exist',
    steps: [pod('runtimeClassName: gvisor', { runtimeClassName: 'gvisor' })],
    symptom: event('RuntimeClass "gvisor" not found'),
    cause: 'admission/refused',
    says: ['gvisor'],
  },
  {
    name: 'class of the system’s own pods',
    steps: [
      quota({ 'count/secrets': '90' }),
      pod('priorityClassName: todo-important', { priorityClassName: 'todo-important' }),
    ],
    symptom: event('no PriorityClass with name'),
    cause: 'admission/priority-class-missing',
    says: ['todo-important'],
    undo: [withoutQuota, removed],
  },
];

const scaler = (shown: string, spec: object): Step =>
  apply(`a HorizontalPodAutoscaler, ${shown}`, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'todo' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: BACKEND }, ...spec },
  });
const withoutScaler = kubectl('delete hpa todo');

const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

/** A resolver of the pod's own. */
const dns = (shown: string, spec: object): Step => pod(shown, spec);

const own: Fault[] = [
  {
    name: 'pods that ask a DNS server which there is none of',
    steps: [
      dns('dnsPolicy None, nameserver 192.0.2.53', {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['192.0.2.53'] },
      }),
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/pod-dns-config',
    object: 'Deployment todo-chatbot-backend',
    says: ['192.0.2.53', 'dnsPolicy'],
    undo: [removed],
  },
  {
    name: 'pods that ask the node’s DNS, which does not know the cluster',
    steps: [dns('dnsPolicy Default', { dnsPolicy: 'Default' })],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/pod-dns-config',
    object: 'Deployment todo-chatbot-backend',
    says: ['dnsPolicy', 'Default'],
    undo: [removed],
    own: true,
  },
  {
    name: 'autoscaler that goes below the contract’s replicas',
    steps: [
      scaler('1 to 1', { minReplicas: 1, maxReplicas: 1, metrics: [cpu] }),
      waited(podsShow('one pod', 90, (pods) => pods.length === 1)),
    ],
    symptom: rolledOut,
    expect: { fail: ['load-balancing/endpoints'] },
    cause: 'deployment/autoscaler-too-low',
    object: 'HorizontalPodAutoscaler todo',
    undo: [withoutScaler],
  },
  {
    name: 'autoscaler above what Helm has set, which is fine',
    steps: [
      scaler('3 to 4', { minReplicas: 3, maxReplicas: 4, metrics: [cpu] }),
      waited(podsShow('three pods', 90, (pods) => pods.length === 3)),
    ],
    symptom: rolledOut,
    expect: {},
    cause: null,
    undo: [withoutScaler],
  },
  {
    name: 'ConfigMap that may not be changed, and an upgrade that changes it',
    steps: [
      kubectl(`patch configmap ${BACKEND}-config -p {"immutable":true}`),
      {
        ...upgrade('backend.env.ENVIRONMENT=staging'),
        run: async (stage) => {
          await stage.upgrade(['--set', 'backend.env.ENVIRONMENT=staging']).catch(() => undefined);
        },
      },
    ],
    symptom: rolledOut,
    expect: { fail: ['deployment/release'] },
    cause: 'helm/failed',
    object: 'Release todo-chatbot',
    says: ['immutable', `${BACKEND}-config`],
    undo: [kubectl(`delete configmap ${BACKEND}-config`)],
  },
];

export const PLACEMENT: Fault[] = [
  ...unplaced.map((each): Fault => ({ expect: { fail: STUCK }, object: 'Pod', undo: [removed], ...each })),
  ...refused.map((each): Fault => ({
    expect: { fail: ['deployment/rollout-complete'] },
    object: 'ReplicaSet',
    undo: [removed],
    ...each,
  })),
  ...own,
];
