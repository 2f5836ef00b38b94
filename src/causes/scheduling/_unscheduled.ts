/** What all causes have in common that a scheduler names when it finds no node. */
import { podRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { EvidenceItem, Fix } from '../../rule/diagnosis.js';
import { eventItem, field, observed } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import type { SchedulerReason } from '../../computed/scheduler-answer.js';
import { unscheduledOf, type Unscheduled } from '../../computed/unscheduled.js';
import type { NodeRoom } from '../../evidence/deep-facts.js';
import type { Pod } from '../../evidence/objects.js';
import { cause, type Told } from '../../rule/cause.js';
import type { SchedulerMeaning } from '../../vocabulary/scheduler.js';
import { NOT_RUNNING } from '../not-running.js';

/** Nodes that are listed. */
export const NODES_SHOWN = 3;

export interface NoNode {
  pod: Pod;
  reason: SchedulerReason;
  /** What is known of the nodes' room; empty where nothing is. */
  nodes: readonly NodeRoom[];
}

export type NoNodeLook = Look<'events' | 'nodeRoom' | 'pods'>;

interface NoNodeCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'> {
  /** Ids of checks that follow besides those of a pod that does not run. */
  explains?: readonly string[];
  /** What is in the way, to go on `Pod x: ` with; no full stop. */
  what: (none: NoNode, look: NoNodeLook) => string;
  /** What shows it beside the scheduler's words. */
  shows?: (none: NoNode, look: NoNodeLook) => EvidenceItem[];
  fix: (none: NoNode, look: NoNodeLook) => Fix[];
}

/** A cause that the scheduler's own words show. */
export function noNodeCause<const Id extends SchedulerMeaning>({
  explains = [],
  what,
  shows = () => [],
  fix,
  ...data
}: NoNodeCause<Id>) {
  return cause({
    ...data,
    topic: 'pods',
    severity: 'error',
    explains: [...explains, ...NOT_RUNNING],
    reads: ['pods'],
    consults: ['events', 'nodeRoom', 'pods'],
    judge({ pods }, look) {
      const room = look.maybe('nodeRoom');
      return unscheduledOf(pods, look).flatMap((each): Told[] => {
        if (!('reason' in each) || each.means !== data.id) return [];
        const { pod, reason, others } = each;
        const none = { pod, reason, nodes: room.ok ? room.value.nodes : [] };
        const rest = others.map(({ nodes, text }) => `${nodes} ${text}`).join(', ');
        return [
          {
            verdict: 'confirmed',
            object: podRef(look.context.target, pod.metadata.name),
            pods: [pod.metadata.name],
            summary: `{pods}: ${what(none, look)}.${rest === '' ? '' : ` The other nodes: ${rest}.`}`,
            evidence: [wordsOf(each, look), ...shows(none, look), ...eventOf(each, look)],
            fix: fix(none, look),
            ruledOut: ['preemption'],
          },
        ];
      });
    },
  });
}

/** The scheduler's words where they stand. */
function wordsOf({ pod, condition, message }: Unscheduled, { context }: NoNodeLook): EvidenceItem {
  const object = podRef(context.target, pod.metadata.name);
  if (condition === undefined) return observed('scheduler', object, message);
  const path = "status.conditions[type='PodScheduled'].message";
  return field(object, path, message, condition.lastTransitionTime);
}

/** Its event, where it says something else. */
function eventOf({ event, message }: Unscheduled, { context }: NoNodeLook): EvidenceItem[] {
  return event && event.message !== message ? [eventItem(event, context.target)] : [];
}
