import { run } from '../../fixes/described.js';
import { pullCause, registryOf, rename } from './_pull.js';

export default pullCause({
  id: 'image/pull-denied',
  title: 'The registry refuses to give the image',
  why: 'a registry answers alike for an image that is private and for one that does not exist',
  seen: 'ErrImagePull or ImagePullBackOff: pull access denied, insufficient_scope, 403',
  remedy: 'give the pod an imagePullSecret that may read the repository, or correct the name',
  what: ({ image }) => `the registry refuses to give image ${image}: it is private, or it does not exist.`,
  fix: (pull, look) => [
    run(
      look.context,
      'Give the pods an account that may pull it, then name it in imagePullSecrets.',
      `create secret docker-registry registry-account --docker-server=${registryOf(pull.image)} --docker-username="\${REGISTRY_USER:?}" --docker-password="\${REGISTRY_PASSWORD:?}"`,
    ),
    rename(pull, look),
  ],
});
