import { change, show } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import type { NodeRoom } from '../../evidence/deep-facts.js';
import type { Pod } from '../../evidence/objects.js';
import { keptOffBy } from '../../kube/taints.js';
import { kubectl } from '../../rule/command.js';
import { NODES_SHOWN, noNodeCause } from './_unscheduled.js';

/** Taints that Kubernetes sets and takes away itself. */
const OWN = 'node.kubernetes.io/';

export default noNodeCause({
  id: 'scheduling/untolerated-taint',
  title: 'The nodes have taints that the pod does not tolerate',
  why: 'a taint keeps pods away that do not tolerate it; Kubernetes itself taints nodes that are not ready or short of something',
  seen: 'PodScheduled is False: had untolerated taint',
  remedy: 'fix what the taint stands for, remove it, or give the pod a toleration',
  explains: ['cluster/nodes-ready'],
  what({ reason, nodes, pod }) {
    // `{key: value}`; since Kubernetes 1.34 the scheduler may name none.
    const named = /\{([^}]*)\}/.exec(reason.text)?.[1]?.replace(/:\s*$/, '').trim();
    const taint = named === undefined || named === '' ? taintsOf(nodes, pod)[0]?.key : named;
    const what = 'the nodes have a taint that the pod does not tolerate';
    return taint === undefined ? `${what}; the scheduler does not name it` : `${what}: ${taint}`;
  },
  shows: ({ nodes, pod }) =>
    taintsOf(nodes, pod)
      .slice(0, NODES_SHOWN)
      .map(({ node, key, value, effect }) =>
        field({ kind: 'Node', name: node }, 'spec.taints', `${key}${value ? `=${value}` : ''}:${effect}`),
      ),
  fix({ nodes, pod }, { context }) {
    const [first] = taintsOf(nodes, pod);
    if (first === undefined)
      return [show(context, 'See which taints the nodes have.', 'describe nodes', null)];
    const { node, key, effect } = first;
    return [
      key.startsWith(OWN)
        ? show(
            context,
            'Kubernetes set the taint because of the node’s state: fix that.',
            `describe node ${node}`,
            null,
          )
        : change(
            'Remove the taint, or give the pod template a toleration for it.',
            kubectl(context, `taint node ${node} ${key}:${effect}-`, null),
          ),
    ];
  },
});

/** The scheduler counts for each node the first one that the pod does not tolerate. */
function taintsOf(nodes: readonly NodeRoom[], { spec }: Pod) {
  return nodes.flatMap(({ node, taints }) =>
    keptOffBy(taints, spec.tolerations).map((taint) => ({ node, ...taint })),
  );
}
