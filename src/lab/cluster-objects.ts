/** The objects that every Minikube cluster has, whatever is installed in it. */
import type { ConfigMap } from './world.js';
import type { Condition, Node, ObjectMeta, Service } from '../evidence/objects.js';
import { seconds, uid } from './clock.js';
import { api, type Api, type PolicyRule } from './world.js';

export const KUBERNETES_VERSION = 'v1.34.1';
const DAY_MS = 86_400_000;

/** @param nodeAddress InternalIP: where the node's NodePorts answer */
export function minikubeNode(now: number, nodeAddress: string, name = 'minikube'): Api<Node> {
  const created = now - 3 * DAY_MS;
  const controlPlane = name === 'minikube';
  const pool = {
    cpu: '4',
    'ephemeral-storage': '61255492Ki',
    'hugepages-2Mi': '0',
    memory: '8025244Ki',
    pods: '110',
  };
  return api<Node>({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: uid(`Node/${name}`),
      creationTimestamp: seconds(created),
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'minikube.k8s.io/name': 'minikube',
        'minikube.k8s.io/primary': String(controlPlane),
        ...(controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    },
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
    status: {
      capacity: pool,
      allocatable: pool,
      conditions: [
        condition(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ].map((entry) => ({
        ...entry,
        lastHeartbeatTime: seconds(now - 20_000),
        lastTransitionTime: seconds(created),
      })),
      addresses: [
        { type: 'InternalIP', address: nodeAddress },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: uid('machine').replaceAll('-', ''),
        systemUUID: uid('system'),
        bootID: uid('boot'),
        kernelVersion: '6.8.0-60-generic',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        containerRuntimeVersion: 'containerd://1.7.27',
        kubeletVersion: KUBERNETES_VERSION,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      images: [{ names: ['docker.io/library/todo-chatbot-backend:latest'], sizeBytes: 214_958_080 }],
    },
  });
}

function condition(type: string, status: string, reason: string, message: string): Condition {
  return { type, status, reason, message };
}

export function namespaces(now: number): Api[] {
  return ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) =>
    api({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        uid: uid(`Namespace/${name}`),
        creationTimestamp: seconds(now - 3 * DAY_MS),
        labels: { 'kubernetes.io/metadata.name': name },
      },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }),
  );
}

export function serviceAccounts(now: number): Api[] {
  return [
    api({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('ServiceAccount', 'default', now) }),
  ];
}

export function rootCaConfigMap(now: number, authority: string): Api<ConfigMap> {
  return api<ConfigMap>({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...meta('ConfigMap', 'kube-root-ca.crt', now),
      annotations: {
        'kubernetes.io/description':
          'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints.',
      },
    },
    data: { 'ca.crt': authority },
  });
}

/** The API server's own Service, which `kubectl get services` always shows. */
export function kubernetesService(now: number): Api<Service> {
  return api<Service>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...meta('Service', 'kubernetes', now),
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 8443 }],
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
    status: { loadBalancer: {} },
  });
}

function meta(kind: string, name: string, now: number): ObjectMeta {
  return {
    name,
    namespace: 'default',
    uid: uid(`${kind}/${name}`),
    creationTimestamp: seconds(now - 3 * DAY_MS),
  };
}

/** What the lab's user may do: read everything that the lab has, and what the tool's probes need. */
export function viewerRole(): PolicyRule[] {
  const read = ['get', 'list', 'watch'];
  return [
    {
      apiGroups: [''],
      resources: [
        'configmaps',
        'endpoints',
        'events',
        'limitranges',
        'namespaces',
        'nodes',
        'persistentvolumeclaims',
        'pods',
        'pods/log',
        'replicationcontrollers',
        'resourcequotas',
        'secrets',
        'serviceaccounts',
        'services',
      ],
      verbs: read,
    },
    {
      apiGroups: [''],
      resources: ['nodes/proxy', 'pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'],
      verbs: ['create', 'get'],
    },
    {
      apiGroups: ['apps'],
      resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
      verbs: read,
    },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: read },
    { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: read },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
    { apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: read },
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ];
}
