/** What happened when, from facts that were read anyway: the answer to "since when?". */
import type { ObjectRef } from '../rule/finding.js';
import { elapsed, ending, readyCondition } from '../kube/pod-state.js';
import type { ContainerStatus, KubernetesEvent, Pod } from '../evidence/objects.js';
import { byText } from '../text-order.js';

export interface TimelineEntry {
  /** RFC 3339, by the cluster's clocks. */
  at: string;
  level: 'normal' | 'warning';
  object: ObjectRef;
  /** One word in Kubernetes' terms: `Started`, `OOMKilled`, `BackOff`. */
  reason: string;
  message: string;
  /** How often an event was seen; 1 for all else. */
  count: number;
}

export interface Timeline {
  /** Oldest first. */
  entries: TimelineEntry[];
  /** Entries that were left out, because there were too many. */
  omitted: number;
}

/** More than this nobody reads; a namespace can have thousands of pods and events. */
const MAX_ENTRIES = 100;

/** What the timeline is made from; undefined: was not read. */
export interface TimelineInput {
  pods: readonly Pod[] | undefined;
  events: readonly KubernetesEvent[] | undefined;
}

/** @returns undefined when nothing was read that tells a time */
export function timelineOf({ pods, events }: TimelineInput): Timeline | undefined {
  if (pods === undefined && events === undefined) return undefined;
  const told = [...(pods ?? []).flatMap(podEntries), ...(events ?? []).flatMap(eventEntries)];
  // Of thousands of pods there are tens of thousands of entries: each time is read once.
  const times = new Map<string, number>();
  const timeOf = (at: string): number => {
    const time = times.get(at) ?? Date.parse(at);
    times.set(at, time);
    return time;
  };
  // A pod's status and an event often tell the same: then it is told once.
  const unique = new Map<string, { entry: TimelineEntry; time: number }>();
  for (const entry of told) {
    const time = timeOf(entry.at);
    const { kind, name } = entry.object;
    if (!Number.isNaN(time)) unique.set(`${time} ${kind} ${name} ${entry.reason}`, { entry, time });
  }
  const all = [...unique.values()];
  // Among too many the warnings stay, then what is newest.
  const kept = all.sort((a, b) => rank(a.entry) - rank(b.entry) || b.time - a.time).slice(0, MAX_ENTRIES);
  kept.sort((a, b) => a.time - b.time || byText(a.entry.object.name, b.entry.object.name));
  return { entries: kept.map(({ entry }) => entry), omitted: all.length - kept.length };
}

function rank({ level }: TimelineEntry): number {
  return level === 'warning' ? 0 : 1;
}

function podEntries(pod: Pod): TimelineEntry[] {
  const { metadata, status } = pod;
  const object = { kind: 'Pod', ...namespaceOf(metadata.namespace), name: metadata.name };
  const entry = (
    at: string | undefined,
    level: TimelineEntry['level'],
    reason: string,
    message: string,
  ): TimelineEntry[] => (at === undefined ? [] : [{ at, level, object, reason, message, count: 1 }]);
  const ready = readyCondition(pod);
  // A pod that was never ready has had this condition since it was made, which says nothing of its own.
  const fell = ready?.status === 'False' && ready.lastTransitionTime !== status?.startTime;
  return [
    ...entry(metadata.creationTimestamp, 'normal', 'Created', 'pod created'),
    ...entry(metadata.deletionTimestamp, 'normal', 'Deleted', 'pod is deleted, at the latest by then'),
    ...(status?.containerStatuses ?? []).flatMap((container) => containerEntries(container, entry)),
    ...(ready?.status === 'True' ? entry(ready.lastTransitionTime, 'normal', 'Ready', 'pod is Ready') : []),
    ...(fell ? entry(ready.lastTransitionTime, 'warning', 'NotReady', 'pod is not Ready') : []),
  ];
}

function containerEntries(
  { name, state, lastState, restartCount }: ContainerStatus,
  entry: (
    at: string | undefined,
    level: TimelineEntry['level'],
    reason: string,
    message: string,
  ) => TimelineEntry[],
): TimelineEntry[] {
  const nth = restartCount > 0 ? `, restart ${restartCount}` : '';
  const started = entry(state?.running?.startedAt, 'normal', 'Started', `container ${name} started${nth}`);
  const ended = [lastState?.terminated, state?.terminated].flatMap((terminated) => {
    if (!terminated) return [];
    const ranMs = Date.parse(terminated.finishedAt ?? '') - Date.parse(terminated.startedAt ?? '');
    const ran = Number.isFinite(ranMs) && ranMs >= 0 ? ` after ${elapsed(ranMs / 1000)}` : '';
    const message = `container ${name} ended${ran}: ${ending(terminated)}`;
    return entry(terminated.finishedAt, 'warning', terminated.reason ?? 'Ended', message);
  });
  return [...ended, ...started];
}

function eventEntries(event: KubernetesEvent): TimelineEntry[] {
  const { involvedObject, metadata, type, reason, message, count } = event;
  const at = event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? metadata.creationTimestamp;
  if (at === undefined) return [];
  const { kind = 'Object', namespace, name = '' } = involvedObject;
  return [
    {
      at,
      level: type === 'Warning' ? 'warning' : 'normal',
      object: { kind, ...namespaceOf(namespace), name },
      reason: reason ?? 'Event',
      message: message ?? '',
      count: count ?? 1,
    },
  ];
}

function namespaceOf(namespace: string | undefined): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
