/** An upgrade that is under way or stuck: a second revision beside the one that serves. */
import { event } from './event.js';
import { addPod, addReplicaSet } from './install.js';
import type { LabPod, World } from './world.js';

/**
 * Starts the rollout of what `change` makes of the Deployment, with one new pod, as maxSurge 1 allows.
 * @param agoMs how long ago
 */
export function beginRollout(world: World, change: () => void, agoMs: number): LabPod {
  const { deployment } = world.manifests;
  const at = world.now - agoMs;
  const [old] = world.replicaSets;
  change();
  deployment.metadata.generation = (deployment.metadata.generation ?? 1) + 1;
  const replicas = deployment.spec.replicas ?? 1;
  const replicaSet = addReplicaSet(world, deployment, at);
  world.unfinished.add(replicaSet.metadata.name);
  replicaSet.spec.replicas = 1;
  const scaled = world.events.at(-1);
  if (scaled) scaled.message = `Scaled up replica set ${replicaSet.metadata.name} from 0 to 1`;
  if (old) old.spec.replicas = replicas;
  return addPod(world, replicaSet, at);
}

/** Replaces a pod by a new one of the same ReplicaSet, as after an eviction. @param agoMs how long ago */
export function replacePod(world: World, index: number, agoMs: number): LabPod {
  const [gone] = world.pods.splice(index, 1);
  const [replicaSet] = world.replicaSets;
  if (gone === undefined || replicaSet === undefined)
    throw new Error(`the lab has no pod ${index} to replace`);
  const at = world.now - agoMs;
  world.events.push(
    event(gone.object, {
      type: 'Normal',
      reason: 'Killing',
      message: `Stopping container ${gone.object.spec.containers[0]?.name ?? ''}`,
      component: 'kubelet',
      at: at - 1000,
    }),
  );
  // Names and addresses go by the number of pods so far, which the one that is gone still counts in.
  world.pods.push(gone);
  const pod = addPod(world, replicaSet, at);
  world.pods.splice(world.pods.indexOf(gone), 1);
  return pod;
}
