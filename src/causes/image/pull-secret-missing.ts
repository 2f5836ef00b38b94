import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { eventsAbout } from '../../computed/events-of.js';
import { parseImage } from '../../kube/image-reference.js';
import { NOT_RUNNING } from '../not-running.js';
import { run } from '../../fixes/described.js';
import { imageProblem } from '../../computed/image-problem.js';
import { stagesOf, standingAt } from '../../computed/pod-stage.js';
import { word } from '../../rule/command.js';
import { cause, type Told } from '../../rule/cause.js';
import { PULL_SECRETS_MISSING } from '../../vocabulary/kubelet.js';

/** What a registry answers whom it does not know: a private image does not exist for strangers. */
const TO_STRANGERS: readonly (string | undefined)[] = ['pull-denied', 'not-found'];

export default cause({
  id: 'image/pull-secret-missing',
  topic: 'pods',
  title: 'The Secret with the registry’s account does not exist',
  severity: 'error',
  why: 'the pod template names it in imagePullSecrets; without it the node asks the registry as a stranger, who may not have a private image',
  seen: 'event FailedToRetrieveImagePullSecret, and a pull that the registry refuses',
  remedy: 'create the Secret in the namespace of the pods, or name one that is there',
  explains: ['image/pull-denied', 'image/not-found', ...NOT_RUNNING],
  reads: ['pods'],
  consults: ['events'],
  judge({ pods }, look) {
    const { context, maybe, options } = look;
    const events = maybe('events');
    if (!events.ok) return [];
    return standingAt(stagesOf(pods, look), 'image').flatMap(
      ({ pod, container, reason, message }): Told[] => {
        const { name } = pod.metadata;
        const [event] = eventsAbout(events.value, pod.metadata, ['FailedToRetrieveImagePullSecret'], options);
        const [missing] = PULL_SECRETS_MISSING.says.exec(event?.message ?? '')?.[1]?.split(', ') ?? [];
        const attempts = eventsAbout(events.value, pod.metadata, ['Failed'], options);
        const problems = [
          imageProblem(reason, message),
          ...attempts.map((each) => imageProblem('ErrImagePull', each.message ?? '')),
        ];
        if (!event || missing === undefined || !problems.some((each) => TO_STRANGERS.includes(each)))
          return [];
        const image = container.spec?.image ?? '';
        const registry = parseImage(image)?.repository.split('/')[0] ?? '';
        const object = podRef(context.target, name);
        return [
          {
            verdict: 'confirmed',
            object,
            pods: [name],
            summary: `{pods}: the registry refuses image ${image}, and Secret ${missing}, which the pod template names in imagePullSecrets, does not exist.`,
            evidence: [
              eventItem(event, context.target),
              field(object, `${container.path}.state.waiting`, `${reason}: ${message}`),
            ],
            fix: [
              run(
                context,
                'Create it, with the account in your shell’s variables REGISTRY_USER and REGISTRY_PASSWORD.',
                `create secret docker-registry ${word(missing)} --docker-server=${word(registry)} --docker-username="\${REGISTRY_USER:?}" --docker-password="\${REGISTRY_PASSWORD:?}"`,
              ),
            ],
          },
        ];
      },
    );
  },
});
