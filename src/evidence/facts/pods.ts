import { namespaced, type FactContext } from '../fact-context.js';
import type { Pod } from '../objects.js';
import { hideInPod, pickPod } from '../pick.js';
import { toLabelSelector } from '../selector.js';

/** Pods of the Deployment's ReplicaSets, terminating ones included. */
export async function readPods(context: FactContext): Promise<Pod[]> {
  const deployment = await context.read('deployment');
  if (deployment === undefined) return [];
  const [pods, replicaSets] = await Promise.all([
    context.client.list<Pod>(namespaced(context, 'pods'), context.signal, {
      labelSelector: toLabelSelector(deployment.spec.selector),
      pick: pickPod,
    }),
    context.read('replicaSets'),
    context.secretsKnown(),
  ]);
  const owners = new Set(replicaSets.map(({ metadata }) => metadata.uid));
  return pods
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => owners.has(uid)) === true)
    .map((pod) => hideInPod(pod, context.hider));
}
