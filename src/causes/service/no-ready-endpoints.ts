import { few } from '../../count.js';
import { count } from '../../count.js';
import { see } from '../../fixes/described.js';
import { isStarting, isYoung } from '../../computed/own-time.js';
import { podRef, serviceRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { isActive, isReady, readyCondition } from '../../kube/pod-state.js';
import { cause } from '../../rule/cause.js';
import { todoK8s } from '../../rule/command.js';
import { UNREACHED } from './_unreached.js';

export default cause({
  id: 'service/no-ready-endpoints',
  topic: 'service',
  title: 'No pod of the Service is ready',
  severity: 'error',
  why: 'a Service leads to ready pods only; without one the connection is refused',
  seen: 'the Service’s endpoints: all are not ready, or there are none',
  remedy: 'see why the pods are not ready: todo-k8s doctor health',
  explains: UNREACHED,
  reads: ['endpoints', 'pods', 'service'],
  judge({ endpoints: { addresses, source }, pods, service }, { context }) {
    const live = pods.filter(isActive);
    const isServed = addresses.some(({ ready, terminating }) => ready && !terminating) || live.some(isReady);
    // What has just begun says nothing of what will come of it.
    const isBeginning =
      live.length > 0 && live.every((pod) => isStarting(pod, context) || isYoung(pod, context));
    if (!service || isServed || isBeginning) return [];
    const object = serviceRef(context.target);
    const names = live.map(({ metadata }) => metadata.name);
    const why =
      live.length === 0
        ? 'there is no pod'
        : `none of ${count(live.length, 'pod')} is ready${live.length === 1 ? '' : `: ${few(names)}`}`;
    return [
      {
        verdict: 'confirmed',
        object,
        pods: names,
        summary: `Service ${object.name} selects the right pods, and ${why}: connections are refused.`,
        evidence: [
          field(object, source, `${addresses.length} addresses, none of them ready`),
          ...live.slice(0, 2).map((pod) => {
            const { status = 'absent', reason, lastTransitionTime } = readyCondition(pod) ?? {};
            return field(
              podRef(context.target, pod.metadata.name),
              "status.conditions[type='Ready']",
              [status, reason].filter(Boolean).join(', '),
              lastTransitionTime,
            );
          }),
        ],
        fix: [see('See why they are not ready.', todoK8s(context, 'doctor', 'health'))],
      },
    ];
  },
});
