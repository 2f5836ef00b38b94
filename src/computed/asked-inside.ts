/** What the health endpoint answers in each pod: whether the application fails, or what lies before it. */
import { podRef } from '../rule/object-ref.js';
import type { EvidenceItem } from '../rule/diagnosis.js';
import { observed } from '../rule/seen.js';
import type { VantagePoint } from '../evidence/deep-facts.js';
import type { HealthLook } from './probe-trouble.js';

export interface Inside {
  pod: string;
  /** Asked at localhost; where the image has nothing to ask with, by the API server’s proxy, as far as that was answered. */
  point: VantagePoint;
  isProxied: boolean;
}

/** Of each pod that could be asked. */
export function askedInside({ maybe }: HealthLook): Inside[] {
  const vantage = maybe('vantage');
  if (!vantage.ok) return [];
  return vantage.value.pods.flatMap(({ pod, inside, proxy }): Inside[] => {
    const localhost = inside.ok ? inside.value.localhost : undefined;
    if (localhost && localhost.outcome !== 'unread') return [{ pod, point: localhost, isProxied: false }];
    return proxy.outcome === 'response' ? [{ pod, point: proxy, isProxied: true }] : [];
  });
}

/** No answer that a probe would take. */
export function isBad({ outcome, status = 0 }: VantagePoint): boolean {
  return outcome !== 'response' || status < 200 || status >= 400;
}

export function insideItem(
  { pod, point: { outcome, status, detail, flaw, ms }, isProxied }: Inside,
  { context }: HealthLook,
): EvidenceItem {
  const late = ms > context.contract.http.healthLatencyWarnMs ? ` in ${ms} ms` : '';
  const answer = outcome === 'response' ? `HTTP ${status ?? '?'}${late}` : detail || outcome;
  return observed(
    isProxied ? 'asked through the API server' : 'asked at localhost inside the pod',
    podRef(context.target, pod),
    flaw ? `${answer}, ${flaw.words}` : answer,
  );
}
