import { patchFields, podRef } from '../../checks/shared.js';
import { inTemplate, show } from '../../diagnoses/fixes.js';
import { podsToJudge } from '../../diagnoses/look.js';
import { eventsAbout, field } from '../../diagnoses/seen.js';
import { NOT_RUNNING } from '../../diagnoses/causes/pods.js';
import { cause, type Told } from '../../rule/cause.js';

const DEFAULT = 'default-scheduler';

/** Seconds that a scheduler may take for its first word. */
const GRACE_SECONDS = 5;

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
  consults: ['events'],
  judge({ pods }, look) {
    const { context, maybe, options } = look;
    const events = maybe('events');
    if (!events.ok) return [];
    return podsToJudge(pods, look).flatMap(({ metadata, spec, status }): Told[] => {
      const { schedulerName = DEFAULT } = spec;
      const isSilent =
        !status?.conditions?.some(({ type }) => type === 'PodScheduled') &&
        eventsAbout(events.value, metadata, ['FailedScheduling', 'Scheduled'], options).length === 0;
      const age = (context.now - Date.parse(metadata.creationTimestamp ?? '')) / 1000;
      if (schedulerName === DEFAULT || spec.nodeName !== undefined || !isSilent || !(age >= GRACE_SECONDS))
        return [];
      const object = podRef(context.target, metadata.name);
      return [
        {
          // One that is busy, or was started a moment ago, is as silent.
          verdict: 'likely',
          object,
          pods: [metadata.name],
          summary: `{pods}: the pod waits for scheduler ${schedulerName}, which has not said a word about it.`,
          evidence: [field(object, 'spec.schedulerName', schedulerName)],
          fix: [
            inTemplate(
              context,
              'Leave the pods to the cluster’s own scheduler.',
              patchFields('deployment', context.target.names.deployment, {
                spec: { template: { spec: { schedulerName: DEFAULT } } },
              }),
            ),
            show(
              context,
              'Or see whether such a scheduler runs.',
              `get pods -A | grep -i ${schedulerName}`,
              null,
            ),
          ],
          wouldConfirm: `that no pod of the cluster runs a scheduler called ${schedulerName}`,
        },
      ];
    });
  },
});
