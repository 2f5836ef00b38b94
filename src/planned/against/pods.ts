/** How many pods more there would be. */
import type { Deployment } from '../../evidence/objects.js';
import { rollingUpdate } from '../../kube/int-or-percent.js';
import { changesOf } from './changes.js';
import type { Planned } from './rule.js';

/**
 * Pods without which the rollout does not come to its end, beside those that are there.
 * @param there the Deployment that would be changed; undefined: it is new
 */
export function newPods({ deployment }: Pick<Planned, 'deployment'>, there: Deployment | undefined): number {
  const replicas = deployment.spec.replicas ?? 1;
  if (there === undefined) return replicas;
  const growth = Math.max(0, replicas - (there.spec.replicas ?? 1));
  const { restarts } = changesOf(there, deployment);
  const { strategy } = deployment.spec;
  if (!restarts || replicas === 0 || strategy?.type === 'Recreate') return growth;
  const { unavailable = 0 } = rollingUpdate(strategy?.rollingUpdate, replicas);
  // Where no pod may be missing a new one must fit beside the old ones before any of them goes.
  return growth + (unavailable === 0 ? 1 : 0);
}
