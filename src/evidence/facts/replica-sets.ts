import { replicaSetShape } from '../border/object-shapes.js';
import { kept, listObjects } from '../border/read.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { Deployment, ObjectMeta, ReplicaSet } from '../objects.js';
import { hideInWorkload } from '../pick.js';
import { toLabelSelector } from '../selector.js';
import { byText, madeAt } from '../../text-order.js';

/** ReplicaSets that the Deployment owns, newest revision first. */
export async function readReplicaSets(context: FactContext): Promise<ReplicaSet[]> {
  const deployment = await context.read('deployment');
  if (deployment === undefined) return [];
  const [replicaSets] = await Promise.all([
    listObjects(context, namespaced(context, 'replicasets', 'apps/v1'), replicaSetShape, {
      labelSelector: toLabelSelector(deployment.spec.selector),
    }),
    context.secretsKnown(),
  ]);
  const isOwn = ({ metadata }: ReplicaSet) => isOwnedBy(metadata, deployment);
  const own = replicaSets
    .filter(isOwn)
    .sort((a, b) => revision(b) - revision(a) || byText(madeAt(b), madeAt(a)));
  kept(
    context,
    own,
    replicaSets.filter((replicaSet) => !isOwn(replicaSet)),
  );
  return own.map((replicaSet) => hideInWorkload(replicaSet, context.hider));
}

function isOwnedBy(meta: ObjectMeta, deployment: Deployment): boolean {
  return meta.ownerReferences?.some((owner) => owner.uid === deployment.metadata.uid) === true;
}

function revision(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0) || 0;
}
