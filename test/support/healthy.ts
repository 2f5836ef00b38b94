/** The evidence of a deployment that keeps the contract, for tests to change one thing in. */
import type {
  AutoscalerFacts,
  NamespaceFacts,
  DatabaseUrlFacts,
  EnvironmentFacts,
  HelmReleaseFacts,
  EvidenceMap,
  HttpExchange,
  InPodFacts,
  PodLog,
} from '../../src/evidence/evidence.js';
import type { Container, Deployment, Pod, Probe, ReplicaSet, Service } from '../../src/evidence/objects.js';
import { healthyDeepFacts } from './deep-facts.js';
import { loadFacts } from './load-facts.js';

/** The run's clock in tests. */
export const NOW = Date.parse('2026-02-09T14:05:00Z');

const AT = '2026-02-09T14:05:00Z';
const HASH = '6d5f9c7b4d';
export const POD_NAMES = [
  'todo-chatbot-backend-6d5f9c7b4d-2k4xp',
  'todo-chatbot-backend-6d5f9c7b4d-b8w7q',
] as const;
const DIGEST = 'sha256:8f0d8a4ff1f2a0d2a8a3c9f1f6a24a8dbb9b7c5a3a3f8a6b8e0c6f1c9d7e5b3a';

const selectorLabels = {
  'app.kubernetes.io/name': 'todo-chatbot',
  'app.kubernetes.io/instance': 'todo-chatbot',
  'app.kubernetes.io/component': 'backend',
};
const labels = {
  ...selectorLabels,
  'app.kubernetes.io/version': '1.0.0',
  'app.kubernetes.io/managed-by': 'Helm',
  'helm.sh/chart': 'todo-chatbot-0.1.0',
};

const probe = (): Probe => ({
  httpGet: { path: '/api/health', port: 8000, scheme: 'HTTP' },
  initialDelaySeconds: 15,
  periodSeconds: 10,
  timeoutSeconds: 5,
  successThreshold: 1,
  failureThreshold: 3,
});

const container = (): Container => ({
  name: 'backend',
  image: 'todo-chatbot-backend:latest',
  imagePullPolicy: 'IfNotPresent',
  ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
  envFrom: [
    { configMapRef: { name: 'todo-chatbot-backend-config' } },
    { secretRef: { name: 'todo-chatbot-backend-secret' } },
  ],
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '512Mi' } },
  livenessProbe: probe(),
  readinessProbe: probe(),
  securityContext: {
    runAsUser: 1001,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  },
});

const deployment = (): Deployment => ({
  metadata: {
    name: 'todo-chatbot-backend',
    namespace: 'default',
    uid: 'd-1',
    generation: 1,
    labels: { ...labels },
    annotations: {
      'meta.helm.sh/release-name': 'todo-chatbot',
      'meta.helm.sh/release-namespace': 'default',
      'deployment.kubernetes.io/revision': '1',
    },
    creationTimestamp: '2026-02-09T13:58:00Z',
  },
  spec: {
    replicas: 2,
    selector: { matchLabels: { ...selectorLabels } },
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: { metadata: { labels: { ...selectorLabels } }, spec: { containers: [container()] } },
  },
  status: {
    observedGeneration: 1,
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ],
  },
});

const replicaSet = (): ReplicaSet => ({
  metadata: {
    name: `todo-chatbot-backend-${HASH}`,
    namespace: 'default',
    uid: 'rs-1',
    labels: { ...selectorLabels, 'pod-template-hash': HASH },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    ownerReferences: [{ kind: 'Deployment', name: 'todo-chatbot-backend', uid: 'd-1', controller: true }],
    creationTimestamp: '2026-02-09T13:58:00Z',
  },
  spec: { replicas: 2 },
  status: { replicas: 2, readyReplicas: 2, availableReplicas: 2 },
});

const pod = (name: string, index: number): Pod => ({
  metadata: {
    name,
    namespace: 'default',
    uid: `pod-${index}`,
    labels: { ...selectorLabels, 'pod-template-hash': HASH },
    ownerReferences: [
      { kind: 'ReplicaSet', name: `todo-chatbot-backend-${HASH}`, uid: 'rs-1', controller: true },
    ],
    creationTimestamp: '2026-02-09T13:58:00Z',
  },
  spec: { nodeName: 'minikube', containers: [container()] },
  status: {
    phase: 'Running',
    podIP: `10.244.0.${index + 5}`,
    startTime: '2026-02-09T13:58:01Z',
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Ready', status: 'True' },
      { type: 'ContainersReady', status: 'True' },
    ],
    containerStatuses: [
      {
        name: 'backend',
        ready: true,
        started: true,
        restartCount: 0,
        image: 'docker.io/library/todo-chatbot-backend:latest',
        imageID: `docker.io/library/todo-chatbot-backend@${DIGEST}`,
        state: { running: { startedAt: '2026-02-09T13:58:03Z' } },
      },
    ],
  },
});

const service = (): Service => ({
  metadata: { name: 'todo-chatbot-backend', namespace: 'default', uid: 's-1', labels: { ...labels } },
  spec: {
    type: 'NodePort',
    clusterIP: '10.96.12.34',
    selector: { ...selectorLabels },
    ports: [{ name: 'http', protocol: 'TCP', port: 8000, targetPort: 8000, nodePort: 30081 }],
    sessionAffinity: 'None',
    externalTrafficPolicy: 'Cluster',
  },
});

const exchange = (path: string, status: number, contentType: string, body: string): HttpExchange => ({
  url: `http://localhost:30081${path}`,
  outcome: 'response',
  detail: '',
  status,
  contentType,
  location: undefined,
  body,
  truncated: false,
  json: contentType.includes('json') ? (JSON.parse(body) as unknown) : undefined,
  jsonError: undefined,
  ms: 6,
});

const log = (podName: string): PodLog => ({
  pod: podName,
  log: {
    ok: true,
    at: AT,
    value: {
      lines: [
        { at: '2026-02-09T13:58:04Z', text: 'INFO:     Started server process [1]' },
        { at: '2026-02-09T13:58:05Z', text: 'INFO:     Database connection established' },
        {
          at: '2026-02-09T13:58:05Z',
          text: 'INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)',
        },
        {
          at: '2026-02-09T14:04:58Z',
          text: 'INFO:     10.244.0.1:40022 - "GET /api/health HTTP/1.1" 200 OK',
        },
      ],
      fromStart: true,
      gap: false,
      startedAt: '2026-02-09T13:58:03Z',
    },
  },
});

const inPod = (podName: string): InPodFacts => ({
  pod: podName,
  probe: {
    ok: true,
    at: AT,
    value: {
      tool: 'python3',
      uid: 1001,
      dns: [
        { name: 'todo-chatbot-backend', addresses: ['10.96.12.34'], error: undefined, ms: 2 },
        {
          name: 'todo-chatbot-backend.default.svc.cluster.local',
          addresses: ['10.96.12.34'],
          error: undefined,
          ms: 2,
        },
      ],
      tcp: [{ host: 'ep-cool-1.neon.tech', port: 5432, connected: true, error: undefined, ms: 11 }],
      tls: [{ host: 'ep-cool-1.neon.tech', port: 5432, answer: 'S', error: undefined, ms: 12 }],
    },
  },
});

export const healthyDatabaseUrl = (): DatabaseUrlFacts => ({
  length: 78,
  problems: [],
  scheme: 'postgresql',
  sslmode: 'require',
  sslParameter: 'sslmode',
  duplicateParameters: [],
  hosts: [{ host: 'ep-cool-1.neon.tech', port: 5432 }],
  hasPassword: true,
});

/** A fresh copy each time; optional objects are typed as present, so that tests change them without ceremony. */
export function healthyEvidence() {
  const evidence = {
    server: {
      url: 'https://127.0.0.1:6443',
      gitVersion: 'v1.34.1',
      major: 1,
      minor: 34,
      platform: 'linux/amd64',
      latencyMs: 12,
      insecureSkipTlsVerify: false,
    },
    permissions: { source: 'rules' as const, required: [], missing: [] },
    nodes: [
      {
        metadata: { name: 'minikube', uid: 'n-1' },
        status: {
          conditions: [
            { type: 'MemoryPressure', status: 'False' },
            { type: 'DiskPressure', status: 'False' },
            { type: 'PIDPressure', status: 'False' },
            { type: 'Ready', status: 'True' },
          ],
          addresses: [{ type: 'InternalIP', address: '192.168.49.2' }],
          allocatable: { cpu: '2', memory: '8025244Ki', pods: '110' },
        },
      },
    ],
    deployment: deployment(),
    autoscaler: undefined as AutoscalerFacts | undefined,
    replicaSets: [replicaSet()],
    pods: POD_NAMES.map((name, index) => pod(name, index)),
    namespacePods: POD_NAMES.map((name) => ({
      name,
      labels: { ...selectorLabels, 'pod-template-hash': HASH },
      ownerName: `todo-chatbot-backend-${HASH}`,
    })),
    service: service() as Service | undefined,
    endpoints: {
      source: 'EndpointSlice' as const,
      addresses: POD_NAMES.map((name, index) => ({
        address: `10.244.0.${index + 5}`,
        port: 8000,
        ready: true,
        terminating: false,
        podName: name,
        nodeName: 'minikube',
        zones: [],
      })),
    },
    configMap: {
      name: 'todo-chatbot-backend-config',
      labels: { ...labels },
      data: { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' },
      hiddenKeys: [],
    },
    secret: {
      name: 'todo-chatbot-backend-secret',
      labels: { ...labels },
      type: 'Opaque',
      keys: [
        { key: 'BETTER_AUTH_SECRET', length: 44, blank: false },
        { key: 'DATABASE_URL', length: 78, blank: false },
      ],
      databaseUrl: healthyDatabaseUrl(),
      dataChangedAt: '2026-02-09T13:58:00Z',
    },
    environment: {
      variables: [],
      missing: [],
      unread: [],
      skippedKeys: [],
      databaseUrl: undefined,
    } as EnvironmentFacts,
    release: {
      name: 'todo-chatbot',
      revisions: [{ revision: 1, status: 'deployed' }],
      unread: undefined,
      description: 'Install complete',
      deployedAt: '2026-02-09T13:58:00Z',
      isDeclared: false,
    } as HelmReleaseFacts,
    frontend: { installed: false, secretName: undefined, authSecretMatches: undefined },
    frontendUrls: { deployment: undefined, urls: [], isAlone: true, origins: [] },
    cors: { skipped: 'no frontend of this release is installed', preflights: [] },
    namespace: { deletedAt: undefined, holds: [] } as NamespaceFacts | undefined,
    networkPolicies: [],
    events: [],
    route: {
      via: 'nodeport' as const,
      baseUrl: 'http://localhost:30081',
      tried: [{ url: 'http://localhost:30081', outcome: 'response' as const, detail: '' }],
      balances: true,
      provesNodePort: true,
    },
    health: exchange('/api/health', 200, 'application/json', '{"status":"healthy","database":"connected"}'),
    docs: exchange(
      '/docs',
      200,
      'text/html; charset=utf-8',
      '<!DOCTYPE html><title>Swagger UI</title><div id="swagger-ui">',
    ),
    tasks: exchange('/api/tasks', 401, 'application/json', '{"detail":"Not authenticated"}'),
    logs: POD_NAMES.map(log),
    inPod: POD_NAMES.map(inPod),
    distribution: loadFacts({ [POD_NAMES[0]]: 6, [POD_NAMES[1]]: 4 }),
    ...healthyDeepFacts(POD_NAMES),
  };
  return evidence satisfies EvidenceMap as Changeable;
}

/** EvidenceMap with its objects present. */
type Changeable = Omit<EvidenceMap, 'deployment' | 'service' | 'configMap' | 'secret'> & {
  [K in 'deployment' | 'service' | 'configMap' | 'secret']: NonNullable<EvidenceMap[K]>;
};
