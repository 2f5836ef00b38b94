import { patchFields } from '../../fixes/commands.js';
import { inTemplate } from '../../fixes/described.js';
import { unscheduledOf } from '../../computed/unscheduled.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';
import { NOT_RUNNING } from '../not-running.js';

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
  consults: ['events', 'pods'],
  judge({ pods }, look) {
    const { context } = look;
    return unscheduledOf(pods, look).flatMap((each): Told[] => {
      if (each.means !== 'scheduling/gated') return [];
      const { name } = each.pod.metadata;
      const gates = each.gates.join(', ');
      const object = podRef(context.target, name);
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: the scheduler waits for scheduling gate ${gates} to be opened.`,
          evidence: [
            field(object, 'spec.schedulingGates', gates),
            field(
              object,
              "status.conditions[type='PodScheduled']",
              each.condition?.message ?? 'SchedulingGated',
              each.condition?.lastTransitionTime,
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
