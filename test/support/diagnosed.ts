/** The doctor over recorded evidence: the same checks and trees as in a run, without a cluster. */
import { CHECKS } from '../../src/checks/index.js';
import type { Contract } from '../../src/contract/contract.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import type { Target } from '../../src/contract/target.js';
import type { Topic } from '../../src/rule/diagnosis.js';
import type { LookOptions } from '../../src/rule/look.js';
import { TREES } from '../../src/diagnoses/index.js';
import { deepFreeze } from '../../src/engine/freeze.js';
import { diagnose, factsOf, type Diagnosed, type Facts } from '../../src/engine/diagnose.js';
import { runChecks } from '../../src/engine/run.js';
import { selectChecks } from '../../src/engine/select.js';
import { exitCodeOfDiagnosis } from '../../src/engine/summary.js';
import type { CheckResult } from '../../src/engine/report.js';
import type { Shell } from '../../src/rule/command.js';
import type { EvidenceKey, EvidenceReader, Observed } from '../../src/evidence/evidence.js';
import { fillEnvironment, TARGET, type HealthyEvidence } from './check-context.js';
import { healthyEvidence, NOW } from './healthy.js';

export interface DiagnosedState extends Diagnosed {
  exitCode: number;
  /** Ids of the causes, worst first. */
  causes: string[];
  results: CheckResult[];
}

export interface Circumstances {
  /** Undefined: all topics. */
  topic?: Topic;
  pod?: string;
  since?: number;
  trend?: LookOptions['trend'];
  strict?: boolean;
  /** Facts that cannot be read, and why. */
  shell?: Shell;
  unread?: Partial<Record<EvidenceKey, Extract<Observed<never>, { ok: false }>>>;
}

/** The diagnosis of the healthy state after `change` was made to it. */
export async function diagnosed(
  change: (evidence: HealthyEvidence, contract: Contract, target: Target) => void = () => undefined,
  { topic, pod, since, trend, shell, strict = false, unread = {} }: Circumstances = {},
): Promise<DiagnosedState> {
  const evidence = healthyEvidence();
  const contract = structuredClone(DEFAULT_CONTRACT);
  const target = structuredClone(TARGET);
  change(evidence, contract, target);
  fillEnvironment(evidence, contract);
  const context = { contract, target, now: NOW, ...(shell && { shell }) };
  // Each fact is copied once and shared by all who read it, frozen as a real reader's is.
  const read = new Map<EvidenceKey, Observed<never>>();
  const observe = (key: EvidenceKey): Observed<never> => {
    const observed = unread[key] ?? {
      ok: true,
      at: new Date(NOW).toISOString(),
      value: deepFreeze(structuredClone(evidence[key])) as never,
    };
    read.set(key, observed);
    return observed;
  };
  const reader: EvidenceReader = {
    read: (key) => Promise.resolve((read.get(key) ?? observe(key)) as never),
    close: () => Promise.resolve(),
  };
  const { signal } = new AbortController();
  const trees = TREES.filter((tree) => topic === undefined || tree.topic === topic);
  const only = topic === undefined ? [] : trees.flatMap(({ checks }) => [...checks]);
  const facts: Facts = {};
  for (const key of factsOf(trees)) Object.assign(facts, { [key]: await reader.read(key, signal) });
  const results = await runChecks({
    checks: CHECKS,
    selected: selectChecks(CHECKS, only, []),
    declined: new Map(),
    reader,
    context,
    signal,
    emit: () => undefined,
  });
  const found = diagnose({
    trees,
    facts,
    results,
    context,
    options: { pod, since, ...(trend && { trend }) },
  });
  return {
    ...found,
    results,
    causes: found.diagnoses.map(({ cause }) => cause),
    exitCode: exitCodeOfDiagnosis(found.diagnoses, results, strict),
  };
}
