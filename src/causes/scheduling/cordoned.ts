import { change, show } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { kubectl } from '../../rule/command.js';
import { NODES_SHOWN, noNodeCause, type NoNode } from './_unscheduled.js';

export default noNodeCause({
  id: 'scheduling/cordoned',
  title: 'The node is cordoned',
  why: 'a cordoned node takes no new pods; those that it has go on running',
  seen: 'PodScheduled is False: were unschedulable; the node’s spec.unschedulable is true',
  remedy: 'kubectl uncordon',
  explains: ['cluster/nodes-ready'],
  what(none) {
    const names = cordoned(none);
    if (names.length === 1) return `node ${names.join('')} is cordoned and takes no new pods`;
    return `${names.length > 0 ? `nodes ${names.join(', ')}` : 'the nodes'} are cordoned and take no new pods`;
  },
  shows: (none) =>
    cordoned(none)
      .slice(0, NODES_SHOWN)
      .map((name) => field({ kind: 'Node', name }, 'spec.unschedulable', 'true')),
  fix(none, { context }) {
    const [first] = cordoned(none);
    return [
      first === undefined
        ? show(context, 'See which nodes are cordoned.', 'get nodes', null)
        : change('Let it take pods again.', kubectl(context, `uncordon ${first}`, null)),
    ];
  },
});

function cordoned({ nodes }: NoNode): string[] {
  return nodes.filter(({ unschedulable }) => unschedulable).map(({ node }) => node);
}
