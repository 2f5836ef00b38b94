import type { InPodFacts, Why } from '../../../src/evidence/evidence.js';
import type { HealthyEvidence } from '../../support/check-context.js';

/** What was measured in the pod with this index, to be changed. */
export function inside(
  evidence: HealthyEvidence,
  index: number,
): Extract<InPodFacts['probe'], { ok: true }>['value'] {
  const probe = evidence.inPod[index]?.probe;
  if (!probe?.ok) throw new Error('the healthy state has measurements from every pod');
  return probe.value;
}

/** Nothing was measured in the pod with this index. */
export function unmeasured(evidence: HealthyEvidence, index: number, why: Why, detail: string): void {
  const facts = evidence.inPod[index];
  if (facts) facts.probe = { ok: false, at: '2026-02-09T14:05:00Z', why, detail };
}
