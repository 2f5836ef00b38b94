import { ending } from '../../kube/pod-state.js';
import { show } from '../../fixes/described.js';
import { crashCause } from '../crashed.js';

export default crashCause({
  id: 'node/restarted',
  severity: 'warning',
  title: 'The node, or its container runtime, was restarted under the container',
  why: 'the container ended with its node and was started again: nothing is wrong with the application, whose requests were cut off all the same',
  seen: 'reason Unknown with exit code 255 (containerd), or ContainerStatusUnknown (kubelet)',
  remedy:
    'see why the node was restarted; more than one node, and pods spread over them, keep the application up meanwhile',
  what: ({ ended }) =>
    `the container did not end by itself: its node does not know how it ended (${ending(ended)}), as after a restart of the node or of its container runtime`,
  fix: ({ pod: { spec } }, { context }) => [
    show(
      context,
      'See when the node was started, in its conditions and events.',
      `describe node ${spec.nodeName ?? ''}`.trim(),
      null,
    ),
  ],
  more: () => ({ wouldConfirm: 'other containers of the node have ended at the same time' }),
});
