/** A Deployment in the midst of a change. */
import { exitCodeOf, summarise } from '../../src/engine/summary.js';
import type { HealthyEvidence } from './check-context.js';
import { diagnosed } from './diagnosed.js';
import { ago, notReady, podOf, statusOf } from './pod-states.js';
import type { Change } from './service-states.js';

/** What `verify` says of the healthy state after a change. */
export async function verified(change: Change) {
  const { results } = await diagnosed(change);
  const withStatus = (status: string) => results.filter((each) => each.status === status);
  return {
    exitCode: exitCodeOf(summarise(results), false),
    failed: withStatus('fail').map(({ id }) => id),
    open: withStatus('unknown'),
  };
}

/** The second pod was made a moment ago, and its controller says that it makes progress. */
export function made(evidence: HealthyEvidence, secondsAgo: number): void {
  const pod = podOf(evidence, 1);
  pod.metadata.creationTimestamp = ago(secondsAgo);
  notReady(evidence, 1);
  statusOf(evidence, 1).state = { running: { startedAt: ago(secondsAgo - 2) } };
  lagging(evidence, 1, secondsAgo);
}

/** One replica is not counted, after a step of the rollout so many seconds ago. */
export function lagging({ deployment }: HealthyEvidence, ready: number, secondsAgo: number): void {
  Object.assign(deployment.status ?? {}, { readyReplicas: ready, availableReplicas: ready });
  const progress = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  Object.assign(progress ?? {}, {
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: 'ReplicaSet is progressing.',
    lastUpdateTime: ago(secondsAgo),
  });
}
