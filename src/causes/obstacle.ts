/** What all causes have in common that keep the kubelet from making the first container of a pod. */
import { podRef } from '../rule/object-ref.js';
import type { Cause } from '../rule/cause-data.js';
import type { Fix } from '../rule/diagnosis.js';
import { eventItem } from '../rule/seen.js';
import type { Look } from '../rule/look.js';
import { obstaclesOf, type Obstacle } from '../computed/unmade.js';
import type { KubernetesEvent, Pod } from '../evidence/objects.js';
import { cause, type Told } from '../rule/cause.js';
import { NOT_RUNNING } from './not-running.js';

interface ObstacleCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'> {
  /** What is in the way, to go on `Pod x: ` with; no full stop. */
  what: (event: KubernetesEvent) => string;
  fix: (pod: Pod, look: Look<'events'>) => Fix[];
}

export function obstacleCause<const Id extends Exclude<Obstacle['means'], 'silent'>>({
  what,
  fix,
  ...data
}: ObstacleCause<Id>) {
  return cause({
    ...data,
    topic: 'pods',
    severity: 'error',
    explains: NOT_RUNNING,
    reads: ['pods'],
    consults: ['events'],
    judge: ({ pods }, look) =>
      obstaclesOf(pods, look).flatMap((obstacle): Told[] => {
        if (obstacle.means !== data.id) return [];
        const { pod, event } = obstacle;
        const { target } = look.context;
        return [
          {
            verdict: 'confirmed',
            object: podRef(target, pod.metadata.name),
            pods: [pod.metadata.name],
            summary: `{pods}: ${what(event)}.`,
            evidence: [eventItem(event, target)],
            fix: fix(pod, look),
          },
        ];
      }),
  });
}
