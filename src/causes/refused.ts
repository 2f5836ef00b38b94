/** What all causes of this group have in common: the API server has refused to make a pod, in certain words. */
import { refusalsOf, type Refusal } from '../computed/refusals.js';
import { NOT_RUNNING } from './not-running.js';
import type { Fix } from '../rule/diagnosis.js';
import type { Look } from '../rule/look.js';
import type { Cause } from '../rule/cause-data.js';
import { cause, type Told } from '../rule/cause.js';

interface RefusedCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'> {
  means: Refusal['means'];
  /** Ids of checks that follow besides those of a pod that does not run. */
  explains?: readonly string[];
  /** What is in the way, to go on `The API server creates no pod for ReplicaSet x: ` with; no full stop. */
  what: (refusal: Refusal, look: Look<'events'>) => string;
  fix: (refusal: Refusal, look: Look<'events'>) => Fix[];
}

/** A cause that the API server's own words show. */
export function refusedCause<const Id extends string>({
  means,
  what,
  fix,
  explains = [],
  ...data
}: RefusedCause<Id>) {
  return cause({
    ...data,
    topic: 'pods',
    severity: 'error',
    explains: [...explains, ...NOT_RUNNING],
    reads: ['deployment', 'replicaSets'],
    consults: ['events'],
    judge({ deployment, replicaSets }, look) {
      const { context, maybe, options } = look;
      return refusalsOf({ deployment, replicaSets, events: maybe('events') }, context, options)
        .filter((refusal) => refusal.means === means)
        .map((refusal): Told => ({
          verdict: 'confirmed',
          object: refusal.object,
          summary: `The API server creates no pod for ReplicaSet ${refusal.object.name}: ${what(refusal, look)}.`,
          evidence: refusal.evidence,
          fix: fix(refusal, look),
        }));
    },
  });
}
