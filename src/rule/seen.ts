/** Evidence in the form in which a diagnosis shows it. */
import type { Target } from '../contract/target.js';
import type { LogLine } from '../evidence/evidence.js';
import type { KubernetesEvent } from '../evidence/objects.js';
import { eventTime } from '../kube/events.js';
import type { EvidenceItem } from './diagnosis.js';
import type { ObjectRef } from './finding.js';
import { podRef } from './object-ref.js';

/** Characters of a message or log line that are shown. */
const LONGEST = 400;

/** A field of an object as it stands. */
export function field(object: ObjectRef, path: string, value: string, at?: string): EvidenceItem {
  return { source: 'object', object, field: path, value: shorten(value), at: at ?? null };
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

export function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
