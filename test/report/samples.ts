/** Reports as the engine makes them, one for each kind of outcome that a reader meets. */
import type { Suite } from '../../src/checks/check.js';
import { summarise } from '../../src/engine/summary.js';
import type { CheckResult, Report, ReportFinding } from '../../src/engine/report.js';
import { fix, look, remedyText, text, undo } from '../../src/rule/fix.js';
import { SECRET, staleCredentials } from './causes.js';

const FACTS: Record<string, string> = {
  'cluster/reachable': 'v1.34.1 answers in 12 ms',
  'cluster/permissions': 'all 14 permissions',
  'cluster/nodes-ready': '1 node Ready',
  'deployment/exists': 'Deployment todo-chatbot-backend is there',
  'deployment/labels': 'standard labels, component backend',
  'deployment/replicas': '2 replicas asked for',
  'deployment/rollout-complete': '2 of 2 replicas ready, up to date, available',
  'deployment/strategy': 'RollingUpdate, maxSurge 1, maxUnavailable 0',
  'deployment/image': 'todo-chatbot-backend:latest, IfNotPresent',
  'deployment/resources': 'requests 500m and 512Mi, limits 1 and 1Gi',
  'deployment/liveness-probe': 'GET /api/health on 8000, after 15 s, every 10 s',
  'pods/running': '2 of 2 pods Running',
  'pods/ready': '2 of 2 pods ready',
  'pods/restarts': 'no restarts',
  'service/exists': 'Service todo-chatbot-backend is there',
  'service/type': 'NodePort',
  'service/ports': '8000:30081/TCP to container port 8000',
  'config/configmap': 'ENVIRONMENT and LOG_LEVEL are there',
  'config/secret': 'Opaque with DATABASE_URL and BETTER_AUTH_SECRET',
  'config/database-url': 'postgresql, sslmode=require',
  'config/auth-secret-length': 'BETTER_AUTH_SECRET of 48 characters',
  'functional/health': '200, JSON, status healthy',
  'functional/api-docs': '200, HTML, Swagger UI',
  'functional/auth-required': '/api/tasks answers 401',
  'functional/database-logs': '2 of 2 pods logged a successful connection',
  'network/service-dns': 'both names resolve to 10.96.12.7 from 2 pods',
  'network/database-egress': 'host.neon.tech:5432 connects and offers TLS from 2 pods',
  'network/policies': 'no NetworkPolicy selects the backend',
  'load-balancing/endpoints': '2 endpoints',
  'load-balancing/distribution': '10 requests: 6 / 4, p = 0.75',
};

type Change = Partial<Omit<CheckResult, 'remedy'>>;

function result(id: string, index: number, change: Change = {}): CheckResult {
  return {
    id,
    suite: id.slice(0, id.indexOf('/')) as Suite,
    title: `Expected fact of ${id}`,
    status: 'pass',
    severity: 'error',
    message: FACTS[id] ?? '',
    findings: [],
    remedy: remedyText(change.fix ?? []) ?? null,
    fix: [],
    blockedBy: [],
    why: 'it was agreed',
    contractSection: 'Verification Steps: Deployment Verification',
    durationMs: 3 + ((index * 17) % 60),
    ...change,
  };
}

/** A report over the checks above, each as it passes but for the changes by id. */
export function sample(changes: Record<string, Change> = {}, more: Partial<Report> = {}): Report {
  const checks = Object.keys(FACTS).map((id, index) => result(id, index, changes[id]));
  return {
    schemaVersion: 1,
    tool: { name: 'todo-k8s', version: '0.2.0' },
    command: 'verify',
    target: {
      context: 'minikube',
      server: 'https://192.168.49.2:8443',
      namespace: 'default',
      release: 'todo-chatbot',
      kubernetesVersion: 'v1.34.1',
      route: { via: 'NodePort', url: 'http://localhost:30081', proves: 'NodePort and load balancing' },
    },
    startedAt: '2026-02-09T03:12:44.120Z',
    durationMs: 243,
    summary: summarise(checks),
    exitCode: 0,
    interrupted: false,
    notices: [],
    next: null,
    checks,
    ...more,
  };
}

export function finding(
  message: string,
  data: ReportFinding['data'] = {},
  object?: ReportFinding['object'],
): ReportFinding {
  return { messageId: 'sample', message, object: object ?? null, data };
}

const DEPLOYMENT = { kind: 'Deployment', namespace: 'default', name: 'todo-chatbot-backend' };

function blocked(...by: string[]): Change {
  return { status: 'blocked', message: `needs ${by.join(', ')}`, blockedBy: by };
}

export const allPass = (): Report => sample();

export const failWithBlocked = (): Report =>
  sample(
    {
      'config/database-url': {
        status: 'fail',
        message: 'DATABASE_URL does not demand TLS',
        findings: [
          finding(
            'sslmode is prefer',
            {
              expected: 'require, verify-ca or verify-full',
              found: 'prefer (value hidden)',
              field: 'data.DATABASE_URL',
            },
            SECRET,
          ),
        ],
        why: 'Neon refuses plain connections; with prefer a downgrade would go unnoticed',
        contractSection: 'Database Connectivity: Connection Requirements',
        fix: [
          fix(
            "helm upgrade todo-chatbot ./helm/todo-chatbot -n default --reset-then-reuse-values --set-string backend.secrets.DATABASE_URL='postgresql://…?sslmode=require'",
            'with the user, password and host of the Neon dashboard',
          ),
        ],
      },
      'deployment/liveness-probe': {
        status: 'fail',
        message: 'Liveness probe is not the one that the contract demands',
        findings: [
          finding(
            'periodSeconds is 20',
            {
              expected: 10,
              found: 20,
              field: 'spec.template.spec.containers[0].livenessProbe.periodSeconds',
            },
            DEPLOYMENT,
          ),
          finding(
            'timeoutSeconds is 1',
            { expected: 5, found: 1, field: 'spec.template.spec.containers[0].livenessProbe.timeoutSeconds' },
            DEPLOYMENT,
          ),
        ],
        why: 'a probe that waits too short restarts pods that are merely busy',
        contractSection: 'Health Checks: Liveness Probe',
        fix: [
          text('Give the container the contract’s livenessProbe, then:'),
          look('kubectl rollout status deployment/todo-chatbot-backend -n default'),
        ],
      },
      'functional/database-logs': {
        status: 'warn',
        severity: 'warning',
        message: '1 of 2 pods has no connection line since its start (its log rotated at 13:58)',
        why: 'a pod that never connected serves errors',
        contractSection: 'Verification Steps: Functional Verification',
        fix: [look('kubectl logs -n default todo-chatbot-backend-5d9c8b7f6-x2x9p --since=1h')],
      },
      'network/database-egress': blocked('config/database-url'),
      'network/policies': { status: 'skip', message: 'not asked for (--no-exec)' },
    },
    { exitCode: 1, next: 'todo-k8s doctor db' },
  );

const FORBIDDEN =
  'secrets is forbidden: user "ci" may not get secrets in namespace default on https://192.168.49.2:8443';
const ROLE = [
  text('Without it, what the Secret holds stays unknown.'),
  fix(
    'todo-k8s checks role -n default | kubectl apply -f -',
    'by an administrator; checks role --bind USER gives it to you, too',
  ),
];

export const unknownForbidden = (): Report =>
  sample(
    {
      'cluster/permissions': {
        status: 'warn',
        severity: 'warning',
        message: '1 of 14 permissions is missing',
        findings: [
          finding('get secrets is not allowed', { expected: 'get', found: 'nothing', field: 'secrets' }),
        ],
        why: 'what cannot be read cannot be proven',
        contractSection: 'Security Requirements: Secret Management',
        fix: ROLE,
      },
      'config/secret': { status: 'unknown', message: FORBIDDEN, fix: ROLE },
      'config/database-url': { status: 'unknown', message: FORBIDDEN, fix: ROLE },
      'config/auth-secret-length': { status: 'unknown', message: FORBIDDEN, fix: ROLE },
      'network/database-egress': blocked('config/database-url'),
    },
    {
      exitCode: 3,
      next: 'todo-k8s verify --only config',
      notices: ['TLS verification of the API server is off (insecure-skip-tls-verify in the kubeconfig)'],
    },
  );

export const interrupted = (): Report => {
  const cut: Change = { status: 'unknown', message: 'interrupted (SIGINT) before it was judged' };
  return sample(
    Object.fromEntries(
      Object.keys(FACTS)
        .filter((id) => /^(functional|network|load-balancing)|logs/.test(id))
        .map((id) => [id, cut]),
    ),
    { exitCode: 130, interrupted: true, next: 'todo-k8s verify' },
  );
};

export const unreachable = (): Report => {
  const base = sample();
  return sample(
    Object.fromEntries(
      Object.keys(FACTS).map((id): [string, Change] =>
        id === 'cluster/reachable'
          ? [
              id,
              {
                status: 'unknown',
                message: 'GET https://192.168.49.2:8443/version: connection refused (ECONNREFUSED)',
                fix: [look('minikube status'), fix('minikube start')],
                durationMs: 5004,
              },
            ]
          : [id, { ...blocked('cluster/reachable'), durationMs: 5004 }],
      ),
    ),
    {
      exitCode: 3,
      durationMs: 5011,
      next: 'minikube status',
      target: { ...base.target, release: null, kubernetesVersion: null, route: null },
    },
  );
};

/** Every status a check can have, and hostile text wherever text comes from the cluster. */
export const HOSTILE =
  '\u001b[31mred\u001b]0;title\u0007 \u202egnp.exe\u2066 \u0000\u009b2J\n::error title=x::pwned\r\n##[error]x <script>alert(1)</script> ]]> ]]> --> | `code` ``` [a](javascript:x) @admin #12 &amp; "q" \'s\' %0A::warning::y \ud800';

export const hostile = (): Report =>
  sample(
    {
      'pods/ready': { message: HOSTILE },
      'config/configmap': {
        status: 'fail',
        message: HOSTILE,
        findings: [
          finding(
            HOSTILE,
            { expected: HOSTILE, found: HOSTILE, field: HOSTILE },
            { kind: HOSTILE, name: HOSTILE },
          ),
          finding(HOSTILE, { expected: '', found: '' }, { kind: 'Pod', namespace: HOSTILE, name: 'x' }),
        ],
        why: HOSTILE,
        contractSection: HOSTILE,
        fix: [text(HOSTILE), fix(HOSTILE, HOSTILE)],
      },
      'config/secret': { status: 'unknown', message: HOSTILE, fix: [undo(HOSTILE)] },
      'functional/health': {
        status: 'warn',
        message: HOSTILE,
        findings: [finding(HOSTILE)],
        fix: [look(`kubectl x ${HOSTILE}`)],
      },
      'network/policies': { status: 'skip', message: HOSTILE },
      'network/service-dns': { ...blocked(HOSTILE), message: HOSTILE },
    },
    {
      exitCode: 1,
      next: `todo-k8s doctor ${HOSTILE}`,
      timeline: {
        entries: [
          {
            at: '2026-02-09T03:02:44Z',
            level: 'warning',
            object: { kind: HOSTILE, namespace: HOSTILE, name: HOSTILE },
            reason: HOSTILE,
            message: HOSTILE,
            count: 3,
          },
        ],
        omitted: 2,
      },
      diagnoses: [
        {
          ...staleCredentials(),
          title: HOSTILE,
          object: { kind: HOSTILE, namespace: HOSTILE, name: HOSTILE },
          summary: HOSTILE,
          evidence: [{ source: HOSTILE, object: null, field: HOSTILE, value: HOSTILE, at: HOSTILE }],
          fix: [{ kind: 'fix', description: HOSTILE, command: HOSTILE, helmValue: HOSTILE }],
          then: HOSTILE,
          wouldConfirm: HOSTILE,
          ruledOut: [HOSTILE],
          symptoms: [HOSTILE],
          folded: [HOSTILE],
          path: [{ hop: HOSTILE, state: 'broken', detail: HOSTILE, ms: 3 }],
        },
      ],
      topics: [{ topic: 'db', path: [{ hop: HOSTILE, state: 'broken', detail: HOSTILE, ms: null }] }],
      notices: [HOSTILE],
      target: {
        context: HOSTILE,
        server: HOSTILE,
        namespace: HOSTILE,
        release: HOSTILE,
        kubernetesVersion: HOSTILE,
        route: { via: HOSTILE, url: HOSTILE, proves: HOSTILE },
      },
    },
  );

export const SAMPLES: Record<string, () => Report> = {
  'all-pass': allPass,
  'fail-with-blocked': failWithBlocked,
  'unknown-forbidden': unknownForbidden,
  interrupted,
  unreachable,
};
