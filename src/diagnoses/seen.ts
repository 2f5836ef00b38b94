/** Evidence in the form in which a diagnosis shows it. */
import { parseProbeKill } from '../computed/probe-failure.js';
import type { ObjectRef } from '../checks/check.js';
import { podRef } from '../checks/shared.js';
import { eventsOf } from '../computed/events-of.js';
import type { Target } from '../contract/target.js';
import type { LogLine } from '../evidence/evidence.js';
import type { Condition, Deployment, KubernetesEvent, ObjectMeta } from '../evidence/objects.js';
import type { EvidenceItem } from './diagnosis.js';
import type { LookOptions } from './tree.js';

/** Characters of a message or log line that are shown. */
const LONGEST = 400;

/** A field of an object as it stands. */
export function field(object: ObjectRef, path: string, value: string, at?: string): EvidenceItem {
  return { source: 'object', object, field: path, value: shorten(value), at: at ?? null };
}

/** `status.conditions[type='Progressing']` of a Deployment; undefined as long as its controller has not written it. */
export function progressOf({ status }: Pick<Deployment, 'status'>): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Progressing');
}

/** A Deployment's condition Progressing, as it stands; nothing where it has none. */
export function progressItems(
  deployment: ObjectRef,
  condition: { message?: string; reason?: string; lastUpdateTime?: string } | undefined,
): EvidenceItem[] {
  if (condition === undefined) return [];
  const value = condition.message ?? condition.reason ?? '';
  return [field(deployment, "status.conditions[type='Progressing']", value, condition.lastUpdateTime)];
}

/** Something that was worked out, or read from elsewhere than an object. */
export function observed(source: string, object: ObjectRef | null, value: string, at?: string): EvidenceItem {
  return { source, object, field: null, value: shorten(value), at: at ?? null };
}

/** An event, with how often it came. */
export function eventItem(event: KubernetesEvent, target: Target): EvidenceItem {
  const { kind = 'Object', name = '', namespace = target.namespace } = event.involvedObject;
  const times = (event.count ?? 1) > 1 ? ` (×${event.count})` : '';
  const value = `${shorten((event.message ?? '').replaceAll('\n', ' '))}${times}`;
  return {
    source: `event ${event.reason ?? ''}`.trim(),
    object: { kind, namespace, name },
    field: null,
    value,
    at: eventTime(event) ?? null,
  };
}

/** A line of a pod's log. @param run which run of the container wrote it */
export function logItem(
  line: LogLine,
  pod: string,
  target: Target,
  run: 'log' | 'previous log',
): EvidenceItem {
  return { source: run, object: podRef(target, pod), field: null, value: shorten(line.text), at: line.at };
}

/** When the event was seen last. */
export function eventTime({
  lastTimestamp,
  eventTime: time,
  firstTimestamp,
  metadata,
}: KubernetesEvent): string | undefined {
  return lastTimestamp ?? time ?? firstTimestamp ?? metadata.creationTimestamp;
}

/**
 * Events about one object, newest first. By UID: a name may have been another object's before.
 * @param reasons the events' reasons that are wanted
 */
export function eventsAbout(
  events: readonly KubernetesEvent[],
  object: Pick<ObjectMeta, 'uid' | 'name'>,
  reasons: readonly string[],
  { since }: Pick<LookOptions, 'since'>,
): KubernetesEvent[] {
  return eventsOf(events, object)
    .filter(({ reason = '' }) => reasons.includes(reason))
    .filter((event) => since === undefined || Date.parse(eventTime(event) ?? '') >= since)
    .reverse();
}

/** The kubelet's words when it ends this container, and no other one of the pod, because of a probe. */
export function isProbeKill({ message = '' }: KubernetesEvent, container: string): boolean {
  return parseProbeKill(message)?.container === container;
}

/** An event of a pod that is not about another container than this one. */
export function isAboutContainer({ involvedObject }: KubernetesEvent, container: string): boolean {
  const named = /\{(.+)\}$/.exec(involvedObject.fieldPath ?? '')?.[1];
  return named === undefined || named === container;
}

export function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
