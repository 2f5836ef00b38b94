import { advise, show } from '../../fixes/described.js';
import { noNodeCause } from './_unscheduled.js';

export default noNodeCause({
  id: 'scheduling/pod-affinity',
  title: 'Rules about other pods leave no node for the pod',
  why: 'a required pod anti-affinity or topology spread lets each node take only so many of the pods; the new pod of a rollout needs a place beside the old ones, too',
  seen: 'PodScheduled is False: didn’t match pod anti-affinity rules, or pod topology spread constraints',
  remedy:
    'prefer the rule in place of requiring it (preferredDuringSchedulingIgnoredDuringExecution, whenUnsatisfiable: ScheduleAnyway), or add a node',
  what: ({ reason }) => `its rules about other pods leave no node for it: ${reason.text}`,
  fix: (_, { context }) => [
    show(
      context,
      'See which rules the pod template has.',
      `get deployment ${context.target.names.deployment} -o jsonpath='{.spec.template.spec.affinity}{.spec.template.spec.topologySpreadConstraints}'`,
    ),
    advise(
      'Prefer the rule in place of requiring it (preferredDuringSchedulingIgnoredDuringExecution, whenUnsatisfiable: ScheduleAnyway), or add a node.',
    ),
  ],
});
