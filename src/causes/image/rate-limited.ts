import { load, pullCause, registryOf } from './_pull.js';

export default pullCause({
  id: 'image/rate-limited',
  title: 'The registry’s pull limit is used up',
  why: 'registries limit anonymous pulls by address; it goes on when the time window has passed',
  seen: 'ErrImagePull or ImagePullBackOff: toomanyrequests',
  remedy: 'wait, pull with an account, or load the image into the node',
  what: ({ image }) => `${registryOf(image)} refuses further pulls from this address for a while.`,
  fix: (pull, look) => [load(pull, look, 'Load the image into the node instead.')],
});
