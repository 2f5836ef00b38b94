/** Pods that are on no node, and what keeps them from it. */
import { memoisedBy } from './memo.js';
import { parseSchedulerMessage, type SchedulerReason } from './scheduler-answer.js';
import type { Condition, KubernetesEvent, Pod } from '../evidence/objects.js';
import { waitsForPlace } from './place.js';
import type { SchedulerMeaning } from '../vocabulary/scheduler.js';
import { eventsAbout } from './events-of.js';
import type { Look } from '../rule/look.js';
import { stagesOf, standingAt } from './pod-stage.js';

/** Seconds that a scheduler may take before a pod without an answer of it is worth a word. */
const GRACE_SECONDS = 10;
/** The same for one that the pod names itself: it has not even said that it knows the pod. */
const OTHER_GRACE_SECONDS = 5;
export const DEFAULT_SCHEDULER = 'default-scheduler';

export type SchedulingLook = Look<'events' | 'pods'>;

export type Unscheduled = {
  pod: Pod;
  condition: Condition | undefined;
  /** The scheduler's words; empty where it says nothing. */
  message: string;
  /** Its newest event. */
  event: KubernetesEvent | undefined;
} & (
  | { means: 'scheduling/gated'; gates: readonly string[] }
  | { means: 'scheduling/no-scheduler'; scheduler: string }
  | {
      means: SchedulerMeaning;
      reason: SchedulerReason;
      /** What keeps it from the other nodes. */
      others: readonly SchedulerReason[];
    }
  /** In words that are not known here. */
  | { means: 'scheduling/other' }
  | { means: 'silent' }
);

/** What keeps each pod from a node; twice where it lacks two resources. */
export const unscheduledOf = memoisedBy((pods: readonly Pod[], look: SchedulingLook) =>
  standingAt(stagesOf(pods, look), 'unscheduled').flatMap(({ pod, message }) => {
    const events = look.maybe('events');
    const known = events.ok ? events.value : undefined;
    // The step is asked about the pods that stand here: those that go have come further.
    const all = look.maybe('pods');
    const waits = waitsForPlace(pod, message, all.ok ? all.value : pods, known, look.context.now);
    return waits ? [] : whyNot(pod, message, look);
  }),
);

function whyNot(pod: Pod, told: string, { context, maybe, options }: SchedulingLook): Unscheduled[] {
  const { metadata, spec, status } = pod;
  const events = maybe('events');
  const about = (...reasons: string[]) =>
    events.ok ? eventsAbout(events.value, metadata, reasons, options) : [];
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const [event] = about('FailedScheduling');
  const message = told === '' ? (event?.message ?? '') : told;
  const own = { pod, condition, message, event };
  const age = (context.now - Date.parse(metadata.creationTimestamp ?? '')) / 1000;

  const gates = (spec.schedulingGates ?? []).map(({ name }) => name);
  if (condition?.reason === 'SchedulingGated' && gates.length > 0)
    return [{ ...own, means: 'scheduling/gated', gates }];
  const { schedulerName: scheduler = DEFAULT_SCHEDULER } = spec;
  const isSilent = !condition && events.ok && about('FailedScheduling', 'Scheduled').length === 0;
  if (scheduler !== DEFAULT_SCHEDULER && isSilent && age >= OTHER_GRACE_SECONDS)
    return [{ ...own, means: 'scheduling/no-scheduler', scheduler }];

  const reasons = parseSchedulerMessage(message)?.reasons ?? [];
  const [main] = reasons;
  if (main === undefined || !isKnown(main)) {
    if (message !== '') return [{ ...own, means: 'scheduling/other' }];
    return age < GRACE_SECONDS ? [] : [{ ...own, means: 'silent' }];
  }
  // A node that lacks both CPU and memory is counted for each: both must be fixed.
  const roots = isRoom(main)
    ? reasons.filter(isKnown).filter((each) => isRoom(each) && each.nodes === main.nodes)
    : [main];
  const others = reasons.filter((each) => !isKnown(each) || !roots.includes(each));
  return roots.map((reason) => ({ ...own, means: reason.cause, reason, others }));
}

type KnownReason = SchedulerReason & { cause: SchedulerMeaning };

function isKnown(reason: SchedulerReason): reason is KnownReason {
  return reason.cause !== 'scheduling/other';
}

function isRoom({ cause }: SchedulerReason): boolean {
  return cause.startsWith('scheduling/insufficient-');
}
