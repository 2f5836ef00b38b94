import { eventShape } from '../border/object-shapes.js';
import { kept, listObjects } from '../border/read.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { KubernetesEvent } from '../objects.js';
import { hideInMessage } from '../pick.js';
import { mapInSlices } from '../../turn.js';
import { byText } from '../../text-order.js';

/** Events about the backend's objects, newest last. Matched by UID where it is known: names are used again. */
export async function readEvents(context: FactContext): Promise<KubernetesEvent[]> {
  const [events, isOurs] = await Promise.all([
    listObjects(context, namespaced(context, 'events'), eventShape),
    matcher(context),
    context.secretsKnown(),
  ]);
  const ours = events.filter(isOurs).sort((a, b) => byText(lastSeen(a), lastSeen(b)));
  kept(context, ours);
  return mapInSlices(ours, (event) => hideInMessage(event, context.hider));
}

async function matcher(context: FactContext): Promise<(event: KubernetesEvent) => boolean> {
  const [deployment, replicaSets, pods, service] = await Promise.all([
    context.observe('deployment'),
    context.observe('replicaSets'),
    context.observe('pods'),
    context.observe('service'),
  ]);
  const objects = [
    ...(deployment.ok && deployment.value ? [deployment.value] : []),
    ...(service.ok && service.value ? [service.value] : []),
    ...(replicaSets.ok ? replicaSets.value : []),
    ...(pods.ok ? pods.value : []),
  ];
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  // What keeps a claim from its volume is told of the claim alone.
  const claims = new Set(
    (pods.ok ? pods.value : []).flatMap(({ spec }) =>
      (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    ),
  );
  // Pods that are gone are known by their ReplicaSet's name; when nothing could be read, by the Deployment's.
  const { names } = context.target;
  const prefixes = replicaSets.ok
    ? replicaSets.value.map(({ metadata }) => `${metadata.name}-`)
    : [`${names.deployment}-`];
  return ({ involvedObject: { kind, name, uid } }) => {
    if (uid !== undefined && uids.has(uid)) return true;
    if (kind === 'Pod') return prefixes.some((prefix) => name?.startsWith(prefix) === true);
    if (kind === 'PersistentVolumeClaim') return claims.has(name ?? '');
    if (kind === 'Deployment') return !deployment.ok && name === names.deployment;
    return kind === 'Service' && !service.ok && name === names.service;
  };
}

function lastSeen(event: KubernetesEvent): string {
  return (
    event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata.creationTimestamp ?? ''
  );
}
