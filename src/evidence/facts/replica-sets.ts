import { namespaced, type FactContext } from '../fact-context.js';
import type { Deployment, ObjectMeta, ReplicaSet } from '../objects.js';
import { hideInWorkload, pickReplicaSet } from '../pick.js';
import { toLabelSelector } from '../selector.js';
import { byText } from '../../text-order.js';

/** ReplicaSets that the Deployment owns, newest revision first. */
export async function readReplicaSets(context: FactContext): Promise<ReplicaSet[]> {
  const deployment = await context.read('deployment');
  if (deployment === undefined) return [];
  const [replicaSets] = await Promise.all([
    context.client.list<ReplicaSet>(namespaced(context, 'replicasets', 'apps/v1'), context.signal, {
      labelSelector: toLabelSelector(deployment.spec.selector),
      pick: pickReplicaSet,
    }),
    context.secretsKnown(),
  ]);
  return replicaSets
    .filter((replicaSet) => isOwnedBy(replicaSet.metadata, deployment))
    .map((replicaSet) => hideInWorkload(replicaSet, context.hider))
    .sort((a, b) => revision(b) - revision(a) || byText(created(b), created(a)));
}

function isOwnedBy(meta: ObjectMeta, deployment: Deployment): boolean {
  return meta.ownerReferences?.some((owner) => owner.uid === deployment.metadata.uid) === true;
}

function revision(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0) || 0;
}

function created(replicaSet: ReplicaSet): string {
  return replicaSet.metadata.creationTimestamp ?? '';
}
