/** Hop: do the containers stay alive? */
import { containerName } from '../../contract/target.js';
import { ending } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { podRef } from '../../checks/shared.js';
import { memoryKillOf } from '../../computed/memory-kill.js';
import { ofPod } from '../../computed/of-pod.js';
import type { LogLine } from '../../evidence/evidence.js';
import type { KubernetesEvent, Pod } from '../../evidence/objects.js';
import { rulesOf } from '../../causes/index.js';
import {
  containersOf,
  endInWords,
  STABLE_MS,
  timeOf,
  troubleOfContainer,
  type Terminated,
} from '../../kube/pod-containers.js';
import type { CauseId } from '../causes/index.js';
import type { EvidenceItem, Fix } from '../diagnosis.js';
import { see, show } from '../fixes.js';
import { backendOf } from '../look.js';
import { SIGNALS } from '../../vocabulary/process-end.js';
import { readCrashLog, workerDeaths, type CrashSign } from '../parse/crash-log.js';
import { eventItem, eventsAbout, field, isProbeKill, logItem } from '../seen.js';
import { broken, defineHop, good, notReached, unclear, type CauseFinding, type Look } from '../tree.js';
import { asPast, overSince } from '../past.js';
import { findingsOf } from '../step.js';
import { stagesOf, standingAt, type ContainerAt } from './stage.js';
import { fixOf, wordsOf } from './crash-words.js';
import { todoK8s } from '../../rule/command.js';

export type CrashLook = Look<'events' | 'logs' | 'previousLogs' | 'otherLogs' | 'cgroup' | 'metrics'>;

/** What a kill at the memory limit comes from. */
const MEMORY_KILLS = rulesOf('memory/oom-killed', 'memory/limit-too-low', 'memory/leak');

/** Dead workers of one run that are a loop and no accident. */
const WORKER_LOOP = 3;

export const aliveHop = defineHop({
  id: 'alive',
  asks: 'Do the containers stay alive?',
  proves: ['pods/restarts'],
  reads: ['pods'],
  consults: ['events', 'logs', 'previousLogs', 'otherLogs', 'cgroup', 'metrics'],
  needs: ['deployment'],
  rulesOut: ['crash', 'restart by the kubelet'],
  ask({ pods }, look) {
    const stages = stagesOf(pods, look);
    const running = standingAt(stages, 'running');
    const findings = [
      ...standingAt(stages, 'crash').flatMap(({ pod, container, ended }) =>
        whyEnded(pod, container, ended, look),
      ),
      ...standingAt(stages, 'init').flatMap(({ pod, container }) => whyInitEnded(pod, container, look)),
      ...running.flatMap(({ pod }) => [...restartedOf(pod, pods, look), ...workersOf(pod, look)]),
      ...findingsOf(rulesOf('container/'), { pods }, look),
    ];
    if (findings.length > 0) {
      const ended = new Set(findings.flatMap(({ pods: names = [] }) => names)).size;
      const detail = `${ended} of ${count(stages.length, 'pod')} ended`;
      return findings.every(({ verdict }) => verdict === 'inconclusive')
        ? unclear(detail, findings)
        : broken(detail, findings);
    }
    return running.length === 0
      ? notReached('no pod has come this far')
      : good(`no restart in ${count(running.length, 'pod')}`);
  },
});

/** A container that runs again; not where that is so long ago that it is stable. */
function restartedOf(pod: Pod, pods: readonly Pod[], look: CrashLook): CauseFinding[] {
  const { context, options } = look;
  const container = containersOf(pod, containerName(context)).find(({ role }) => role === 'backend');
  const ended = container?.status.lastState?.terminated;
  if (!container || !ended) return [];
  const finished = timeOf(ended.finishedAt) ?? context.now;
  if (finished < (options.since ?? context.now - STABLE_MS) && ended.reason !== 'OOMKilled') return [];
  const found = whyEnded(pod, container, ended, look);
  // The limit that the kernel killed it at is the pod's own still.
  const since = ended.reason === 'OOMKilled' ? undefined : overSince(pod, pods, look);
  if (since === undefined) return found;
  return found
    .filter(({ verdict }) => verdict !== 'inconclusive')
    .map((finding) => asPast(finding, since, look, [previousLogFix(pod, container, look)]));
}

/** What is told of an init container by the same names as of the application; all else is an init container that fails. */
const OF_ANY_CONTAINER: readonly CauseId[] = [
  'image/wrong-architecture',
  'crash/migration-failed',
  'crash/crlf-script',
];

function whyInitEnded(pod: Pod, container: ContainerAt, look: CrashLook): CauseFinding[] {
  const trouble = troubleOfContainer(container, look.context.now);
  if (trouble?.kind !== 'ended') return [];
  return whyEnded(pod, container, trouble.ended, look).filter(({ cause }) =>
    OF_ANY_CONTAINER.includes(cause),
  );
}

function whyEnded(pod: Pod, container: ContainerAt, ended: Terminated, look: CrashLook): CauseFinding[] {
  if (container.role === 'backend' && memoryKillOf(pod, look))
    return findingsOf(MEMORY_KILLS, { pods: [pod] }, look);
  const restart = livenessKill(pod, container, ended, look);
  if (restart) return [livenessFinding(pod, container, ended, restart, look)];
  const lines = lastWords(pod, container, look);
  const sign = lines.ok ? readCrashLog(lines.value) : undefined;
  const { cause, verdict } = conclude(ended, sign, lines.ok);
  const { context } = look;
  const object = podRef(context.target, pod.metadata.name);
  const state = container.status.state?.terminated === ended ? 'state' : 'lastState';
  const evidence: EvidenceItem[] = [
    field(
      object,
      `${container.path}.${state}.terminated`,
      endInWords(container.status, ended, look.context.now),
      ended.finishedAt,
    ),
    ...(ended.message ? [field(object, `${container.path}.${state}.terminated.message`, ended.message)] : []),
    ...(sign ? [logItem(sign.line, pod.metadata.name, context.target, lines.run)] : []),
  ];
  if (verdict === 'inconclusive') {
    return [
      {
        cause: 'evidence/unreadable',
        verdict,
        object,
        pods: [pod.metadata.name],
        summary: `{pods}: the container ended (${ending(ended)}), and its log, which says why, could not be read: ${lines.ok ? '' : lines.detail}.`,
        evidence,
        fix: [previousLogFix(pod, container, look)],
        symptoms: ['pods/running', 'pods/restarts', 'deployment/rollout-complete'],
      },
    ];
  }
  return [
    {
      cause,
      verdict,
      object,
      pods: [pod.metadata.name],
      summary: `{pods}: ${wordsOf(cause, { sign, ended, container, read: lines.ok ? lines.value : [] })}`,
      evidence,
      fix: [
        ...fixOf(cause, { sign, ended, container, read: lines.ok ? lines.value : [] }, context),
        previousLogFix(pod, container, look),
      ],
      ...(verdict === 'likely' ? { wouldConfirm: 'the last lines of the log of the run that ended' } : {}),
      ruledOut: ['OOMKilled', 'liveness probe'],
    },
  ];
}

/** The runtime's words on what it lays into the container's file system. */
const OF_MOUNT = /error mounting|error during container init: .{0,40}mount|mount through procfd/;

/** The cause by exit code (POSIX shells: 126, 127; uvicorn: 3 where the application's start failed) and by the log. */
function conclude(
  { exitCode, reason, message = '' }: Terminated,
  sign: CrashSign | undefined,
  logRead: boolean,
): { cause: CauseId; verdict: CauseFinding['verdict'] } {
  const isStartError =
    reason === 'StartError' || reason === 'ContainerCannotRun' || exitCode === 127 || exitCode === 126;
  if (message.includes('exec format error'))
    return { cause: 'image/wrong-architecture', verdict: 'confirmed' };
  if (isStartError && OF_MOUNT.test(message) && !message.includes('exec: '))
    return { cause: 'container/cannot-be-made', verdict: 'confirmed' };
  if (isStartError) {
    const byLog = sign?.cause === 'image/wrong-architecture' || sign?.cause === 'crash/crlf-script';
    return { cause: byLog ? sign.cause : 'crash/command-not-found', verdict: 'confirmed' };
  }
  if (SIGNALS[exitCode] !== undefined) return { cause: 'crash/signal', verdict: 'confirmed' };
  if (exitCode === 0) return { cause: 'crash/exits-cleanly', verdict: 'confirmed' };
  if (sign) return { cause: sign.cause, verdict: 'confirmed' };
  // Ended by a signal, and neither the kernel nor the kubelet says that it was them.
  if (exitCode === 137) return { cause: 'memory/child-killed', verdict: 'likely' };
  if (exitCode === 143) return { cause: 'crash/liveness-killed', verdict: 'likely' };
  return { cause: 'crash/startup-exception', verdict: logRead ? 'likely' : 'inconclusive' };
}

/** The kubelet's word that it ended the container, which it writes just before; undefined where it did not. */
function livenessKill(
  pod: Pod,
  { status: { name } }: ContainerAt,
  ended: Terminated,
  look: CrashLook,
): KubernetesEvent | undefined {
  if (ended.exitCode !== 137 && ended.exitCode !== 143 && ended.exitCode !== 0) return undefined;
  const events = look.maybe('events');
  if (!events.ok) return undefined;
  return eventsAbout(events.value, pod.metadata, ['Killing'], look.options).find((event) =>
    isProbeKill(event, name),
  );
}

function livenessFinding(
  pod: Pod,
  container: ContainerAt,
  ended: Terminated,
  event: KubernetesEvent,
  look: CrashLook,
): CauseFinding {
  const { context, options } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const events = look.maybe('events');
  const [unhealthy] = (
    events.ok ? eventsAbout(events.value, pod.metadata, ['Unhealthy'], options) : []
  ).filter(({ message = '' }) => /^(?:Liveness|Startup) probe/.test(message));
  const which = (event.message ?? '').includes('startup') ? 'startup' : 'liveness';
  return {
    cause: 'crash/liveness-killed',
    verdict: 'confirmed',
    object,
    pods: [name],
    summary: `{pods}: the kubelet ended the container because its ${which} probe failed, and started it again.`,
    evidence: [
      field(
        object,
        `${container.path}.lastState.terminated`,
        endInWords(container.status, ended, look.context.now),
        ended.finishedAt,
      ),
      eventItem(event, context.target),
      ...(unhealthy ? [eventItem(unhealthy, context.target)] : []),
    ],
    fix: [see('See why the probe fails.', todoK8s(context, 'doctor', 'health'))],
    ruledOut: ['OOMKilled', 'crash of the application'],
  };
}

/** Workers that die under a main process that lives. */
function workersOf(pod: Pod, look: CrashLook): CauseFinding[] {
  const { context } = look;
  const { name } = pod.metadata;
  const logs = look.maybe('logs');
  const log = logs.ok ? ofPod(logs.value, name)?.log : undefined;
  if (!log?.ok) return [];
  const { options } = look;
  const lines = log.value.lines.filter(
    ({ at }) => options.since === undefined || Date.parse(at) >= options.since,
  );
  const { count: deaths, last } = workerDeaths(lines);
  if (deaths < WORKER_LOOP || !last) return [];
  const cgroups = look.maybe('cgroup');
  const cgroup = cgroups.ok ? ofPod(cgroups.value, name)?.cgroup : undefined;
  const oomKills = cgroup?.ok ? (cgroup.value.memory.oomKills ?? 0) : 0;
  const object = podRef(context.target, name);
  return [
    {
      cause: 'crash/worker-loop',
      verdict: 'confirmed',
      object,
      pods: [name],
      summary: `{pods}: worker processes died ${deaths} times and were replaced, while the main process lives, so that Kubernetes counts no restart.`,
      evidence: [
        logItem(last, name, context.target, 'log'),
        ...(oomKills > 0
          ? [
              {
                source: 'cgroup memory.events',
                object,
                field: null,
                value: `${oomKills} processes killed for memory`,
                at: null,
              },
            ]
          : []),
      ],
      fix: [
        show(
          context,
          'Read what they say before they die.',
          `logs ${name} -c ${backendOf(pod, context)?.name ?? ''} | grep -B 20 died`,
        ),
      ],
    },
  ];
}

type Words = { run: 'log' | 'previous log' } & (
  { ok: true; value: readonly LogLine[] } | { ok: false; detail: string }
);

/** The log of the run that ended: the current one while the container is down, else the previous one. */
function lastWords({ metadata }: Pod, container: ContainerAt, look: CrashLook): Words {
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

function otherWords(pod: string, { status }: ContainerAt, { maybe }: CrashLook): Words {
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

function previousLogFix(pod: Pod, { status }: ContainerAt, { context }: CrashLook): Fix {
  return show(
    context,
    'Read the log of the run that ended.',
    `logs ${pod.metadata.name} -c ${status.name} --previous --tail=50`,
  );
}
