import { load, pullCause, rename } from './_pull.js';

export default pullCause({
  id: 'image/never-pull-missing',
  title: 'The image is not on the node, and pulling it is forbidden',
  why: 'with pull policy Never the kubelet runs only what was loaded into the node before',
  seen: 'ErrImageNeverPull: is not present with pull policy of Never',
  remedy: 'minikube image load, with the right profile',
  what: ({ image }) =>
    `image ${image} is not on the node, and with pull policy Never the kubelet does not look elsewhere.`,
  fix: (pull, look) => [load(pull, look), ...(pull.tags.length > 0 ? [rename(pull, look)] : [])],
});
