import { patchFields } from '../../fixes/commands.js';
import { podRef } from '../../rule/object-ref.js';
import { isYoung } from '../../computed/own-time.js';
import { inTemplate } from '../../fixes/described.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { field } from '../../rule/seen.js';
import type { Pod } from '../../evidence/objects.js';
import { readyCondition } from '../../kube/pod-state.js';
import { cause, type Told } from '../../rule/cause.js';
import { NOT_RUNNING } from '../not-running.js';

export default cause({
  id: 'pods/readiness-gate',
  topic: 'pods',
  title: 'The pod waits for a readiness gate that nobody sets',
  severity: 'error',
  why: 'a pod with readiness gates is ready when its containers are, and another controller has set each gate’s condition to True',
  seen: 'Ready is False with reason ReadinessGatesNotReady, while all containers of the pod are ready',
  remedy: 'see why the controller behind the gate does not set it, or take the gate out of the pod template',
  explains: NOT_RUNNING,
  reads: ['pods'],
  judge({ pods }, look) {
    const { context } = look;
    return podsToJudge(pods, look).flatMap((pod): Told[] => {
      const ready = readyCondition(pod);
      if (ready?.reason !== 'ReadinessGatesNotReady' || isYoung(pod, context)) return [];
      const { name } = pod.metadata;
      const object = podRef(context.target, name);
      const closed = closedGates(pod);
      const gates = closed.length === 0 ? 'a readiness gate' : closed.join(', ');
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: all containers are ready, and the pod waits for ${gates}, which no controller has set to True.`,
          evidence: [
            field(object, 'spec.readinessGates', gates),
            field(
              object,
              "status.conditions[type='Ready']",
              ready.message ?? ready.reason,
              ready.lastTransitionTime,
            ),
          ],
          fix: [
            inTemplate(
              context,
              'Take the gate out of the pod template, unless a controller is to set it.',
              patchFields('deployment', context.target.names.deployment, {
                spec: { template: { spec: { readinessGates: null } } },
              }),
            ),
          ],
          ruledOut: ['readiness probe'],
        },
      ];
    });
  },
});

/** The conditions that its gates name and that are not True. */
function closedGates({ spec, status = {} }: Pod): string[] {
  const met = new Set(
    (status.conditions ?? []).flatMap(({ type, status: value }) => (value === 'True' ? [type] : [])),
  );
  return (spec.readinessGates ?? [])
    .map(({ conditionType }) => conditionType)
    .filter((type) => !met.has(type));
}
