import { preemptionBehind, preemptors, type Preemption } from '../../computed/preemption.js';
import { unscheduledOf } from '../../computed/unscheduled.js';
import type { Target } from '../../contract/target.js';
import { count } from '../../count.js';
import type { PriorityRoom } from '../../evidence/deep-facts.js';
import type { Pod } from '../../evidence/objects.js';
import { show } from '../../fixes/described.js';
import { requestsOfPod } from '../../kube/pod-requests.js';
import { cause, type Told } from '../../rule/cause.js';
import type { EvidenceItem, Fix } from '../../rule/diagnosis.js';
import type { Look } from '../../rule/look.js';
import { podRef } from '../../rule/object-ref.js';
import { eventItem, field, observed } from '../../rule/seen.js';
import { NOT_RUNNING } from '../not-running.js';
import { amount, lowerRequest } from './_room.js';

type PreemptedLook = Look<'events' | 'nodeRoom' | 'pods'>;

export default cause({
  id: 'scheduling/preempted',
  topic: 'pods',
  title: 'The scheduler gave the pod’s place to pods of a higher priority',
  severity: 'error',
  why: 'where no node has room, the scheduler removes pods of a lower priority for one of a higher; they come back only where there is room',
  seen: 'an event Preempted of a pod, or its condition DisruptionTarget with reason PreemptionByScheduler, and its successor on no node',
  remedy:
    'make room for both (another node, or lower requests), or give the backend a PriorityClass that is at least as high',
  explains: [
    'deployment/resources',
    'scheduling/insufficient-cpu',
    'scheduling/insufficient-memory',
    'scheduling/too-many-pods',
    ...NOT_RUNNING,
  ],
  reads: ['pods'],
  consults: ['events', 'nodeRoom', 'pods'],
  judge({ pods }, look) {
    const { context, maybe } = look;
    const [events, room, all] = [maybe('events'), maybe('nodeRoom'), maybe('pods')];
    const siblings = all.ok ? all.value : pods;
    const pending = [...new Set(unscheduledOf(pods, look).map(({ pod }) => pod))];
    return pending.flatMap((pod): Told[] => {
      const preemption = preemptionBehind(pod, siblings, events.ok ? events.value : undefined);
      if (preemption === undefined) return [];
      const above = preemptors(preemption, pod, room.ok ? room.value.nodes : []);
      const { name } = pod.metadata;
      return [
        {
          verdict: 'confirmed',
          object: podRef(context.target, name),
          pods: [name],
          summary: `{pods}: ${what(preemption, above)}.`,
          evidence: shows(preemption, above, pod, context.target),
          fix: fixes(preemption, above, pod, look),
        },
      ];
    });
  },
});

function what({ victim, node, by }: Preemption, above: readonly PriorityRoom[]): string {
  const where = node === undefined ? '' : ` from node ${node}`;
  const who = above.some(({ newest }) => newest.uid === by || `${newest.namespace}/${newest.name}` === by)
    ? `pod ${nameOf(above)}, whose priority is higher (${above.map(priorityOf).join(', ')})`
    : above.length > 0
      ? `a pod of a higher priority (${above.map(priorityOf).join(', ')})`
      : 'a pod of a higher priority';
  return `the scheduler removed ${victim}${where} to make room for ${who}, and no node has room left for the pod that replaces it`;
}

function nameOf([first]: readonly PriorityRoom[]): string {
  return `${first?.newest.namespace}/${first?.newest.name}`;
}

function priorityOf({ className, priority }: PriorityRoom): string {
  return className === undefined ? `${priority}` : `${className}, ${priority}`;
}

function shows(
  { shown, victim, node, at }: Preemption,
  above: readonly PriorityRoom[],
  pod: Pod,
  target: Target,
): EvidenceItem[] {
  const { priority = 0, priorityClassName } = pod.spec;
  const own = priorityClassName === undefined ? `${priority}` : `${priorityClassName}, ${priority}`;
  return [
    'involvedObject' in shown
      ? eventItem(shown, target)
      : field(
          podRef(target, victim),
          "status.conditions[type='DisruptionTarget'].reason",
          'PreemptionByScheduler',
          at,
        ),
    field(podRef(target, pod.metadata.name), 'spec.priority', own),
    ...above.map((each) => {
      const { cpuMillis, memoryBytes, pods } = each.requested;
      const asked = `${amount('cpu', { cpuMillis, memoryBytes })} of CPU and ${amount('memory', { cpuMillis, memoryBytes })} of memory`;
      const value = `priority ${priorityOf(each)}: ${count(pods, 'pod')} requesting ${asked}`;
      return observed('requests on the node', { kind: 'Node', name: node ?? '' }, value);
    }),
  ];
}

function fixes(
  { node }: Preemption,
  above: readonly PriorityRoom[],
  pod: Pod,
  { context }: PreemptedLook,
): Fix[] {
  const { cpuMillis, memoryBytes } = requestsOfPod(pod.spec);
  const asked = `${amount('cpu', { cpuMillis, memoryBytes })} of CPU and ${amount('memory', { cpuMillis, memoryBytes })} of memory`;
  const highest = Math.max(...above.map(({ priority }) => priority));
  const enough = above.length === 0 ? 'that of the pod that took its place' : `${highest}`;
  return [
    ...lowerRequest('cpu', pod, context),
    ...lowerRequest('memory', pod, context),
    show(
      context,
      `Make room for ${asked}: remove or shrink what took it, or add a node.`,
      node === undefined ? 'describe nodes' : `describe node ${node}`,
      null,
    ),
    show(
      context,
      `To keep the place in future, set priorityClassName in the pod template to a class whose value is at least ${enough}.`,
      'get priorityclasses',
      null,
    ),
  ];
}
