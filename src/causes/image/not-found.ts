import { load, pullCause, rename } from './_pull.js';

export default pullCause({
  id: 'image/not-found',
  title: 'The image or its tag does not exist',
  why: 'the registry knows no such image, so there is nothing to run',
  seen: 'ErrImagePull or ImagePullBackOff: not found, manifest unknown; or other tags of the image are there, and this one is not',
  remedy: 'correct backend.image.repository and backend.image.tag',
  what: ({ image, verdict, tags }) =>
    verdict === 'confirmed'
      ? `the registry has no image ${image}.`
      : `image ${image} is neither on the node nor in a registry; of this repository the node has ${tags.map((tag) => `tag ${tag}`).join(', ')}.`,
  fix: (pull, look) => [rename(pull, look), ...(pull.verdict === 'likely' ? [load(pull, look)] : [])],
  wouldConfirm: ({ image }) => `docker image ls ${image}: was it ever built?`,
});
