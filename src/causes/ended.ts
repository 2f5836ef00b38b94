/** What all causes of pods that their node ended have in common. */
import { count } from '../count.js';
import { podRef } from '../rule/object-ref.js';
import type { Cause } from '../rule/cause-data.js';
import type { EvidenceItem, Fix } from '../rule/diagnosis.js';
import { eventItem, field } from '../rule/seen.js';
import type { Look } from '../rule/look.js';
import { endedPods, podEnd, type EndedPods, type PodEnd } from '../computed/ended-pods.js';
import type { Target } from '../contract/target.js';
import type { Pod } from '../evidence/objects.js';
import { cause, type Told } from '../rule/cause.js';

/** Pods whose message is quoted; more say the same. */
const SHOWN = 3;

interface EndedCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'> {
  means: EndedPods['means'];
  /** What happened, without a full stop. @param pods such as `2 pods` */
  what: (ended: EndedPods, pods: string) => string;
  fix: (ended: EndedPods, look: Look<'events'>) => Fix[];
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
    consults: ['events'],
    judge({ pods }, look) {
      const { context, maybe } = look;
      const read = maybe('events');
      const events = read.ok ? read.value : [];
      return endedPods(pods, events, context)
        .filter((ended) => ended.means === means)
        .map((ended): Told => ({
          verdict: 'confirmed',
          object: podRef(context.target, ended.pods[0].metadata.name),
          summary: `${what(ended, count(ended.pods.length, 'pod'))}.`,
          evidence: ended.pods
            .slice(0, SHOWN)
            .flatMap((pod) => endItems(pod, podEnd(pod, events), context.target)),
          fix: fix(ended, look),
        }));
    },
  });
}

function endItems({ metadata }: Pod, end: PodEnd | undefined, target: Target): EvidenceItem[] {
  if (end === undefined) return [];
  const { reason, message, event, field: place } = end;
  if (event) return [eventItem(event, target)];
  const value = [reason, message].filter(Boolean).join(': ');
  return [field(podRef(target, metadata.name), place, value, metadata.creationTimestamp)];
}
