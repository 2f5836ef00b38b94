/** Which events are about which object. */
import type { KubernetesEvent, ObjectMeta } from '../evidence/objects.js';
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
