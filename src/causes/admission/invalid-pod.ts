import { advise, setValues } from '../../fixes/described.js';
import type { ReplicaSet } from '../../evidence/objects.js';
import { containerName } from '../../contract/target.js';
import type { CheckContext } from '../../rule/context.js';
import type { Fix } from '../../rule/diagnosis.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/invalid-pod',
  means: 'invalid-pod',
  title: 'The pod is not valid',
  why: 'the pod template was accepted, but the pod that is made of it breaks a rule of the API',
  seen: 'ReplicaSet event FailedCreate: Pod … is invalid',
  remedy:
    'correct the field that the message names in the pod template, or what changes pods on their way in',
  what: ({ detail }) => `the pod is not valid: ${detail.replace(/\.$/, '')}`,
  fix: ({ replicaSet }, { context }) => [
    ...blankInImage(replicaSet, context),
    advise(
      'Correct that field in the pod template. Where the template is right, a LimitRange or a webhook changes the pod on its way in.',
    ),
  ],
});

/** A blank before or after an image's name is not seen on any screen. */
function blankInImage({ spec }: ReplicaSet, context: CheckContext): Fix[] {
  const name = containerName(context);
  const image = spec.template?.spec.containers.find((each) => each.name === name)?.image ?? '';
  const [, repository, tag] = /^(\S+?)(?::([^:/@]+))?$/.exec(image.trim()) ?? [];
  if (image === image.trim() || repository === undefined) return [];
  return [
    setValues(
      context,
      'Write the image’s name without the blank.',
      [
        `backend.image.repository=${repository}`,
        `backend.image.tag=${tag ?? context.contract.backend.image.tag}`,
      ],
      `set image deployment/${context.target.names.deployment} ${name}=${image.trim()}`,
    ),
  ];
}
