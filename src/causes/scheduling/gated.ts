import { patchFields, podRef } from '../../checks/shared.js';
import { inTemplate } from '../../diagnoses/fixes.js';
import { podsToJudge } from '../../diagnoses/look.js';
import { field } from '../../diagnoses/seen.js';
import { NOT_RUNNING } from '../../diagnoses/causes/pods.js';
import { cause, type Told } from '../../rule/cause.js';

export default cause({
  id: 'scheduling/gated',
  topic: 'pods',
  title: 'The pod has a scheduling gate that nobody opens',
  severity: 'error',
  why: 'the scheduler does not look at a pod before whoever put the gate there has taken it away',
  seen: 'PodScheduled is False with reason SchedulingGated, and spec.schedulingGates names the gate',
  remedy: 'see why the controller behind the gate does not open it, or take the gate out of the pod template',
  explains: NOT_RUNNING,
  reads: ['pods'],
  judge({ pods }, look) {
    const { context } = look;
    return podsToJudge(pods, look).flatMap(({ metadata, spec, status }): Told[] => {
      const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
      const gates = (spec.schedulingGates ?? []).map(({ name }) => name);
      if (condition?.reason !== 'SchedulingGated' || gates.length === 0) return [];
      const object = podRef(context.target, metadata.name);
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [metadata.name],
          summary: `{pods}: the scheduler waits for scheduling gate ${gates.join(', ')} to be opened.`,
          evidence: [
            field(object, 'spec.schedulingGates', gates.join(', ')),
            field(
              object,
              "status.conditions[type='PodScheduled']",
              condition.message ?? 'SchedulingGated',
              condition.lastTransitionTime,
            ),
          ],
          fix: [
            inTemplate(
              context,
              'Take the gate out of the pod template, unless something is to open it.',
              patchFields('deployment', context.target.names.deployment, {
                spec: { template: { spec: { schedulingGates: null } } },
              }),
            ),
          ],
        },
      ];
    });
  },
});
