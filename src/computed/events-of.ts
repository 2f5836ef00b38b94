/** Which events are about which object. */
import type { KubernetesEvent, ObjectMeta } from '../evidence/objects.js';
import { eventTime } from '../kube/events.js';
import type { LookOptions } from '../rule/look.js';
import { grouped, memoised } from './memo.js';

const byUid = memoised((events: readonly KubernetesEvent[]) =>
  grouped(events, ({ involvedObject }) => involvedObject.uid),
);
const byName = memoised((events: readonly KubernetesEvent[]) =>
  grouped(events, ({ involvedObject }) => involvedObject.name),
);

/** In the order of `events`. By UID where it is known: a name may have been another object's before. */
export function eventsOf(
  events: readonly KubernetesEvent[],
  { uid, name }: Pick<ObjectMeta, 'uid' | 'name'>,
): readonly KubernetesEvent[] {
  return (uid === undefined ? byName(events).get(name) : byUid(events).get(uid)) ?? [];
}

/**
 * Events about one object, newest first. By UID: a name may have been another object's before.
 * @param reasons the events' reasons that are wanted
 */
export function eventsAbout(
  events: readonly KubernetesEvent[],
  object: Pick<ObjectMeta, 'uid' | 'name'>,
  reasons: readonly string[],
  { since }: Pick<LookOptions, 'since'>,
): KubernetesEvent[] {
  return eventsOf(events, object)
    .filter(({ reason = '' }) => reasons.includes(reason))
    .filter((event) => since === undefined || Date.parse(eventTime(event) ?? '') >= since)
    .reverse();
}
