/** What an event is about, and when it came (core/v1 Event). */
import type { KubernetesEvent } from '../evidence/objects.js';

/** When the event was seen last. */
export function eventTime({
  lastTimestamp,
  eventTime: time,
  firstTimestamp,
  metadata,
}: KubernetesEvent): string | undefined {
  return lastTimestamp ?? time ?? firstTimestamp ?? metadata.creationTimestamp;
}

/** An event of a pod that is not about another container than this one. */
export function isAboutContainer({ involvedObject }: KubernetesEvent, container: string): boolean {
  const named = /\{(.+)\}$/.exec(involvedObject.fieldPath ?? '')?.[1];
  return named === undefined || named === container;
}
