import { looksLocal } from '../../kube/image-reference.js';
import { load, pullCause, registryOf, rename } from './_pull.js';

export default pullCause({
  id: 'image/registry-unreachable',
  title: 'The node cannot reach the registry',
  why: 'an image that is not on the node must be pulled, which takes a way from the node to the registry',
  seen: 'ErrImagePull or ImagePullBackOff: no such host, i/o timeout, connection refused',
  remedy: 'fix the node’s network or DNS, or load the image into the node',
  what: ({ image }) =>
    `the node cannot reach ${registryOf(image)} to pull image ${image}, which it does not have.`,
  fix: (pull, look) =>
    looksLocal(pull.image)
      ? [load(pull, look), rename(pull, look)]
      : [load(pull, look, 'Fix the node’s way to the registry (DNS, proxy, firewall), or load the image.')],
});
