/**
 * The contract as data: what the written contract demands, as values that overlays may replace.
 * `schema.ts` describes and validates the same shape; a test holds the two together.
 * Each field's comment names the contract's heading.
 */

/** A deviation that somebody has accepted. */
export interface Accepted {
  /** Id of the check. */
  check: string;
  /** `Kind/name` or the name of the one object that is meant; all of them when undefined. */
  object?: string;
  /** Id of the one finding that is meant; all of the check's when undefined. */
  finding?: string;
  reason: string;
  /** The last day on which it is accepted, as YYYY-MM-DD (UTC); for good when undefined. */
  until?: string;
}

export interface ProbeContract {
  /** `httpGet`, `tcpSocket`, `exec` or `grpc`. The path counts for `httpGet` alone, the port not for `exec`. */
  type: string;
  path: string;
  port: number;
  /** Seconds. */
  initialDelaySeconds: number;
  /** Seconds. */
  periodSeconds: number;
  /** Seconds. */
  timeoutSeconds: number;
  successThreshold: number;
  failureThreshold: number;
}

export interface Contract {
  /** Names of the objects where they are others than the written contract's; empty: its own, for the release. */
  names: { deployment: string; service: string; configMap: string; secret: string };
  /** `helm`: the standard Helm labels and the component label (Kubernetes Resources, Metadata). `any`: not demanded. */
  labels: string;
  /** Paths of values that are left open: whatever is there is right. */
  any: string[];
  /** Paths of values that must not be there. */
  absent: string[];
  /** Deviations that are known and accepted. */
  accepted: Accepted[];
  /** Checks whose failures are known weaknesses: they warn until they are fixed, or accepted. */
  knownWeaknesses: string[];
  backend: {
    /** Replica Configuration. */
    replicaCount: number;
    /** The range of the HorizontalPodAutoscaler that owns the replicas; 0 and 0: there is none. */
    autoscaling: { minReplicas: number; maxReplicas: number };
    /** Image Configuration. */
    image: { repository: string; tag: string; pullPolicy: string };
    /** Resource Configuration; Kubernetes quantities. */
    resources: { limits: { cpu: string; memory: string }; requests: { cpu: string; memory: string } };
    /** Service Configuration. `targetPort` is the container's port (Kubernetes Resources, Service). */
    service: { type: string; port: number; targetPort: number; nodePort: number };
    /** Environment Configuration: the values that the ConfigMap must hold. */
    env: Record<string, string>;
    /** Kubernetes Resources, Secret: keys that must be there. Never values. */
    requiredSecretKeys: string[];
    /** Kubernetes Resources, Secret: keys that may be there. */
    optionalSecretKeys: string[];
    /** Variables that are taken from a key of another name: `key`, or `secret/key` where it is another Secret's. */
    secretKeys: Record<string, string>;
    /** Kubernetes Resources, Deployment, Pod Template. */
    container: { name: string; port: number };
    /** Kubernetes Resources, Deployment, Strategy. */
    strategy: { type: string; maxSurge: number | string; maxUnavailable: number | string };
    /** Health Checks. */
    livenessProbe: ProbeContract;
    readinessProbe: ProbeContract;
    /** Not demanded by the written contract: it is in `any` as long as nobody gives it a value. */
    startupProbe: ProbeContract;
    /** Security Requirements, Container Security. */
    securityContext: {
      runAsUser: number;
      runAsNonRoot: boolean;
      allowPrivilegeEscalation: boolean;
      dropCapabilities: string[];
    };
  };
  /** ConfigMap, Data: the values that are allowed at all. */
  allowed: { environments: string[]; logLevels: string[] };
  secrets: {
    /** Secret Management: BETTER_AUTH_SECRET, characters. */
    authSecretMinLength: number;
    /** The variable that holds the signing secret. */
    authSecretKey: string;
  };
  /** Database Connectivity; Scaling Behavior, Database Connection Pooling. */
  database: {
    sslModes: string[];
    /** Connections per pod. */
    poolSize: number;
    /** Connections that the database accepts in all. */
    maxConnections: number;
    /** Regular expressions (case-insensitive) of log lines that show a connection that worked. */
    connectedLogPatterns: string[];
    /** Regular expressions (case-insensitive) of log lines that show a database error. */
    errorLogPatterns: string[];
  };
  /** Access Patterns; Functional Verification. */
  http: {
    healthPath: string;
    docsPath: string;
    tasksPath: string;
    /** Statuses with which the tasks may refuse a request without a token. */
    tasksStatuses: string[];
    /** Milliseconds above which a health response is called slow (Health Endpoint Requirements: lightweight). */
    healthLatencyWarnMs: number;
  };
  /** Load Balancing Verification. */
  loadBalancing: {
    requests: number;
    /** Probability with which an even spread must not be called uneven. */
    confidence: number;
  };
}

const probe: ProbeContract = {
  type: 'httpGet',
  path: '/api/health',
  port: 8000,
  initialDelaySeconds: 15,
  periodSeconds: 10,
  timeoutSeconds: 5,
  successThreshold: 1,
  failureThreshold: 3,
};

export const DEFAULT_CONTRACT: Contract = {
  backend: {
    replicaCount: 2,
    image: { repository: 'todo-chatbot-backend', tag: 'latest', pullPolicy: 'IfNotPresent' },
    resources: { limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: '500m', memory: '512Mi' } },
    service: { type: 'NodePort', port: 8000, targetPort: 8000, nodePort: 30081 },
    env: { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' },
    requiredSecretKeys: ['DATABASE_URL', 'BETTER_AUTH_SECRET'],
    optionalSecretKeys: ['NEXT_PUBLIC_OPENROUTER_KEY'],
    container: { name: 'backend', port: 8000 },
    strategy: { type: 'RollingUpdate', maxSurge: 1, maxUnavailable: 0 },
    livenessProbe: probe,
    readinessProbe: { ...probe },
    securityContext: {
      runAsUser: 1001,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      dropCapabilities: ['ALL'],
    },
    startupProbe: { ...probe },
    autoscaling: { minReplicas: 0, maxReplicas: 0 },
    secretKeys: {},
  },
  allowed: {
    environments: ['development', 'staging', 'production'],
    logLevels: ['INFO', 'DEBUG', 'ERROR'],
  },
  secrets: { authSecretMinLength: 32, authSecretKey: 'BETTER_AUTH_SECRET' },
  database: {
    sslModes: ['require', 'verify-ca', 'verify-full'],
    poolSize: 10,
    maxConnections: 100,
    connectedLogPatterns: [
      'database\\b.*\\b(connected|connection (established|successful|ok|ready)|ready|initiali[sz]ed)',
      '\\bconnected to (the )?(database|postgres)',
    ],
    errorLogPatterns: [
      'database\\b.*\\b(error|failed|failure|refused|unavailable|timed? ?out)',
      '\\bOperationalError\\b',
      '\\bpassword authentication failed\\b',
      '\\bcould not (connect|translate host name)\\b',
      '\\bQueuePool limit\\b',
    ],
  },
  http: {
    healthPath: '/api/health',
    docsPath: '/docs',
    tasksPath: '/api/tasks',
    tasksStatuses: ['401'],
    healthLatencyWarnMs: 1000,
  },
  loadBalancing: { requests: 10, confidence: 0.99 },
  names: { deployment: '', service: '', configMap: '', secret: '' },
  labels: 'helm',
  any: ['backend.startupProbe'],
  absent: [],
  accepted: [],
  knownWeaknesses: [],
};
