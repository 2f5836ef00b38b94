import { show } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { NODES_SHOWN, noNodeCause } from './_unscheduled.js';

export default noNodeCause({
  id: 'scheduling/too-many-pods',
  title: 'The node runs as many pods as it may',
  why: 'a kubelet takes no more pods than its --max-pods, 110 unless set',
  seen: 'PodScheduled is False: Too many pods',
  remedy: 'remove pods, add a node, or raise the kubelet’s maxPods',
  what: () => 'the node already runs as many pods as it may',
  shows: ({ nodes }) =>
    nodes
      .slice(0, NODES_SHOWN)
      .map(({ node, allocatable, requested }) =>
        field(
          { kind: 'Node', name: node },
          'status.allocatable.pods',
          `${allocatable.pods}, ${requested?.pods ?? '?'} in use`,
        ),
      ),
  fix: (_, { context }) => [show(context, 'See which pods can go.', 'get pods -A -o wide', null)],
});
