/** What can be seen of the way to the backend, for tests to put into the healthy state. */
import type { VantagePoint } from '../../src/evidence/deep-facts.js';
import type { HttpOutcome } from '../../src/evidence/evidence.js';
import type { HealthyEvidence } from './check-context.js';
import type { Circumstances } from './diagnosed.js';
import { log } from './pod-states.js';

export type Change = (evidence: HealthyEvidence) => void;

export const SERVICE: Circumstances = { topic: 'service' };

export const together =
  (...changes: Change[]): Change =>
  (evidence) => {
    for (const change of changes) change(evidence);
  };

export function point(outcome: HttpOutcome | 'unread', detail: string = outcome): VantagePoint {
  return { url: 'http://192.168.49.2:30081/api/health', outcome, status: undefined, detail, ms: 3 };
}

/** Nobody reaches the backend over HTTP from here, as verify's facts say it. */
export const unreached =
  (outcome: HttpOutcome): Change =>
  (evidence) => {
    const failed = {
      outcome,
      detail: `no answer (${outcome})`,
      status: undefined,
      json: undefined,
      body: '',
    };
    evidence.route = {
      ...evidence.route,
      via: 'none',
      baseUrl: '',
      tried: [{ url: 'http://192.168.49.2:30081', outcome, detail: outcome }],
      balances: false,
      provesNodePort: false,
    };
    for (const key of ['health', 'docs', 'tasks'] as const) Object.assign(evidence[key], failed);
  };

/** From outside of the pods: API server → pod, → Service, node port, user. */
export const matrix =
  (proxy: HttpOutcome, service: HttpOutcome, node: HttpOutcome): Change =>
  ({ vantage }) => {
    if (proxy !== 'response') for (const pod of vantage.pods) pod.proxy = point(proxy);
    if (service !== 'response') vantage.service = point(service);
    if (node !== 'response') {
      vantage.nodes = vantage.nodes.map(() => point(node));
      vantage.user = point(node);
    }
  };

/** What the kernel says that the application listens on, inside every pod. */
export const listens =
  (address: string, port: number): Change =>
  (evidence) => {
    for (const [index, { inside }] of evidence.vantage.pods.entries()) {
      if (!inside.ok) continue;
      inside.value.listening = [{ address, port }];
      if (port !== 8000) inside.value.localhost = point('refused');
      if (address.startsWith('127.') || port !== 8000) inside.value.podAddress = point('refused');
      log(evidence, index, [
        'INFO:     Database connection established',
        `INFO:     Uvicorn running on http://${address}:${port} (Press CTRL+C to quit)`,
      ]);
    }
  };

export const targetPort =
  (value: number | string): Change =>
  ({ service, vantage, endpoints }) => {
    const [port] = service.spec.ports ?? [];
    if (port) port.targetPort = value;
    for (const pod of vantage.pods) pod.port = typeof value === 'number' ? value : 8080;
    for (const address of endpoints.addresses) address.port = typeof value === 'number' ? value : 8080;
  };

export const deniesIngress: Change = ({ networkPolicies }) => {
  networkPolicies.push({
    metadata: { name: 'deny-all', namespace: 'default' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  });
};

/** At the node port of localhost something else answers; the nodes' own addresses could not be asked. */
export const stranger: Change = ({ route, health, docs, tasks, vantage }) => {
  route.proof = {
    state: 'refused',
    by: undefined,
    says: 'it answers HTTP 404 (text/html), and through the API server the Service answers HTTP 200 (application/json)',
  };
  for (const exchange of [health, docs, tasks])
    Object.assign(exchange, { status: 404, contentType: 'text/html', json: undefined, body: '' });
  vantage.nodes = [];
  vantage.user = { ...vantage.user, url: `${route.baseUrl}/api/health`, status: 404 };
};
