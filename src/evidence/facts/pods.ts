import { podShape } from '../border/pod-shape.js';
import { kept, listObjects } from '../border/read.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { Pod } from '../objects.js';
import { hideInPod, type Hidden } from '../pick.js';
import { keepHeapSmall } from '../../small-heap.js';
import { mapInSlices } from '../../turn.js';
import { toLabelSelector } from '../selector.js';

/** Pods of the Deployment's ReplicaSets, terminating ones included. */
export async function readPods(context: FactContext): Promise<Pod[]> {
  const deployment = await context.read('deployment');
  if (deployment === undefined) return [];
  keepHeapSmall({ pods: deployment.spec.replicas ?? 1 });
  const [pods, replicaSets] = await Promise.all([
    listObjects(context, namespaced(context, 'pods'), podShape, {
      labelSelector: toLabelSelector(deployment.spec.selector),
    }),
    context.read('replicaSets'),
    context.secretsKnown(),
  ]);
  const owners = new Set(replicaSets.map(({ metadata }) => metadata.uid));
  const isOwn = ({ metadata }: Pod) => metadata.ownerReferences?.some(({ uid }) => owners.has(uid)) === true;
  const own = pods.filter(isOwn);
  kept(
    context,
    own,
    pods.filter((pod) => !isOwn(pod)),
  );
  const hidden: Hidden = new WeakMap();
  return mapInSlices(own, (pod) => hideInPod(pod, context.hider, hidden));
}
