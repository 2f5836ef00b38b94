/** A container that waits because the program that it should run cannot be started. */
import { podRef } from '../rule/object-ref.js';
import { field } from '../rule/seen.js';
import type { Look } from '../rule/look.js';
import { show } from '../fixes/described.js';
import { called } from '../computed/judged-pods.js';
import { unmadeOf, type Unmade } from '../computed/unmade.js';
import type { Pod } from '../evidence/objects.js';
import type { Told } from '../rule/cause.js';

export function notStarted(id: Unmade['means'], pods: readonly Pod[], look: Look<'events'>): Told[] {
  return unmadeOf(pods, look)
    .filter(({ means }) => means === id)
    .map(({ pod, container, reason, message }): Told => {
      const { name } = pod.metadata;
      const object = podRef(look.context.target, name);
      return {
        verdict: 'likely',
        object,
        pods: [name],
        summary: `{pods}: ${called(container)} cannot be started: ${message}.`,
        evidence: [field(object, `${container.path}.state.waiting`, `${reason}: ${message}`)],
        fix: [show(look.context, 'See what the kubelet says.', `describe pod ${name}`)],
        wouldConfirm: 'the kubelet’s message names the program',
      };
    });
}
