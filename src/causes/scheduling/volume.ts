import { eventItem } from '../../rule/seen.js';
import { show } from '../../fixes/described.js';
import type { KubernetesEvent } from '../../evidence/objects.js';
import { noNodeCause, type NoNode, type NoNodeLook } from './_unscheduled.js';

/** Reasons of a claim's events that say why it has no volume; a claim that merely waits for its first pod has another one. */
const UNBOUND = ['FailedBinding', 'ProvisioningFailed', 'VolumeMismatch', 'ClaimMisbound', 'ClaimLost'];

export default noNodeCause({
  id: 'scheduling/volume',
  title: 'A volume of the pod cannot be had',
  why: 'a pod is not scheduled before its claims exist and are bound to volumes that its node can reach',
  seen: 'PodScheduled is False: persistentvolumeclaim not found, or unbound immediate PersistentVolumeClaims',
  remedy: 'create the claim, or find out why it is not bound: kubectl describe pvc',
  what(none, look) {
    const claim = /persistentvolumeclaim "([^"]{1,253})" not found/.exec(none.reason.text)?.[1];
    if (claim !== undefined) return `its volume claim ${claim} does not exist`;
    const told = eventsOfClaims(none, look);
    if (told.length > 0)
      return told
        .map(
          ({ involvedObject: { name }, message = '' }) =>
            `its volume claim ${name} has no volume: ${message.trim().replace(/[.]$/, '')}`,
        )
        .join('; ');
    const claims = claimsOf(none);
    // Newer schedulers end this sentence in its midst.
    if (claims.length > 0 && none.reason.text.includes('unbound immediate PersistentVolumeClaims'))
      return `its volume claim ${claims.join(', ')} is not bound to a volume, and no event says why`;
    const which = claims.length === 0 ? '' : ` (${claims.join(', ')})`;
    return `its volume${which} cannot be had: ${none.reason.text}`;
  },
  shows: (none, look) => eventsOfClaims(none, look).map((event) => eventItem(event, look.context.target)),
  fix: (none, { context }) => [
    show(
      context,
      'See which claims there are, and why they are not bound.',
      `describe pvc${claimsOf(none)
        .map((name) => ` ${name}`)
        .join('')}`,
    ),
  ],
});

function claimsOf({ pod }: NoNode): string[] {
  return (pod.spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
}

/** The newest word on each claim of the pod that has no volume. */
function eventsOfClaims(none: NoNode, { maybe }: NoNodeLook): KubernetesEvent[] {
  const events = maybe('events');
  if (!events.ok) return [];
  return claimsOf(none).flatMap(
    (claim) =>
      events.value.findLast(
        ({ involvedObject: { kind, name }, reason = '' }) =>
          kind === 'PersistentVolumeClaim' && name === claim && UNBOUND.includes(reason),
      ) ?? [],
  );
}
