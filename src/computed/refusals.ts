/** ReplicaSets whose pods the API server does not make, and what it says of that. */
import type { CheckContext } from '../rule/context.js';
import type { ObjectRef } from '../rule/finding.js';
import { deploymentRef } from '../rule/object-ref.js';
import type { EvidenceItem } from '../rule/diagnosis.js';
import { eventItem, field } from '../rule/seen.js';
import { eventsAbout } from './events-of.js';
import type { LookOptions } from '../rule/look.js';
import type { Observed } from '../evidence/evidence.js';
import type { Deployment, KubernetesEvent, ReplicaSet } from '../evidence/objects.js';
import { REFUSALS, type RefusalMeaning } from '../vocabulary/admission.js';

/** Characters of a message that are looked at. */
const LONGEST = 4000;

export interface Refusal {
  object: ObjectRef;
  replicaSet: ReplicaSet;
  /** `other`: in words that are not known here. */
  means: RefusalMeaning | 'other';
  /** The object that refuses or is missing: the quota's, the policy's, the ServiceAccount's name; or the level. */
  subject: string | undefined;
  /** The subject's kind, as kubectl names it, where the words leave no doubt. */
  kind: string | undefined;
  /** What is demanded or exceeded, in the API server's words, on one line. */
  detail: string;
  evidence: EvidenceItem[];
}

export interface RefusalFacts {
  deployment: Deployment | undefined;
  replicaSets: readonly ReplicaSet[];
  events: Observed<KubernetesEvent[]>;
}

/**
 * The newest refusal of each ReplicaSet that has fewer pods than it wants (status.replicas, spec.replicas): from the event
 * FailedCreate or, where events have expired, from the condition ReplicaFailure of the ReplicaSet or its Deployment.
 */
export function refusalsOf(
  { deployment, replicaSets, events }: RefusalFacts,
  context: CheckContext,
  options: LookOptions,
): Refusal[] {
  return replicaSets.flatMap((replicaSet) => {
    const { metadata, spec, status } = replicaSet;
    if ((status?.replicas ?? 0) >= (spec.replicas ?? 0)) return [];
    const [event] = events.ok ? eventsAbout(events.value, metadata, ['FailedCreate'], options) : [];
    const object = { kind: 'ReplicaSet', namespace: context.target.namespace, name: metadata.name };
    const evidence = event ? [eventItem(event, context.target)] : [];
    const conditions = [
      [object, status?.conditions],
      [
        { ...deploymentRef(context.target), namespace: context.target.namespace },
        deployment?.status?.conditions,
      ],
    ] as const;
    let message = event?.message;
    for (const [ref, list] of conditions) {
      const failure = list?.find((each) => each.type === 'ReplicaFailure' && each.status === 'True');
      if (!failure?.message) continue;
      message ??= failure.message;
      const path = "status.conditions[type='ReplicaFailure'].message";
      if (evidence.length < 2) evidence.push(field(ref, path, failure.message, failure.lastTransitionTime));
    }
    return message === undefined ? [] : [{ object, replicaSet, evidence, ...readRefusal(message) }];
  });
}

/** What a refusal means, with the parts of the message that say so. */
export function readRefusal(message: string): Pick<Refusal, 'means' | 'subject' | 'kind' | 'detail'> {
  // The controller's own words, before those of the API server.
  const text = message
    .slice(0, LONGEST)
    .replaceAll('\n', ' ')
    .replace(/^(?:\(combined from similar events\): )?(?:Error creating: )?/, '')
    .trim();
  const words = REFUSALS.find(({ says }) => says.test(text));
  return {
    means: words?.means ?? 'other',
    subject: words?.subject?.exec(text)?.[1],
    kind: words?.kind,
    detail: (words?.detail?.exec(text)?.[1] ?? text).trim(),
  };
}
