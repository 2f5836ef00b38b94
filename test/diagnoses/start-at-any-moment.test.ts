/**
 * A rollout's new pod, asked about at every moment of its start: whatever containers it has, and however long they may take,
 * nothing is called wrong until they have taken longer.
 */
import { describe, expect, test } from '@jest/globals';
import type { Container, ContainerStatus, Pod, Probe } from '../../src/evidence/objects.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, podEvent, podOf } from '../support/pod-states.js';

const NAME = 'todo-chatbot-backend-7c8f5d9b6c-n1n1n';

/** One container, and what it takes, in seconds. */
interface Part {
  name: string;
  kind: 'init' | 'stays' | 'beside' | 'own';
  /** Until it is made, from when it may be. */
  making: number;
  /** Until it ends (`init`), its startup probe succeeds (`stays`), or it is ready. */
  work: number;
  probe?: Probe;
}

const OWN: Part = { name: 'backend', kind: 'own', making: 2, work: 20 };
const ASKED = (failureThreshold: number): Probe => ({
  httpGet: { path: '/', port: 15021 },
  periodSeconds: 2,
  failureThreshold,
});

/** Seconds from the pod's creation at which each part is made, and has done its work. */
function course(parts: readonly Part[], scheduled: number): Map<Part, { made: number; done: number }> {
  const times = new Map<Part, { made: number; done: number }>();
  let before = scheduled;
  for (const part of parts.filter(({ kind }) => kind === 'init' || kind === 'stays')) {
    const made = before + part.making;
    times.set(part, { made, done: made + part.work });
    before = made + part.work;
  }
  for (const part of parts.filter(({ kind }) => kind === 'beside' || kind === 'own')) {
    const made = before + part.making;
    times.set(part, { made, done: made + part.work });
  }
  return times;
}

/** The state at this second of a rolling update whose new pod has these parts. */
function moment(parts: readonly Part[], scheduled: number, at: number) {
  return (evidence: HealthyEvidence): void => {
    const pod: Pod & { status: NonNullable<Pod['status']> } = structuredClone(podOf(evidence));
    const [own] = pod.spec.containers;
    const [ownStatus] = pod.status.containerStatuses ?? [];
    if (!own || !ownStatus) throw new Error('no container');
    const times = course(parts, scheduled);
    const when = (second: number) => ago(at - second);
    const made = (part: Part): Container => ({
      ...(part.kind === 'own' ? own : { name: part.name, image: 'proxy:1' }),
      ...(part.kind === 'stays' && { restartPolicy: 'Always', startupProbe: part.probe }),
      ...(part.kind === 'beside' && { readinessProbe: part.probe }),
    });
    const status = (part: Part): ContainerStatus => {
      const { made: from = 0, done = 0 } = times.get(part) ?? {};
      const { name } = part;
      const isDone = at >= done;
      const ready = isDone && part.kind !== 'init';
      const state =
        at < from
          ? { waiting: { reason: parts.length > 1 ? 'PodInitializing' : 'ContainerCreating' } }
          : part.kind === 'init' && isDone
            ? {
                terminated: {
                  exitCode: 0,
                  reason: 'Completed',
                  startedAt: when(from),
                  finishedAt: when(done),
                },
              }
            : { running: { startedAt: when(from) } };
      const started = part.kind === 'stays' ? isDone : at >= from;
      return { ...ownStatus, name, ready: ready || (part.kind === 'init' && isDone), started, state };
    };
    const of = (...kinds: Part['kind'][]) => parts.filter(({ kind }) => kinds.includes(kind));
    const isReady = [...times].every(([, { done }]) => at >= done);
    pod.metadata = { ...pod.metadata, name: NAME, uid: 'new', creationTimestamp: when(0) };
    pod.metadata.labels = { ...pod.metadata.labels, 'pod-template-hash': '7c8f5d9b6c' };
    pod.spec.containers = of('beside', 'own').map(made);
    pod.spec.initContainers = of('init', 'stays').map(made);
    const condition = (type: string, is: boolean, reason: string) => ({
      type,
      status: is ? 'True' : 'False',
      ...(is ? {} : { reason }),
      lastTransitionTime: when(is ? scheduled : 0),
    });
    const isScheduled = at >= scheduled;
    pod.status = {
      phase: of('own').some((part) => at >= (times.get(part)?.made ?? 0)) ? 'Running' : 'Pending',
      conditions: isScheduled
        ? [
            condition('PodScheduled', true, ''),
            condition('Ready', isReady, 'ContainersNotReady'),
            condition('ContainersReady', isReady, 'ContainersNotReady'),
          ]
        : [],
      ...(isScheduled && {
        podIP: '10.244.0.9',
        initContainerStatuses: of('init', 'stays').map(status),
        containerStatuses: of('beside', 'own').map(status),
      }),
    };
    if (!isScheduled) delete pod.spec.nodeName;
    evidence.pods.push(pod);
    evidence.previousLogs.push({ pod: NAME, log: { ok: true, at: ago(0), value: undefined } });
    Object.assign(evidence.deployment.status ?? {}, { replicas: 3, updatedReplicas: 1 });
    const progress = evidence.deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
    Object.assign(progress ?? {}, { reason: 'ReplicaSetUpdated', lastUpdateTime: when(0) });
    for (const part of of('stays', 'beside')) failures(evidence, part, times.get(part), at);
  };
}

/** What the kubelet says of a proxy's probe meanwhile. */
function failures(
  evidence: HealthyEvidence,
  { name, kind }: Part,
  times: { made: number; done: number } | undefined,
  at: number,
): void {
  if (times === undefined || at < times.made + 2) return;
  const last = Math.min(at, times.done - 1);
  const [probe, field] =
    kind === 'stays' ? ['Startup', 'spec.initContainers'] : ['Readiness', 'spec.containers'];
  const message = `${probe} probe failed: Get "http://10.244.0.9:15021/": dial tcp 10.244.0.9:15021: connect: connection refused`;
  const count = Math.max(1, Math.floor((last - times.made) / 2));
  const event = podEvent(evidence, 0, 'Unhealthy', message, {
    count,
    secondsAgo: at - last,
    since: at - times.made - 1,
  });
  event.involvedObject = {
    kind: 'Pod',
    namespace: 'default',
    name: NAME,
    uid: 'new',
    fieldPath: `${field}{${name}}`,
  };
}

const COURSES: [what: string, parts: Part[], scheduled: number][] = [
  ['the application alone', [OWN], 0],
  ['a node that is found after two minutes', [OWN], 120],
  ['an init container of 50 s', [{ name: 'migrate', kind: 'init', making: 2, work: 50 }, OWN], 0],
  [
    'two init containers, one after the other, of 40 s each',
    [
      { name: 'wait', kind: 'init', making: 2, work: 40 },
      { name: 'migrate', kind: 'init', making: 3, work: 40 },
      OWN,
    ],
    0,
  ],
  [
    'a proxy that stays, and takes 90 of the 120 s that it may',
    [{ name: 'istio-proxy', kind: 'stays', making: 2, work: 90, probe: ASKED(60) }, OWN],
    0,
  ],
  [
    'an init container, and a proxy that stays behind it',
    [
      { name: 'istio-init', kind: 'init', making: 1, work: 3 },
      { name: 'istio-proxy', kind: 'stays', making: 2, work: 70, probe: ASKED(60) },
      OWN,
    ],
    0,
  ],
  [
    'a proxy beside it that is ready after the application',
    [{ name: 'istio-proxy', kind: 'beside', making: 2, work: 50, probe: ASKED(30) }, OWN],
    0,
  ],
  [
    'a proxy that stays without a probe, and another one beside',
    [
      { name: 'logs', kind: 'stays', making: 2, work: 0 },
      { name: 'linkerd-proxy', kind: 'beside', making: 4, work: 30, probe: ASKED(30) },
      OWN,
    ],
    0,
  ],
];

describe.each(COURSES)('%s', (_what, parts, scheduled) => {
  const ready = Math.max(...[...course(parts, scheduled).values()].map(({ done }) => done));

  test('nothing is wrong at any of its moments', async () => {
    const alarms: string[] = [];
    for (let at = scheduled > 0 ? scheduled : 1; at < ready; at += 3) {
      const { diagnoses, unexplained, exitCode } = await diagnosed(moment(parts, scheduled, at));
      const told = diagnoses.filter(({ cause }) => cause !== 'rollout/under-way');
      if (told.length > 0 || unexplained.length > 0 || exitCode === 1)
        alarms.push(
          `${at} s: exit ${exitCode}, ${told.map(({ summary }) => summary).join()} ${unexplained.join()}`,
        );
    }
    expect(alarms).toEqual([]);
  });
});
