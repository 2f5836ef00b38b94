import type { CheckContext } from '../../src/rule/context.js';
import type { Finding } from '../../src/rule/finding.js';
import { DEFAULT_CONTRACT, type Contract } from '../../src/contract/contract.js';
import type { Target } from '../../src/contract/target.js';
import type { AnyCheck, Check, Verdict } from '../../src/checks/check.js';
import type { EvidenceKey } from '../../src/evidence/evidence.js';
import { deepFreeze } from '../../src/engine/freeze.js';
import { interpolate } from '../../src/rule/interpolate.js';
import { environmentOfFacts } from '../../src/evidence/environment.js';
import { remedyText } from '../../src/rule/fix.js';
import { healthyEvidence, NOW } from './healthy.js';

export const TARGET: Target = {
  context: 'minikube',
  server: 'https://127.0.0.1:6443',
  namespace: 'default',
  release: 'todo-chatbot',
  helm: { chart: 'todo-chatbot-0.1.0', revision: 1, status: 'deployed' },
  names: {
    deployment: 'todo-chatbot-backend',
    service: 'todo-chatbot-backend',
    configMap: 'todo-chatbot-backend-config',
    secret: 'todo-chatbot-backend-secret',
  },
  accepted: {
    deployment: ['todo-chatbot-backend', 'todo-chatbot-todo-chatbot-backend'],
    service: ['todo-chatbot-backend', 'todo-chatbot-todo-chatbot-backend'],
    configMap: ['todo-chatbot-backend-config', 'todo-chatbot-todo-chatbot-backend-config'],
    secret: ['todo-chatbot-backend-secret', 'todo-chatbot-todo-chatbot-backend-secret'],
  },
};

/** What a check says that puts it right, as one text. */
export function remedyOf<R extends EvidenceKey, M extends string>(
  check: Check<R, M>,
  context: CheckContext,
  findings: readonly Finding[] = [],
): string {
  return remedyText(check.meta.remedy(context, findings)) ?? '';
}

export type HealthyEvidence = ReturnType<typeof healthyEvidence>;

export interface Judged {
  status: Verdict['status'];
  /** The pass fact, the skip or unknown reason; empty for findings. */
  text: string;
  /** Message ids of the findings. */
  ids: string[];
  /** The findings' messages, filled in. */
  messages: string[];
  findings: Finding[];
}

/** What the container is started with follows from the objects, unless a test says otherwise. */
export function fillEnvironment(evidence: HealthyEvidence, contract: Contract): void {
  const { deployment, configMap, secret, environment } = evidence;
  if (environment.variables.length > 0) return;
  const { name } = contract.backend.container;
  evidence.environment = environmentOfFacts(deployment, configMap, secret, name);
}

/** Hears of what every check says in `judge`. */
export const listeners = new Set<(check: AnyCheck, judged: Judged) => void>();

/**
 * Judges the healthy state after `change` was made to it, as the engine would: with the declared evidence only, frozen.
 */
export function judge<R extends EvidenceKey, M extends string>(
  check: Check<R, M>,
  change: (evidence: HealthyEvidence, contract: Contract, target: Target) => void = () => undefined,
): Judged {
  const evidence = healthyEvidence();
  const contract = structuredClone(DEFAULT_CONTRACT);
  const target = structuredClone(TARGET);
  change(evidence, contract, target);
  fillEnvironment(evidence, contract);
  const declared = Object.fromEntries(check.meta.reads.map((key) => [key, evidence[key]]));
  const context: CheckContext = { contract, target, now: NOW };
  const { consults = [] } = check.meta;
  const consulted = Object.fromEntries(consults.map((key) => [key, evidence[key]]));
  const ask = (more?: object): Verdict =>
    (check as AnyCheck).evaluate(deepFreeze(declared), deepFreeze(context), more && deepFreeze(more));
  const first = ask();
  const verdict = first.status === 'unknown' && consults.length > 0 ? ask(consulted) : first;
  const findings: Finding[] = 'findings' in verdict ? (verdict.findings ?? []) : [];
  const judged: Judged = {
    status: verdict.status,
    text: verdict.status === 'pass' ? verdict.fact : 'reason' in verdict ? verdict.reason : '',
    ids: findings.map((finding) => finding.messageId),
    messages: findings.map((finding) =>
      interpolate(check.meta.messages[finding.messageId as M], finding.data),
    ),
    findings,
  };
  for (const listener of listeners) listener(check as AnyCheck, judged);
  return judged;
}
