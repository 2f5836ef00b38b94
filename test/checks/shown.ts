/**
 * States that show what checks find, for those that no cause's state shows (test/diagnoses/shown): one fault in the healthy
 * deployment each. What the check says of it is the example on its page.
 */
import type { Contract } from '../../src/contract/contract.js';
import type { Target } from '../../src/contract/target.js';
import { parseThreshold, type Threshold } from '../../src/computed/load-threshold.js';
import type { loadReport } from '../load/load-report.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { latency, loadFacts } from '../support/load-facts.js';
import { inside } from './network/_in-pod.js';

type Change = (evidence: HealthyEvidence, contract: Contract, target: Target) => unknown;

const containerOf = ({ deployment }: HealthyEvidence) => {
  const [container] = deployment.spec.template.spec.containers;
  if (!container) throw new Error('the healthy deployment has a container');
  return container;
};

/** By the id of the check that finds it. */
export const SHOWN_BY_CHECKS: Readonly<Record<string, Change>> = {
  'cluster/reachable': ({ server }) => (server.insecureSkipTlsVerify = true),
  'cluster/permissions': ({ permissions }) => {
    const missing = [{ verb: 'get', group: '', resource: 'secrets' }];
    Object.assign(permissions, { required: missing, missing });
  },
  'deployment/container': (evidence) => (containerOf(evidence).name = 'api'),
  'deployment/environment': (evidence) => (containerOf(evidence).envFrom = []),
  'deployment/image': (evidence) => (containerOf(evidence).image = 'todo-chatbot-backend:v2'),
  'deployment/labels': ({ deployment }) => delete deployment.metadata.labels?.['helm.sh/chart'],
  'deployment/liveness-probe': (evidence) => delete containerOf(evidence).livenessProbe,
  'deployment/name': ({ deployment }, _contract, target) => {
    deployment.metadata.name = 'api';
    target.names.deployment = 'api';
  },
  'deployment/readiness-probe': (evidence) => delete containerOf(evidence).readinessProbe,
  'deployment/resources': (evidence) => delete containerOf(evidence).resources?.limits,
  'deployment/security-context': (evidence) => delete containerOf(evidence).securityContext?.capabilities,
  'deployment/selector': ({ deployment }) =>
    (deployment.spec.selector = { matchLabels: { 'app.kubernetes.io/name': 'todo-chatbot' } }),
  'deployment/strategy': ({ deployment }) => (deployment.spec.strategy = { type: 'Recreate' }),
  'pods/same-revision': ({ pods: [pod] }) =>
    Object.assign(pod?.metadata.labels ?? {}, { 'pod-template-hash': '5c4d8f6b9d' }),
  'service/labels': ({ service }) => delete service.metadata.labels?.['helm.sh/chart'],
  'service/name': (_evidence, _contract, target) => (target.names.service = 'api'),
  'service/publishes-ready-only': ({ service }) => (service.spec.publishNotReadyAddresses = true),
  'service/session-affinity': ({ service }) => (service.spec.sessionAffinity = 'ClientIP'),
  'config/configmap': ({ configMap }) => delete configMap.data.LOG_LEVEL,
  'config/configmap-name': ({ configMap }) => (configMap.name = 'backend-settings'),
  'config/secret-name': ({ secret }) => (secret.name = 'backend-credentials'),
  'config/auth-secret-length': ({ secret }) =>
    (secret.keys = secret.keys.map((key) => ({ ...key, length: 16 }))),
  'config/auth-secret-matches-frontend': (evidence) =>
    (evidence.frontend = {
      installed: true,
      secretName: 'todo-chatbot-frontend-secret',
      authSecretMatches: false,
    } as never),
  'config/environment-value': ({ configMap }) => (configMap.data.ENVIRONMENT = 'prod'),
  'config/log-level-value': ({ configMap }) => (configMap.data.LOG_LEVEL = 'verbose'),
  'config/unreferenced-keys': (evidence) => (containerOf(evidence).envFrom = []),
  'functional/auth-required': ({ tasks }) => Object.assign(tasks, { status: 200 }),
  'functional/health-latency': ({ health }) => (health.ms = 1499.6),
  'network/database-connections': ({ deployment }) => (deployment.spec.replicas = 11),
  'network/database-egress': (evidence) => {
    const facts = inside(evidence, 1);
    const [host, port] = ['ep-cool-1.neon.tech', 5432];
    facts.tcp = [{ host, port, connected: false, error: 'timeout: timed out', ms: 5000 }];
    facts.tls = [{ host, port, answer: 'not-tried', error: undefined, ms: 0 }];
  },
  'load-balancing/distribution': (evidence) => Object.assign(evidence, { distribution: loadFacts([10, 0]) }),
};

const [LIMIT] = [parseThreshold('p99>500ms')].filter((each): each is Threshold => typeof each !== 'string');

/** Load runs that show what their checks find. */
export const SHOWN_BY_LOAD_CHECKS: Readonly<Record<string, Parameters<typeof loadReport>>> = {
  'load-balancing/pods-ready': [loadFacts([10]), { replicas: 2 }],
  'load-balancing/every-pod-answered': [loadFacts([21, 21, 0])],
  'load-balancing/no-errors': [
    loadFacts([50, 50], (facts) => (facts.problems = [{ what: 'HTTP 503', requests: 5 }])),
  ],
  'load-balancing/even-spread': [loadFacts([600, 400])],
  'load-balancing/limit': [
    loadFacts([50, 50], (facts) => (facts.latency = latency(100, 900))),
    { thresholds: LIMIT ? [LIMIT] : [] },
  ],
};
