import type { HealthLook } from '../../computed/probe-trouble.js';
import { few } from '../../count.js';
import { unclear, type Answer } from '../tree.js';

/** What to say of pods that are not ready for a reason that nothing tells. */
export function notReadyUnexplained(pods: readonly string[], { maybe }: HealthLook): Answer {
  const events = maybe('events');
  const { detail, access } = events.ok ? { detail: 'no event says why' } : events;
  return unclear(`${few(pods)} ${pods.length === 1 ? 'is' : 'are'} not ready, and ${detail}`, [], access);
}
