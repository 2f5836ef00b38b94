import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { show } from '../../fixes/described.js';
import { unscheduledOf } from '../../computed/unscheduled.js';
import { cause, type Told } from '../../rule/cause.js';
import { NOT_RUNNING } from '../not-running.js';

export default cause({
  id: 'scheduling/other',
  topic: 'pods',
  title: 'The scheduler finds no node for the pod',
  severity: 'error',
  why: 'a pod that is on no node does not run; the scheduler’s own words say what is in the way',
  seen: 'PodScheduled is False, in words that fit none of the known reasons',
  remedy: 'do what the message says',
  explains: NOT_RUNNING,
  reads: ['pods'],
  consults: ['events', 'pods'],
  judge: ({ pods }, look) =>
    unscheduledOf(pods, look)
      .filter(({ means }) => means === 'scheduling/other')
      .map(({ pod: { metadata }, message, event }): Told => {
        const { context } = look;
        const object = podRef(context.target, metadata.name);
        return {
          verdict: 'confirmed',
          object,
          pods: [metadata.name],
          summary: `{pods}: the scheduler finds no node for the pod: ${message.replace(/\.$/, '')}.`,
          evidence: [
            field(object, "status.conditions[type='PodScheduled'].message", message),
            ...(event ? [eventItem(event, context.target)] : []),
          ],
          fix: [show(context, 'See its events.', `describe pod ${metadata.name}`)],
        };
      }),
});
