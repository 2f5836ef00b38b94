/** What all causes of containers beside the backend's have in common: the container, its trouble, and what its log says of it. */
import { containerName } from '../../contract/target.js';
import { ago, ending } from '../../kube/pod-state.js';
import { podRef } from '../../rule/object-ref.js';
import type { EvidenceItem, Fix } from '../../rule/diagnosis.js';
import { eventItem, field, logItem, shorten } from '../../rule/seen.js';
import { eventsAbout } from '../../computed/events-of.js';
import type { Look } from '../../rule/look.js';
import { readCrashLog } from '../../computed/crash-sign.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { advise, show } from '../../fixes/described.js';
import type { LogLine } from '../../evidence/evidence.js';
import type { KubernetesEvent, Pod } from '../../evidence/objects.js';
import {
  containersOf,
  endInWords,
  troubleOfContainer,
  type ContainerAt,
  type ContainerRole,
  type ContainerTrouble,
} from '../../kube/pod-containers.js';
import type { Told } from '../../rule/cause.js';

export const OTHER_CONSULTS = ['events', 'otherLogs'] as const;
export type OtherLook = Look<(typeof OTHER_CONSULTS)[number]>;

/** What follows where a pod never comes to its own container, or is not ready because of another one. */
export const FOLLOWS = [
  'pods/*',
  'deployment/rollout-complete',
  'rollout/*',
  'service/no-ready-endpoints',
  'load-balancing/endpoints',
  'functional/database-logs',
] as const;

export interface OtherTrouble {
  pod: Pod;
  container: ContainerAt;
  trouble: ContainerTrouble;
}

/** The containers of this role that are in trouble, in every pod that counts. */
export function troublesOfRole(pods: readonly Pod[], role: ContainerRole, look: OtherLook): OtherTrouble[] {
  const { now } = look.context;
  return podsToJudge(pods, look).flatMap((pod) =>
    containersOf(pod, containerName(look.context)).flatMap((container) => {
      const trouble = container.role === role ? troubleOfContainer(container, now) : undefined;
      return trouble ? [{ pod, container, trouble }] : [];
    }),
  );
}

/** The image of the pod's own application: trouble with it is the image's, whichever container meets it first. */
export function isBackendsImage({ pod, container }: OtherTrouble, { context }: OtherLook): boolean {
  const backend = containersOf(pod, containerName(context)).find(({ role }) => role === 'backend');
  return container.spec?.image !== undefined && container.spec.image === backend?.spec?.image;
}

/** Events of these reasons that are about this container and no other one of its pod, newest first. */
export function eventsOfContainer(
  { pod, container }: OtherTrouble,
  reasons: readonly string[],
  look: OtherLook,
): KubernetesEvent[] {
  const events = look.maybe('events');
  const own = `{${container.status.name}}`;
  return (events.ok ? eventsAbout(events.value, pod.metadata, reasons, look.options) : []).filter(
    ({ involvedObject: { fieldPath = '' } }) => fieldPath.endsWith(own),
  );
}

/** What the container said before it ended, or last; undefined where it was not read. */
export function wordsOfContainer(
  { pod, container, trouble }: OtherTrouble,
  { maybe }: OtherLook,
): { line: LogLine; run: 'log' | 'previous log' } | { line: undefined; unread: string | undefined } {
  const logs = maybe('otherLogs');
  if (!logs.ok) return { line: undefined, unread: logs.detail };
  const own = logs.value.find(
    (each) => each.pod === pod.metadata.name && each.container === container.status.name,
  );
  if (!own) return { line: undefined, unread: undefined };
  if (!own.log.ok) return { line: undefined, unread: own.log.detail };
  const { lines } = own.log.value;
  const sign = trouble.kind === 'ended' ? readCrashLog(lines, trouble.ended.exitCode)?.line : undefined;
  const line = sign ?? lines.findLast(({ text }) => text.trim() !== '');
  if (line === undefined) return { line, unread: undefined };
  return { line, run: own.previous ? 'previous log' : 'log' };
}

/** How a container came to its end: `ended (OOMKilled, exit code 137), memory limit 64Mi`. */
export function endOf(
  { container }: OtherTrouble,
  trouble: Extract<ContainerTrouble, { kind: 'ended' }>,
): string {
  const { ended } = trouble;
  if (ended.reason === 'OOMKilled') {
    const limit = container.spec?.resources?.limits?.memory;
    return `was killed by the kernel because it needed more than its memory limit${limit === undefined ? '' : ` of ${limit}`} (${ending(ended)})`;
  }
  if (ended.reason === 'StartError' || ended.reason === 'ContainerCannotRun') {
    const command = commandOf(container);
    return `cannot be started${command === '' ? '' : ` with the command “${command}”`} (${ending(ended)})`;
  }
  return ended.exitCode === 0 ? 'ended without an error (exit code 0)' : `ended with ${ending(ended)}`;
}

function commandOf({ spec }: ContainerAt): string {
  return shorten([...(spec?.command ?? []), ...(spec?.args ?? [])].join(' '));
}

/** The end as the status has it, with how long the run lasted where that is told, and what was said. */
export function itemsOf(other: OtherTrouble, look: OtherLook): EvidenceItem[] {
  const { pod, container, trouble } = other;
  const { context } = look;
  const object = podRef(context.target, pod.metadata.name);
  const words = wordsOfContainer(other, look);
  const said = words.line ? [logItem(words.line, pod.metadata.name, context.target, words.run)] : [];
  const unread = !words.line && words.unread !== undefined ? words.unread : undefined;
  return [
    ...statusItems(other, look),
    ...(trouble.kind === 'ended' && trouble.ended.message
      ? [field(object, `${container.path}.${trouble.state}.terminated.message`, trouble.ended.message)]
      : []),
    ...said,
    ...(unread === undefined
      ? []
      : [{ source: 'log', object, field: null, value: `not read: ${unread}`, at: null }]),
  ];
}

function statusItems({ pod, container, trouble }: OtherTrouble, { context }: OtherLook): EvidenceItem[] {
  const object = podRef(context.target, pod.metadata.name);
  const { path, status } = container;
  if ('reason' in trouble)
    return [field(object, `${path}.state.waiting`, `${trouble.reason}: ${trouble.message}`)];
  if (trouble.kind === 'ended') {
    const { ended, state } = trouble;
    const words = endInWords(status, ended, context.now);
    return [field(object, `${path}.${state}.terminated`, words, ended.finishedAt)];
  }
  return [field(object, `${path}.state.running.startedAt`, ago(trouble.since, context.now), trouble.since)];
}

/** The kubelet's newest word about a probe of this container. */
export function probeItem(other: OtherTrouble, look: OtherLook): EvidenceItem[] {
  const [event] = eventsOfContainer(other, ['Unhealthy'], look);
  return event ? [eventItem(event, look.context.target)] : [];
}

/** `: its log says: …`, or nothing. */
export function saidOf(other: OtherTrouble, look: OtherLook): string {
  const { line } = wordsOfContainer(other, look);
  return line === undefined ? '' : `; its log says: ${shorten(line.text.trim()).replace(/[.]$/, '')}`;
}

/** Told of one pod; pods of which the same is said become one diagnosis. */
export function toldOf(
  other: OtherTrouble,
  look: OtherLook,
  parts: Pick<Told, 'verdict' | 'summary' | 'fix'> & Partial<Told>,
): Told {
  const { name } = other.pod.metadata;
  return {
    object: podRef(look.context.target, name),
    pods: [name],
    evidence: itemsOf(other, look),
    ...parts,
  };
}

export function logFix({ pod, container, trouble }: OtherTrouble, { context }: OtherLook): Fix {
  const previous = trouble.kind === 'ended' && trouble.state === 'lastState' ? ' --previous' : '';
  return show(
    context,
    'Read what it says.',
    `logs ${pod.metadata.name} -c ${container.status.name}${previous} --tail=50`,
  );
}

/** What to change for trouble that the pod template shows. */
export function changeFix({ container, trouble }: OtherTrouble): Fix[] {
  const { name } = container.status;
  if (trouble.kind === 'image')
    return [advise(`Correct the image of container ${name} in the pod template, or load it into the node.`)];
  if (trouble.kind === 'ended' && trouble.ended.reason === 'OOMKilled')
    return [advise(`Raise resources.limits.memory of container ${name} in the pod template.`)];
  return [];
}
