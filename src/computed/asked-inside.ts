/** What the health endpoint answers inside the pods: whether the application fails, or what lies before it. */
import { podRef } from '../rule/object-ref.js';
import type { EvidenceItem } from '../rule/diagnosis.js';
import { observed } from '../rule/seen.js';
import type { VantagePoint } from '../evidence/deep-facts.js';
import type { HealthLook } from './probe-trouble.js';

export interface Inside {
  pod: string;
  /** Asked at localhost. */
  point: VantagePoint;
}

/** Of each pod that could be asked. */
export function askedInside({ maybe }: HealthLook): Inside[] {
  const vantage = maybe('vantage');
  if (!vantage.ok) return [];
  return vantage.value.pods.flatMap(({ pod, inside }) =>
    inside.ok && inside.value.localhost && inside.value.localhost.outcome !== 'unread'
      ? [{ pod, point: inside.value.localhost }]
      : [],
  );
}

/** No answer that a probe would take. */
export function isBad({ outcome, status = 0 }: VantagePoint): boolean {
  return outcome !== 'response' || status < 200 || status >= 400;
}

export function insideItem(
  pod: string,
  { outcome, status, detail }: VantagePoint,
  { context }: HealthLook,
): EvidenceItem {
  const answer = outcome === 'response' ? `HTTP ${status ?? '?'}` : detail || outcome;
  return observed('asked at localhost inside the pod', podRef(context.target, pod), answer);
}
