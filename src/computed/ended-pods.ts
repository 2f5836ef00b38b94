/** Pods that the kubelet ended, or never took, lately: their ReplicaSet replaces them, and the next one ends the same way. */
import type { CheckContext } from '../checks/check.js';
import type { Pod } from '../evidence/objects.js';
import { POD_ENDS, type PodEndMeaning } from '../vocabulary/pod-end.js';

/** Milliseconds since a pod's creation in which its end is more than history, as in the check pods/restarts. */
const RECENT_MS = 10 * 60 * 1000;

export interface EndedPods {
  means: PodEndMeaning;
  /** Of the newest of them. */
  reason: string;
  message: string;
  /** Newest first. */
  pods: [Pod, ...Pod[]];
}

/** By what their ends mean; pods whose containers ended by themselves are none of these. */
export function endedPods(pods: readonly Pod[], { now }: Pick<CheckContext, 'now'>): EndedPods[] {
  const recent = pods
    .filter(({ status, metadata }) => {
      const created = Date.parse(metadata.creationTimestamp ?? '');
      return status?.phase === 'Failed' && !!status.reason && !(now - created > RECENT_MS);
    })
    .sort(
      (a, b) =>
        Date.parse(b.metadata.creationTimestamp ?? '') - Date.parse(a.metadata.creationTimestamp ?? ''),
    );
  const groups = new Map<PodEndMeaning, EndedPods>();
  for (const pod of recent) {
    const { reason = '', message = '' } = pod.status ?? {};
    const means = POD_ENDS.find(({ says }) => says.test(`${reason}: ${message}`))?.means ?? 'rejected';
    const group = groups.get(means);
    if (group) group.pods.push(pod);
    else groups.set(means, { means, reason, message, pods: [pod] });
  }
  return [...groups.values()];
}
