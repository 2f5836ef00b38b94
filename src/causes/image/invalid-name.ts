import { pullCause, rename } from './_pull.js';

export default pullCause({
  id: 'image/invalid-name',
  title: 'The image’s name is not a valid reference',
  why: 'the kubelet does not even try to pull a name that no image can have, such as one with capitals',
  seen: 'InvalidImageName',
  remedy: 'correct backend.image.repository and backend.image.tag',
  what: ({ image }) =>
    `“${image}” is not a name that an image can have: repositories are in lower case, without spaces.`,
  fix: (pull, look) => [rename(pull, look)],
});
