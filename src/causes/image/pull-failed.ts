import { load, pullCause } from './_pull.js';

export default pullCause({
  id: 'image/pull-failed',
  title: 'The image cannot be pulled',
  why: 'without its image the container is never made; the runtime’s own words say what is in the way',
  seen: 'ErrImagePull or ImagePullBackOff, in words that fit none of the known reasons',
  remedy: 'do what the message says, or load the image into the node',
  explains: [],
  what: ({ image, words }) =>
    `image ${image} cannot be pulled: ${words.replace(/^:\s*/, '').replace(/\.$/, '')}.`,
  fix: (pull, look) => [load(pull, look)],
});
