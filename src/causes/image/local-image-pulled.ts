import { minikube } from '../../rule/command.js';
import { load, pullCause, usePolicy } from './_pull.js';

export default pullCause({
  id: 'image/local-image-pulled',
  title: 'A local image is looked for in a registry',
  why: 'an image that was built on this machine is in no registry: it must be loaded into the node, and must not be pulled each time',
  seen: 'a name without registry fails to be pulled: it was never loaded into the node, or its pull policy is Always (the default for :latest)',
  remedy: 'minikube image load, and backend.image.pullPolicy=IfNotPresent',
  what: ({ image, isOnNode, policy }) =>
    isOnNode
      ? `image ${image} is on the node, and yet it is looked for in a registry, because the pull policy is ${policy ?? 'Always'}.`
      : `image ${image} is not on the node, and its name says that it was built on this machine: no registry has it.`,
  fix: (pull, look) =>
    pull.isOnNode
      ? [usePolicy(look)]
      : [load(pull, look), ...(pull.policy === 'Always' ? [usePolicy(look)] : [])],
  wouldConfirm: (_, { context }) => `${minikube(context, 'image ls')} does not list it`,
});
