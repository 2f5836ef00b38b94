/** Containers that ended and should not have: what their exit codes, their logs and the kubelet say it came from. */
import { podRef } from '../rule/object-ref.js';
import type { EvidenceItem } from '../rule/diagnosis.js';
import { eventsAbout } from './events-of.js';
import { field, logItem } from '../rule/seen.js';
import { isProbeKill } from './probe-failure.js';
import type { Look } from '../rule/look.js';
import { parseConfigProblem } from './config-problem.js';
import { readCrashLog, type CrashSign } from './crash-sign.js';
import { memoisedBy } from './memo.js';
import { ofPod } from './of-pod.js';
import { containerName } from '../contract/target.js';
import type { LogLine } from '../evidence/evidence.js';
import type { KubernetesEvent, Pod } from '../evidence/objects.js';
import {
  containersOf,
  endInWords,
  givenVolumes,
  STABLE_MS,
  timeOf,
  troubleOfContainer,
  type ContainerAt,
  type Terminated,
} from '../kube/pod-containers.js';
import { OF_MOUNT } from '../vocabulary/kubelet.js';
import { SIGNALS, STOP_SIGNALS } from '../vocabulary/signals.js';
import { overSince } from './past.js';
import { stagesOf } from './pod-stage.js';

export const END_CONSULTS = ['events', 'logs', 'previousLogs', 'otherLogs', 'pods'] as const;
export type EndLook = Look<(typeof END_CONSULTS)[number]>;

/** Ids of causes, except for `memory` (it was OOMKilled) and `unread` (its log would say why). */
export type EndCause =
  | CrashSign['cause']
  | 'container/cannot-be-made'
  | `crash/${'exits-cleanly' | 'liveness-killed' | 'signal'}`
  | 'memory/child-killed'
  | 'node/restarted';

export interface End {
  pod: Pod;
  container: ContainerAt;
  ended: Terminated;
  means: EndCause | 'memory' | 'unread';
  verdict: 'confirmed' | 'likely';
  /** What its log says of it. */
  sign: CrashSign | undefined;
  /** The lines of its log that were read. */
  read: readonly LogLine[];
  /** Why its log was not read. */
  unread: string | undefined;
  /** The kubelet's word that it ended the container because of a probe. */
  killing: KubernetesEvent | undefined;
  /** RFC 3339: it is over since then. */
  over: string | undefined;
  evidence: EvidenceItem[];
}

/** The end of each pod's own container; of one before it, where it keeps its name whichever container has it. */
export const endsOf = memoisedBy((pods: readonly Pod[], look: EndLook): End[] =>
  stagesOf(pods, look).flatMap((stage): End[] => {
    const { pod } = stage;
    switch (stage.at) {
      case 'crash':
        return [endOf(pod, stage.container, stage.ended, look)];
      case 'init': {
        const trouble = troubleOfContainer(stage.container, look.context.now);
        if (trouble?.kind !== 'ended') return [];
        const end = endOf(pod, stage.container, trouble.ended, look);
        return OF_ANY_CONTAINER.includes(end.means) ? [end] : [];
      }
      case 'running':
        return restartOf(pod, look);
      default:
        return [];
    }
  }),
);

/** What is told of an init container by the same names as of the application; all else is an init container that fails. */
const OF_ANY_CONTAINER: readonly End['means'][] = [
  'image/wrong-architecture',
  'crash/migration-failed',
  'crash/crlf-script',
];

/** A container that runs again; not where that is so long ago that it is stable. */
function restartOf(pod: Pod, look: EndLook): End[] {
  const { context, options } = look;
  const container = containersOf(pod, containerName(context)).find(({ role }) => role === 'backend');
  const ended = container?.status.lastState?.terminated;
  if (!container || !ended) return [];
  // The limit that the kernel killed it at is the pod's own still.
  const isMemory = ended.reason === 'OOMKilled';
  const finished = timeOf(ended.finishedAt) ?? context.now;
  if (finished < (options.since ?? context.now - STABLE_MS) && !isMemory) return [];
  const end = endOf(pod, container, ended, look);
  const all = look.maybe('pods');
  const over = isMemory ? undefined : overSince(pod, all.ok ? all.value : [pod], look);
  return over !== undefined && end.means === 'unread' ? [] : [{ ...end, over }];
}

function endOf(pod: Pod, container: ContainerAt, ended: Terminated, look: EndLook): End {
  const { target } = look.context;
  const { name } = pod.metadata;
  const object = podRef(target, name);
  const state = container.status.state?.terminated === ended ? 'state' : 'lastState';
  const path = `${container.path}.${state}.terminated`;
  const own = { pod, container, ended, over: undefined };
  const words = endInWords(container.status, ended, look.context.now);
  const status = field(object, path, words, ended.finishedAt);
  const nothing = { sign: undefined, read: [], unread: undefined, killing: undefined };
  if (container.role === 'backend' && ended.reason === 'OOMKilled')
    return { ...own, ...nothing, means: 'memory', verdict: 'confirmed', evidence: [status] };
  const killing = livenessKill(pod, container, ended, look);
  if (killing) {
    return {
      ...{ ...own, ...nothing, killing, means: 'crash/liveness-killed', verdict: 'confirmed' },
      evidence: [status],
    };
  }
  const log = lastWords(pod, container, look);
  const read = log.ok ? log.value : [];
  const sign = log.ok ? forContainer(readCrashLog(read, ended.exitCode), container, pod) : undefined;
  // Where it ended without an error, what it did last says most.
  const last = ended.exitCode === 0 ? read.findLast(({ text }) => text.trim() !== '') : undefined;
  const line = sign?.line ?? last;
  return {
    ...own,
    ...meaningOf(ended, sign, log.ok),
    ...{ sign, read, unread: log.ok ? undefined : log.detail, killing },
    evidence: [
      status,
      ...(ended.message ? [field(object, `${path}.message`, ended.message)] : []),
      ...(line ? [logItem(line, name, target, log.run)] : []),
    ],
  };
}

/** What words mean that only the container's own template makes unambiguous. */
function forContainer(sign: CrashSign | undefined, { spec }: ContainerAt, pod: Pod): CrashSign | undefined {
  // A full disk, or another owner, leaves Python without a temporary directory as well.
  if (sign?.cause === 'crash/read-only-filesystem' && sign.named.directories !== undefined)
    return spec?.securityContext?.readOnlyRootFilesystem === true
      ? sign
      : { ...sign, cause: 'crash/startup-exception' };
  if (sign?.cause !== 'image/wrong-architecture') return sign;
  // What a ConfigMap brings is text: a script that does not say what runs it.
  const program = spec?.command?.[0] ?? spec?.args?.[0] ?? '';
  const given = givenVolumes(pod);
  const isMounted = (spec?.volumeMounts ?? []).some(
    ({ name, mountPath }) => given.has(name) && `${program}/`.startsWith(`${mountPath.replace(/\/$/, '')}/`),
  );
  return isMounted ? { ...sign, cause: 'crash/crlf-script' } : sign;
}

/** What a log can say of a program that could not be started: the loader of libraries ends with 127, too. */
const OF_START: readonly End['means'][] = [
  'crash/crlf-script',
  'crash/import-error',
  'image/wrong-architecture',
];

/** 128 + SIGINT. */
const INTERRUPTED = 130;

/** By exit code (POSIX shells: 126, 127; uvicorn: 3 where the application's start failed) and by the log. */
function meaningOf(
  { exitCode, reason, message = '' }: Terminated,
  sign: CrashSign | undefined,
  isLogRead: boolean,
): Pick<End, 'means' | 'verdict'> {
  const sure = (means: End['means']) => ({ means, verdict: 'confirmed' }) as const;
  const likely = (means: End['means']) => ({ means, verdict: 'likely' }) as const;
  const isStartError =
    reason === 'StartError' || reason === 'ContainerCannotRun' || exitCode === 127 || exitCode === 126;
  // The runtime, or the kubelet, has lost sight of it: it did not end by itself.
  if (reason === 'ContainerStatusUnknown' || (reason === 'Unknown' && exitCode === 255))
    return likely('node/restarted');
  const said = parseConfigProblem(message)?.cause;
  if (said === 'image/wrong-architecture') return sure(said);
  if (isStartError && OF_MOUNT.says.test(message) && said !== 'crash/command-not-found')
    return sure('container/cannot-be-made');
  if (isStartError) {
    return sure(sign && OF_START.includes(sign.cause) ? sign.cause : 'crash/command-not-found');
  }
  // .NET aborts where it is at its wits' end: its words say more than the signal.
  if (SIGNALS[exitCode] !== undefined)
    return sure(sign?.cause === 'crash/import-error' ? sign.cause : 'crash/signal');
  if (exitCode === 0) return sure(sign?.cause === 'crash/request-limit' ? sign.cause : 'crash/exits-cleanly');
  // Python tells of SIGINT by an exception.
  if (sign && !(exitCode === INTERRUPTED && sign.subject === 'KeyboardInterrupt')) return sure(sign.cause);
  // Ended by a signal, and neither the kernel nor the kubelet says that it was them.
  if (exitCode === 137) return likely('memory/child-killed');
  if (exitCode === 143 || exitCode === INTERRUPTED) return likely('crash/liveness-killed');
  return isLogRead ? likely('crash/startup-exception') : likely('unread');
}

/** The kubelet's word that it ended the container, which it writes just before; undefined where it did not. */
function livenessKill(
  pod: Pod,
  { status: { name } }: ContainerAt,
  { exitCode }: Terminated,
  { maybe, options }: EndLook,
): KubernetesEvent | undefined {
  const events = maybe('events');
  if ((exitCode !== 0 && STOP_SIGNALS[exitCode] === undefined) || !events.ok) return undefined;
  return eventsAbout(events.value, pod.metadata, ['Killing'], options).find((event) =>
    isProbeKill(event, name),
  );
}

type Words = { run: 'log' | 'previous log' } & (
  { ok: true; value: readonly LogLine[] } | { ok: false; detail: string }
);

/** The log of the run that ended: the current one while the container is down, else the previous one. */
function lastWords({ metadata }: Pod, container: ContainerAt, look: EndLook): Words {
  if (container.role !== 'backend') return otherWords(metadata.name, container, look);
  const { status } = container;
  const current = look.maybe('logs');
  const previous = look.maybe('previousLogs');
  const now = current.ok ? ofPod(current.value, metadata.name)?.log : current;
  const before = previous.ok ? ofPod(previous.value, metadata.name)?.log : previous;
  if (!status.state?.running && now?.ok) return { run: 'log', ok: true, value: now.value.lines };
  // Between two reads the kubelet may have started it once more, and thrown the older log away: this run's tells the same.
  if (before?.ok !== true && now?.ok && now.value.lines.length > 0)
    return { run: 'log', ok: true, value: now.value.lines };
  if (before?.ok) {
    return before.value
      ? { run: 'previous log', ok: true, value: before.value.lines }
      : { run: 'previous log', ok: false, detail: 'the node keeps no log of it' };
  }
  const detail = before?.detail ?? (now?.ok === false ? now.detail : 'the pod’s log was not read');
  return { run: 'previous log', ok: false, detail };
}

function otherWords(pod: string, { status }: ContainerAt, { maybe }: EndLook): Words {
  const logs = maybe('otherLogs');
  const own = logs.ok
    ? logs.value.find((each) => each.pod === pod && each.container === status.name)
    : undefined;
  const run = own?.previous === true ? 'previous log' : 'log';
  if (own?.log.ok) return { run, ok: true, value: own.log.value.lines };
  const detail =
    own?.log.ok === false ? own.log.detail : logs.ok ? 'the container’s log was not read' : logs.detail;
  return { run, ok: false, detail };
}
