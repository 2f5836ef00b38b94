/** Evidence of where a request ends. */
import { answers, said } from '../../computed/vantage-points.js';
import type { EvidenceItem } from '../../rule/diagnosis.js';
import { observed } from '../../rule/seen.js';
import type { VantageFacts, VantagePoint } from '../../evidence/deep-facts.js';

export function seenFrom(
  place: string,
  point: VantagePoint,
  object: EvidenceItem['object'] = null,
): EvidenceItem {
  return observed(place, object, `${answers(point) ? '' : `${point.outcome}: `}${said(point)}`);
}

/** The Service, and what was asked from outside of the cluster. */
export function seenOutside({ service, nodes, user }: VantageFacts): EvidenceItem[] {
  return [
    seenFrom('API server → Service', service),
    ...[...nodes, user].slice(0, 3).map((point) => seenFrom(`from here: ${point.url}`, point)),
  ];
}
