/** What can be seen of the way to a database, by the ladders, the logs and the Secret, for tests to put into the healthy state. */
import type { Rung, RungFailure, RungResult } from '../../src/evidence/deep-facts.js';
import type { DatabaseUrlProblem } from '../../src/evidence/evidence.js';
import type { HealthyEvidence } from './check-context.js';
import type { Circumstances } from './diagnosed.js';
import { POD_NAMES } from './healthy.js';
import { ago, log } from './pod-states.js';

export type Change = (evidence: HealthyEvidence) => void;

export const DB: Circumstances = { topic: 'db' };
export const HOST = 'ep-cool-1.neon.tech';
export const RUNGS: Rung[] = ['dns', 'tcp', 'ssl', 'tls', 'startup', 'login', 'query'];

export const together =
  (...changes: Change[]): Change =>
  (evidence) => {
    for (const change of changes) change(evidence);
  };

/** A climb that ends at a rung. */
export function climb(rung: Rung, kind: RungFailure, text: string, sqlstate?: string): RungResult[] {
  const below = RUNGS.slice(0, RUNGS.indexOf(rung));
  return [
    ...below.map((each) => ({ rung: each, error: undefined, detail: '', ms: 2 })),
    { rung, error: { kind, text, sqlstate }, detail: '', ms: 3 },
  ];
}

/** What the ladder shows from inside the pods; by default of all of them. */
export function ladder(
  climbs: RungResult[][],
  pods: readonly string[] = POD_NAMES,
  matchesSecret = true,
): Change {
  return ({ databaseLadder }) => {
    if (!databaseLadder.pods.ok) throw new Error('no ladders');
    for (const { pod, ladder: own } of databaseLadder.pods.value) {
      if (!own.ok || !pods.includes(pod)) continue;
      own.value.matchesSecret = matchesSecret;
      const [host] = own.value.hosts;
      if (host && climbs.length > 0) host.climbs = structuredClone(climbs);
    }
  };
}

export const stopsAt = (rung: Rung, kind: RungFailure, text: string, sqlstate?: string): Change =>
  ladder([climb(rung, kind, text, sqlstate)]);

/** The way from this machine. */
export function here(...rungs: RungResult[][]): Change {
  return ({ databaseLadder }) => {
    if (!databaseLadder.host.ok) throw new Error('no ladder from here');
    const [host] = databaseLadder.host.value.hosts;
    if (host) host.climbs = rungs;
  };
}

export const fromHereNot: Change = (evidence) => {
  evidence.databaseLadder.host = {
    ok: false,
    at: ago(0),
    why: 'unsupported',
    detail: 'db is known inside the cluster only',
  };
};

export const url =
  (...problems: DatabaseUrlProblem[]): Change =>
  ({ secret }) => {
    if (secret.databaseUrl) secret.databaseUrl.problems = problems;
  };

export const notMeasured: Change = (evidence) => {
  evidence.databaseLadder.pods = {
    ok: true,
    at: ago(0),
    value: POD_NAMES.map((pod) => ({
      pod,
      ladder: { ok: false, at: ago(0), why: 'failed', detail: 'container backend is not running' },
    })),
  };
};

export const says =
  (...lines: string[]): Change =>
  (evidence) => {
    log(evidence, 0, lines);
    log(evidence, 1, lines);
  };

export const denies =
  (ports: object[]): Change =>
  ({ networkPolicies }) => {
    (networkPolicies as object[]).push({
      metadata: { name: 'backend-egress', namespace: 'default' },
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: ports.length > 0 ? [{ ports }] : [] },
    });
  };
export const DNS_ONLY = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

export const secretChanged: Change = ({ drift }) => {
  for (const pod of drift.pods) {
    pod.newerSources.push({
      kind: 'Secret',
      name: 'todo-chatbot-backend-secret',
      at: '2026-02-09T14:00:03Z',
      manager: 'kubectl-edit',
      keys: ['DATABASE_URL'],
    });
  }
};

export const noService: Change = ({ inPod }) => {
  for (const { probe } of inPod) {
    if (!probe.ok) continue;
    for (const lookup of probe.value.dns) {
      Object.assign(lookup, { addresses: [], error: 'dns: Temporary failure in name resolution' });
    }
  }
};

/** A variable of the backend's container, in the template and in its pods. */
export const withVariable =
  (name: string, value: string): Change =>
  ({ deployment, pods }) => {
    for (const spec of [deployment.spec.template.spec, ...pods.map((pod) => pod.spec)]) {
      const [backend] = spec.containers;
      if (backend) backend.env = [...(backend.env ?? []), { name, value }];
    }
  };
