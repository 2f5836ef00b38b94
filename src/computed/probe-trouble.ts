/** Pods whose probes fail, and what the kubelet says of the newest failure. */
import type { Look } from '../rule/look.js';
import { isReady, isTerminating } from '../kube/pod-state.js';
import { memoisedBy } from './memo.js';
import { ofPod } from './of-pod.js';
import type { LogLine } from '../evidence/evidence.js';
import type { KubernetesEvent, Pod, Probe } from '../evidence/objects.js';
import { lostReady } from '../kube/node-state.js';
import { backendOf, backendStatus, podsToJudge } from './judged-pods.js';
import { failedProbes, hasHadItsTime, isRefusedForGood, isStarting, probeKill } from './own-time.js';
import { parseProbeKill, type ProbeFailure } from './probe-failure.js';
import { overSince } from './past.js';

/** What judging a probe takes, besides the pods. */
export const HEALTH_CONSULTS = [
  'events',
  'logs',
  'previousLogs',
  'cgroup',
  'nodes',
  'health',
  'vantage',
  'deployment',
] as const;
export type HealthLook = Look<(typeof HEALTH_CONSULTS)[number]>;

export interface Trouble {
  pod: Pod;
  failure: ProbeFailure;
  event: KubernetesEvent;
  spec: Probe | undefined;
  /** Its JSON path. */
  field: string;
  /** The kubelet has restarted the container because of its liveness or startup probe. */
  restarts: boolean;
  /** RFC 3339: it is over since then. */
  over?: string;
}

/** The kubelet asked in plain HTTP, and was sent on to https. */
export function isRedirected({ failure, spec }: Trouble): boolean {
  return failure.overTls && (spec?.httpGet?.scheme ?? 'HTTP') === 'HTTP';
}

/** The kubelet asked by TLS, as its probe says, and was answered without. */
export function isTlsToPlain({ failure, spec }: Trouble): boolean {
  return spec?.httpGet?.scheme === 'HTTPS' && failure.kind === 'plain';
}

/** The probe asks at an address of its own, which is not the pod's. @returns that address */
export function foreignHost({ spec, pod }: Pick<Trouble, 'spec' | 'pod'>): string | undefined {
  const host = spec?.httpGet?.host ?? spec?.tcpSocket?.host;
  return host === undefined || host === '' || host === pod.status?.podIP ? undefined : host;
}

export interface Troubles {
  found: Trouble[];
  /** Pods that have just started: their probes have not had their time yet. */
  starting: string[];
  /** Pods that are not ready, and no event says why. */
  unexplained: string[];
  /** Running pods that were looked at. */
  judged: number;
}

/** Every running pod that is not ready, or was restarted because of a probe. */
export const troublesOf = memoisedBy((pods: readonly Pod[], look: HealthLook): Troubles => {
  const { context } = look;
  const nodes = look.maybe('nodes');
  const lost = new Set((nodes.ok ? nodes.value : []).filter(lostReady).map(({ metadata }) => metadata.name));
  const result: Troubles = { found: [], starting: [], unexplained: [], judged: 0 };
  for (const pod of podsToJudge(pods, look)) {
    const status = backendStatus(pod, context)?.status;
    const hasRun = status?.state?.running ?? status?.lastState?.terminated;
    // A lost node's pods are not ready because nobody speaks for them.
    if (isTerminating(pod) || !status || !hasRun || lost.has(pod.spec.nodeName ?? '')) continue;
    result.judged += 1;
    const trouble = troubleOf(pod, look);
    const over = trouble && isReady(pod) ? overSince(pod, pods, look) : undefined;
    if (trouble) result.found.push(over === undefined ? trouble : { ...trouble, over });
    // One that is ready itself waits for another container of its pod, which is told by its own name.
    else if (isReady(pod) || !status.state?.running || status.ready) continue;
    else if (isStarting(pod, context)) result.starting.push(pod.metadata.name);
    else result.unexplained.push(pod.metadata.name);
  }
  return result;
});

/** A pod that is ready, or whose container does not run, is in trouble only where a probe has ended it lately. */
function troubleOf(pod: Pod, look: HealthLook): Trouble | undefined {
  const events = look.maybe('events');
  if (!events.ok) return undefined;
  const { context, options } = look;
  const [ready, status] = [isReady(pod), backendStatus(pod, context)?.status];
  const own = status?.name ?? '';
  const failures = failedProbes(events.value, pod, own, options);
  const killing = probeKill(events.value, pod, own, { ...options, now: context.now });
  // One that is killed for the first time still runs while it shuts down, and refuses by then.
  const restarts =
    killing !== undefined && ((status?.restartCount ?? 0) > 0 || status?.state?.running !== undefined);
  if (ready && !restarts) return undefined;
  // A container that ended by itself failed its probes on the way: what has ended it says more.
  if (!restarts && !status?.state?.running) return undefined;
  const isOnItsWay = !ready && isStarting(pod, context) && !restarts;
  if (isOnItsWay && !hasHadItsTime(pod, failures, context) && !isRefusedForGood(pod, failures, context))
    return undefined;
  const wanted = ready ? failures.filter(({ failure }) => failure.probe !== 'readiness') : failures;
  // A container that ends and starts again refuses, resets and is late at every probe: what has ended it says more.
  const killer = restarts
    ? wanted.filter(({ failure }) => parseProbeKill(killing.message ?? '')?.probe === failure.probe)
    : [];
  const newest = killer.find(({ failure }) => failure.kind !== 'refused') ?? killer[0] ?? wanted[0];
  if (!newest) return undefined;
  const name = `${newest.failure.probe}Probe` as const;
  return {
    pod,
    ...newest,
    spec: backendOf(pod, context)?.[name],
    field: `spec.containers[].${name}`,
    restarts,
  };
}

/** The pod's current log, else that of its last run; undefined where neither could be read. */
export function linesOf(pod: string, { maybe }: HealthLook): readonly LogLine[] | undefined {
  const logs = maybe('logs');
  const log = logs.ok ? ofPod(logs.value, pod)?.log : undefined;
  if (log?.ok) return log.value.lines;
  const previous = maybe('previousLogs');
  const before = previous.ok ? ofPod(previous.value, pod)?.log : undefined;
  return before?.ok ? before.value?.lines : undefined;
}
