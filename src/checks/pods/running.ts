import { podRef } from '../../rule/object-ref.js';
import { endedAgain, isLooping } from '../../computed/again.js';
import { ofComingPod, ofGrowth } from '../../computed/change.js';
import type { ContainerStatus, Pod } from '../../evidence/objects.js';
import { defineCheck, type Finding } from '../check.js';
import { ending, isActive, isFinished, isReady, isTerminating } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { describePod, previousLog } from '../../fixes/commands.js';
import { failOrWarn } from '../shared.js';
import { ENDED_MESSAGES, endedFindings } from './_ended.js';

type Message =
  | 'none'
  | 'unscheduled'
  | 'not-started'
  | 'waiting'
  | 'terminated'
  | 'looping'
  | 'initialising'
  | 'phase'
  | keyof typeof ENDED_MESSAGES;
type Problem = [
  messageId: Message,
  field: string,
  found: string,
  more?: { container?: string; detail?: string; node?: string },
];

export default defineCheck({
  meta: {
    id: 'pods/running',
    title: 'Pods are Running, with all containers',
    failureTitle: 'Not all pods are Running',
    why: 'a pod that does not run serves nobody',
    remedy: (context, findings) =>
      findings[0]?.data?.found === 'CrashLoopBackOff'
        ? previousLog(context, findings)
        : describePod(context, findings, 'State and Events say why'),
    severity: 'error',
    reads: ['deployment', 'pods'],
    needs: ['deployment/exists'],
    toldWith: ['cluster/nodes-ready'],
    messages: {
      none: 'the Deployment has no pod{detail}',
      unscheduled: '{pod} is not scheduled to a node: {found}{detail}',
      'not-started': '{pod} is scheduled to {node}, but none of its containers was started yet',
      initialising: '{pod} still runs init container {container}',
      waiting: '{pod}: container {container} is waiting: {found}{detail}',
      terminated: '{pod}: container {container} has ended: {found}{detail}',
      looping: '{pod}: container {container} ends and is started again: {found}',
      phase: '{pod} is in phase {found}{detail}',
      ...ENDED_MESSAGES,
    },
    passing: {
      none: ofGrowth(1),
      unscheduled: ofComingPod,
      'not-started': ofComingPod,
      initialising: ofComingPod,
      waiting: ofComingPod,
    },
    contractSection: 'Deployment Verification: Check Pod Status; Troubleshooting: Pod Not Starting',
  },
  evaluate({ deployment, pods }, { now, target }) {
    const failures: Finding<Message>[] = [];
    const active = pods.filter(isActive);
    if (active.length === 0) {
      const detail = deployment?.spec.replicas === 0 ? ': it is scaled to zero' : '';
      const data = { expected: 'at least one pod', found: 'no pod', field: 'items', detail };
      failures.push({ messageId: 'none', data });
    }
    const over = pods.filter((pod) => isFinished(pod) && !isTerminating(pod));
    const ended = endedFindings(over, endedAgain(pods, now), target, suffix);
    // Where pods are refused again and again, one that has just been made is the next of them.
    failures.push(...ended.refused);
    for (const pod of active) {
      const { name } = pod.metadata;
      for (const [messageId, field, found, more] of problemsOf(pod, now)) {
        const data = { pod: name, expected: 'Running', found, field, detail: '', ...more };
        failures.push({ messageId, data, object: podRef(target, name) });
      }
    }
    return failOrWarn(failures, ended.finished, `${count(active.length, 'pod')} Running`);
  },
});

/** What keeps a pod from running: the first stage that it has not passed. */
function problemsOf(pod: Pod, now: number): Problem[] {
  const { spec, status = {} } = pod;
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' || (!spec.nodeName && status.phase === 'Pending')) {
    const { reason = 'no reason given', message } = scheduled ?? {};
    return [['unscheduled', "status.conditions[type='PodScheduled']", reason, { detail: suffix(message) }]];
  }
  for (const [index, init] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = spec.initContainers?.some(
      ({ name, restartPolicy }) => name === init.name && restartPolicy === 'Always',
    );
    if (init.state?.terminated?.exitCode === 0 || (sidecar && init.state?.running)) continue;
    const field = `status.initContainerStatuses[${index}].state`;
    // Later init containers wait for this one: its state is the reason.
    return [stateProblem(init, field) ?? ['initialising', field, 'running', { container: init.name }]];
  }
  if (!status.containerStatuses?.length) {
    if (status.phase === 'Pending')
      return [['not-started', 'status.containerStatuses', 'Pending', { node: spec.nodeName ?? '' }]];
    return [['phase', 'status.phase', status.phase ?? 'Unknown', { detail: suffix(status.message) }]];
  }
  const problems = status.containerStatuses.flatMap((container, index): Problem[] => {
    const path = `status.containerStatuses[${index}]`;
    const problem = stateProblem(container, `${path}.state`);
    if (problem) return [problem];
    const { name, restartCount, lastState } = container;
    if (!lastState?.terminated || !isLooping(container, isReady(pod), now)) return [];
    const found = `${ending(lastState.terminated)}, ${count(restartCount, 'restart')}`;
    return [['looping', `${path}.lastState.terminated`, found, { container: name }]];
  });
  if (problems.length > 0 || status.phase === 'Running') return problems;
  return [['phase', 'status.phase', status.phase ?? 'Unknown', { detail: suffix(status.message) }]];
}

/** A container's state in the kubelet's own words; undefined when it runs. */
function stateProblem({ name, state, lastState }: ContainerStatus, field: string): Problem | undefined {
  if (state?.running) return undefined;
  if (state?.terminated) {
    const { terminated } = state;
    return [
      'terminated',
      `${field}.terminated`,
      ending(terminated),
      { container: name, detail: suffix(terminated.message) },
    ];
  }
  const { reason = 'no reason given', message } = state?.waiting ?? {};
  const last = lastState?.terminated ? `; it last ended with ${ending(lastState.terminated)}` : '';
  return ['waiting', `${field}.waiting`, reason, { container: name, detail: `${suffix(message)}${last}` }];
}

/** The kubelet's own words for a back-off name container, pod and uid, which the sentence has already. */
const BACK_OFF = /^(back-off \S+) restarting failed container=\S+ pod=\S+$/;

function suffix(message: string | undefined): string {
  return message ? `: ${message.replace(BACK_OFF, '$1')}` : '';
}
