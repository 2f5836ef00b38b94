import { shorten } from '../../rule/seen.js';
import { show } from '../../fixes/described.js';
import { obstacleCause } from '../obstacle.js';

export default obstacleCause({
  id: 'node/sandbox-failed',
  title: 'The node cannot make the pod’s sandbox',
  why: 'before any container runs, the runtime makes the pod’s network; a fault of the node or its network plug-in ends there',
  seen: 'event FailedCreatePodSandBox',
  remedy: 'fix the node’s network plug-in or container runtime; with Minikube, restart it',
  what: ({ message = '' }) =>
    `the node cannot make its sandbox, the network that its containers share${message.trim() === '' ? '' : `: ${shorten(message).replace(/[.]$/, '')}`}`,
  fix: ({ spec }, { context }) => [
    show(
      context,
      'See what is wrong with the node’s network plug-in.',
      `describe node ${spec.nodeName ?? ''}`.trim(),
      null,
    ),
  ],
});
