import { patchFields } from '../../fixes/commands.js';
import { inTemplate, show } from '../../fixes/described.js';
import { DEFAULT_SCHEDULER, unscheduledOf } from '../../computed/unscheduled.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';
import { NOT_RUNNING } from '../not-running.js';

export default cause({
  id: 'scheduling/no-scheduler',
  topic: 'pods',
  title: 'No scheduler looks at the pod',
  severity: 'error',
  why: 'the pod names a scheduler of its own, and as long as none of that name runs, the pod stays without a node and without an event',
  seen: 'spec.schedulerName is not default-scheduler, the pod has no node, no condition PodScheduled and no event',
  remedy: 'take schedulerName out of the pod template, or run a scheduler of that name',
  explains: ['evidence/unreadable', ...NOT_RUNNING],
  reads: ['pods'],
  consults: ['events', 'pods'],
  judge({ pods }, look) {
    const { context } = look;
    return unscheduledOf(pods, look).flatMap((each): Told[] => {
      if (each.means !== 'scheduling/no-scheduler') return [];
      const { name } = each.pod.metadata;
      const { scheduler } = each;
      const object = podRef(context.target, name);
      return [
        {
          // One that is busy, or was started a moment ago, is as silent.
          verdict: 'likely',
          object,
          pods: [name],
          summary: `{pods}: the pod waits for scheduler ${scheduler}, which has not said a word about it.`,
          evidence: [field(object, 'spec.schedulerName', scheduler)],
          fix: [
            inTemplate(
              context,
              'Leave the pods to the cluster’s own scheduler.',
              patchFields('deployment', context.target.names.deployment, {
                spec: { template: { spec: { schedulerName: DEFAULT_SCHEDULER } } },
              }),
            ),
            show(
              context,
              'Or see whether such a scheduler runs.',
              `get pods -A | grep -i ${scheduler}`,
              null,
            ),
          ],
          wouldConfirm: `that no pod of the cluster runs a scheduler called ${scheduler}`,
        },
      ];
    });
  },
});
