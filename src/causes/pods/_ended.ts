/** What all causes of pods that their node ended have in common. */
import { count, podRef } from '../../checks/shared.js';
import { endedPods, type EndedPods } from '../../computed/ended-pods.js';
import type { Cause } from '../../diagnoses/cause.js';
import type { Fix } from '../../diagnoses/diagnosis.js';
import { field } from '../../diagnoses/seen.js';
import type { Look } from '../../diagnoses/tree.js';
import { cause, type Told } from '../../rule/cause.js';

/** Pods whose message is quoted; more say the same. */
const SHOWN = 3;

interface EndedCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'> {
  means: EndedPods['means'];
  /** What happened to the pods, to go on `2 pods: ` with; no full stop. */
  what: (ended: EndedPods) => string;
  fix: (ended: EndedPods, look: Look<never>) => Fix[];
}

export function endedCause<const Id extends string>({ means, what, fix, ...data }: EndedCause<Id>) {
  return cause({
    ...data,
    topic: 'pods',
    severity: 'error',
    explains: [
      'pods/running',
      'pods/ready',
      'deployment/rollout-complete',
      'rollout/*',
      'service/no-ready-endpoints',
      'load-balancing/endpoints',
    ],
    reads: ['pods'],
    judge: ({ pods }, look) =>
      endedPods(pods, look.context)
        .filter((ended) => ended.means === means)
        .map((ended): Told => ({
          verdict: 'confirmed',
          object: podRef(look.context.target, ended.pods[0].metadata.name),
          summary: `${count(ended.pods.length, 'pod')} lately: ${what(ended)}.`,
          evidence: ended.pods
            .slice(0, SHOWN)
            .map(({ metadata, status }) =>
              field(
                podRef(look.context.target, metadata.name),
                'status.message',
                [status?.reason, status?.message].filter(Boolean).join(': '),
                metadata.creationTimestamp,
              ),
            ),
          fix: fix(ended, look),
        })),
  });
}
