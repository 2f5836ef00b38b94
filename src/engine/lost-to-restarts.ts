/** Requests without an answer, while every pod that could have given one goes in and out of service. */
import { REQUESTS, WITHOUT_ANSWER } from '../computed/unanswered.js';
import { names } from '../rule/cause-data.js';
import { causeOf } from '../causes/catalogue.js';
import type { Pod } from '../evidence/objects.js';
import { isActive, isReady } from '../kube/pod-state.js';
import type { TopicFinding } from './explanations.js';
import type { CheckResult } from './report.js';

export interface LostRequests {
  /** Id of the check. */
  id: string;
  /** What restarts the pods. */
  causes: TopicFinding[];
}

/**
 * Nodes refuse a request in the moments in which no pod is ready. That these were such moments is known where another
 * request of the same run was answered, so that the way in works, and each pod that is ready now is one that restarts.
 */
export function lostToRestarts(
  found: readonly TopicFinding[],
  results: readonly CheckResult[],
  pods: readonly Pod[],
): LostRequests[] {
  const causes = found.filter(
    ({ finding: { cause, verdict, past, pods: named } }) =>
      verdict === 'confirmed' &&
      past !== true &&
      named !== undefined &&
      names(causeOf(cause).explains, 'pods/restarts'),
  );
  const restarting = new Set(causes.flatMap(({ finding }) => finding.pods ?? []));
  const serving = pods.filter((pod) => isActive(pod) && isReady(pod));
  const asked = results.filter(({ id }) => REQUESTS.includes(id));
  const isFlapping = restarting.size > 0 && serving.every(({ metadata }) => restarting.has(metadata.name));
  if (!isFlapping || !asked.some(({ id, status }) => id.startsWith('functional/') && status === 'pass'))
    return [];
  return asked
    .filter(
      ({ status, findings }) =>
        status === 'fail' &&
        findings.length > 0 &&
        findings.every(({ messageId }) => WITHOUT_ANSWER.has(messageId)),
    )
    .map(({ id }) => ({ id, causes }));
}
