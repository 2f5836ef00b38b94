import { podRef } from '../../rule/object-ref.js';
import { eventItem, field, shorten } from '../../rule/seen.js';
import { eventsAbout } from '../../computed/events-of.js';
import type { Look } from '../../rule/look.js';
import { advise, show } from '../../fixes/described.js';
import { called } from '../../computed/judged-pods.js';
import { END_CONSULTS } from '../../computed/container-ends.js';
import { obstaclesOf, unmadeOf } from '../../computed/unmade.js';
import type { Pod } from '../../evidence/objects.js';
import { cause, type Told } from '../../rule/cause.js';
import { OF_PROFILE } from '../../vocabulary/kubelet.js';
import { adviceOf, startWords, toldOfEnds } from '../crashed.js';
import { CRASHING } from '../not-running.js';

const ID = 'container/cannot-be-made';
const REMEDY = 'give the node what the message names, or take the demand out of the pod template';

export default cause({
  id: ID,
  topic: 'pods',
  title: 'The node cannot make the container',
  severity: 'error',
  why: 'the image is there, and something that the pod template demands of the node is not: a seccomp or AppArmor profile, a device, a path to mount',
  seen: 'CreateContainerError or RunContainerError, with the runtime’s words',
  remedy: REMEDY,
  explains: CRASHING,
  reads: ['pods'],
  consults: END_CONSULTS,
  judge: ({ pods }, look) => [
    ...waiting(pods, look),
    ...warned(pods, look),
    ...toldOfEnds(
      ID,
      {
        what: (end) => `the node cannot make ${called(end.container)}${startWords(end)}`,
        fix: () => [adviceOf(REMEDY)],
      },
      pods,
      look,
    ),
  ],
});

/** By an event whose reason is not known: what it says is told, and that it is in the way is what it looks like. */
function warned(pods: readonly Pod[], look: Look<'events'>): Told[] {
  const { context } = look;
  return obstaclesOf(pods, look).flatMap((obstacle): Told[] => {
    if (obstacle.means !== ID) return [];
    const { pod, event } = obstacle;
    const { name } = pod.metadata;
    const words = shorten(event.message ?? '').replace(/[.]$/, '');
    return [
      {
        verdict: 'likely',
        object: podRef(context.target, name),
        pods: [name],
        summary: `{pods}: the node has not made its containers, and says ${event.reason ?? 'nothing'}${words === '' ? '' : `: ${words}`}.`,
        evidence: [eventItem(event, context.target)],
        fix: [show(context, 'See what the kubelet says.', `describe pod ${name}`)],
        wouldConfirm: 'the warning comes again, and the pod is not made',
      },
    ];
  });
}

function waiting(pods: readonly Pod[], look: Look<'events'>): Told[] {
  const { context, maybe, options } = look;
  const events = maybe('events');
  return unmadeOf(pods, look)
    .filter(({ means }) => means === ID)
    .map(({ pod, container, reason, message }): Told => {
      const { name } = pod.metadata;
      const object = podRef(context.target, name);
      const [event] = events.ok ? eventsAbout(events.value, pod.metadata, ['Failed'], options) : [];
      const words = message === '' ? (event?.message ?? reason) : message;
      return {
        verdict: 'confirmed',
        object,
        pods: [name],
        summary: `{pods}: the node cannot make ${called(container)}: ${shorten(words).replace(/[.]$/, '')}.`,
        evidence: [
          field(object, `${container.path}.state.waiting`, `${reason}: ${message}`),
          ...(event ? [eventItem(event, context.target)] : []),
        ],
        fix: [
          OF_PROFILE.says.test(words)
            ? advise(
                'Put the profile onto every node, or use one that each node has: seccompProfile type RuntimeDefault.',
              )
            : adviceOf(REMEDY),
          show(context, 'See what the kubelet says.', `describe pod ${name}`),
        ],
      };
    });
}
