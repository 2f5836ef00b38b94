import { podRef } from '../../checks/shared.js';
import { CRASHING } from '../../diagnoses/causes/crash.js';
import { advise, show } from '../../diagnoses/fixes.js';
import { called } from '../../diagnoses/look.js';
import { parseConfigProblem } from '../../diagnoses/parse/container-config.js';
import { stagesOf, standingAt } from '../../diagnoses/pods/stage.js';
import { eventItem, eventsAbout, field, shorten } from '../../diagnoses/seen.js';
import { cause, type Told } from '../../rule/cause.js';

/** The program to start, and not what surrounds it. */
const OF_COMMAND = /\bexec: |executable file not found|exec format error/;

export default cause({
  id: 'container/cannot-be-made',
  topic: 'pods',
  title: 'The node cannot make the container',
  severity: 'error',
  why: 'the image is there, and something that the pod template demands of the node is not: a seccomp or AppArmor profile, a device, a path to mount',
  seen: 'CreateContainerError or RunContainerError, with the runtime’s words',
  remedy: 'give the node what the message names, or take the demand out of the pod template',
  explains: CRASHING,
  reads: ['pods'],
  consults: ['events'],
  judge({ pods }, look) {
    const { context, maybe, options } = look;
    const events = maybe('events');
    return standingAt(stagesOf(pods, look), 'config')
      .filter(
        ({ reason, message }) =>
          reason !== 'PostStartHookError' && !parseConfigProblem(message) && !OF_COMMAND.test(message),
      )
      .map(({ pod, container, reason, message }): Told => {
        const { name } = pod.metadata;
        const object = podRef(context.target, name);
        const [event] = events.ok ? eventsAbout(events.value, pod.metadata, ['Failed'], options) : [];
        const words = message === '' ? (event?.message ?? reason) : message;
        const isProfile = /seccomp|apparmor/i.test(words);
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
            advise(
              isProfile
                ? 'Put the profile onto every node, or use one that each node has: seccompProfile type RuntimeDefault.'
                : 'Give the node what the message names, or take the demand out of the pod template.',
            ),
            show(context, 'See what the kubelet says.', `describe pod ${name}`),
          ],
        };
      });
  },
});
