/** How far a rollout has come. */
import { changeUnderWay, mayPass, type Change } from './change.js';
import type { Deployment, Pod } from '../evidence/objects.js';
import { progressOf } from '../kube/deployment-state.js';
import type { Look } from '../rule/look.js';

export function isStuck(deployment: Pick<Deployment, 'status'>): boolean {
  return progressOf(deployment)?.reason === 'ProgressDeadlineExceeded';
}

/** What is still on its way and has had no time yet to go wrong; undefined where nothing is. */
export function underWay(
  deployment: Deployment | undefined,
  pods: readonly Pod[],
  look: Look<'events'>,
): Change | undefined {
  const check = look.check('deployment/rollout-complete');
  if (deployment === undefined || check === undefined || isStuck(deployment)) return undefined;
  if (check.status !== 'fail' && !mayPass(check)) return undefined;
  const events = look.maybe('events');
  return changeUnderWay({ deployment, pods, events: events.ok ? events.value : undefined }, look.context);
}
