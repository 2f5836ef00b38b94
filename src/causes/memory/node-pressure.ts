import { count } from '../../count.js';
import { podSelector } from '../../fixes/commands.js';
import { hasEndedLately } from '../../computed/ended-pods.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { evictedForMemory, evictionOf } from '../../computed/memory.js';
import { isReady } from '../../kube/pod-state.js';
import { podsOn } from '../../computed/pods-on.js';
import { CRASHING } from '../not-running.js';
import { run, show } from '../../fixes/described.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';

export default cause({
  id: 'memory/node-pressure',
  topic: 'memory',
  title: 'The node ran out of memory and evicted pods',
  severity: 'error',
  why: 'the kubelet evicts pods when the node itself is short of memory, however far they are from their own limits',
  seen: 'pod status.reason Evicted, its condition DisruptionTarget with reason TerminationByKubelet, or node condition MemoryPressure',
  remedy:
    'give the node more memory, move what uses it elsewhere, or raise the backend’s memory request so that others are evicted first',
  explains: ['pods/evicted', 'cluster/nodes-ready', 'scheduling/untolerated-taint', ...CRASHING],
  reads: ['pods'],
  consults: ['nodes'],
  judge({ pods }, { context, maybe, options }) {
    const evicted = evictedForMemory(pods);
    const nodes = maybe('nodes');
    const pressed = (nodes.ok ? nodes.value : []).flatMap(({ metadata, status }) => {
      const condition = status?.conditions?.find(({ type }) => type === 'MemoryPressure');
      return condition?.status === 'True' ? [[metadata.name, condition] as const] : [];
    });
    const conditions = new Map(pressed);
    const names = new Set([...conditions.keys(), ...evicted.flatMap(({ spec }) => spec.nodeName ?? [])]);
    const isServing = podsToJudge(pods, { options }).every(isReady);
    return [...names].map((name): Told => {
      const object = { kind: 'Node', name };
      const condition = conditions.get(name);
      const gone = podsOn(evicted, name);
      const words =
        gone.length > 0 ? `, and the kubelet evicted ${count(gone.length, 'pod')} of the backend` : '';
      const pressure = condition && [condition.status, condition.message].filter(Boolean).join(': ');
      const isPast =
        nodes.ok &&
        condition === undefined &&
        isServing &&
        !gone.some((pod) => hasEndedLately(pod, context.now));
      return {
        ...(isPast && { severity: 'warning', past: true }),
        verdict: 'confirmed',
        object,
        summary: `Node ${name} ${condition ? 'is' : 'was'} short of memory${words}: it is the node that is full, not the container.`,
        evidence: [
          ...(pressure === undefined
            ? []
            : [
                field(
                  object,
                  "status.conditions[type='MemoryPressure']",
                  pressure,
                  condition?.lastTransitionTime,
                ),
              ]),
          ...gone
            .slice(0, 2)
            .map((pod) =>
              field(
                podRef(context.target, pod.metadata.name),
                'status.message',
                evictionOf(pod) || 'Evicted',
              ),
            ),
        ],
        fix: [
          show(
            context,
            'See what uses the node’s memory, and move it elsewhere or limit it.',
            `describe node ${name}`,
            null,
          ),
          ...(gone.length > 0
            ? [
                run(
                  context,
                  'Then remove what the eviction left behind.',
                  `delete pods --field-selector=status.phase=Failed -l ${podSelector(context)}`,
                ),
              ]
            : []),
        ],
        ruledOut: ['the container’s own limit'],
      };
    });
  },
});
