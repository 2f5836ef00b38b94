import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { change, show } from '../../fixes/described.js';
import { kubectl } from '../../rule/command.js';
import { NODES_SHOWN, noNodeCause, type NoNode } from './_unscheduled.js';

export default noNodeCause({
  id: 'scheduling/node-selector',
  title: 'No node has the labels that the pod asks for',
  why: 'a node selector or affinity that no node matches leaves the pod pending forever',
  seen: 'PodScheduled is False: didn’t match Pod’s node affinity/selector',
  remedy: 'correct the selector, or label a node',
  what(none) {
    const labels = labelsOf(none);
    return labels.length === 0
      ? 'no node matches its affinity'
      : `no node has the label that the pod asks for: ${labels.join(', ')}`;
  },
  shows(none, { context }) {
    const { pod, nodes } = none;
    const labels = labelsOf(none);
    const wanted = Object.keys(pod.spec.nodeSelector ?? {});
    const object = podRef(context.target, pod.metadata.name);
    return [
      ...(labels.length === 0 ? [] : [field(object, 'spec.nodeSelector', labels.join(', '))]),
      ...nodes
        .slice(0, NODES_SHOWN)
        .map(({ node: name, labels: given }) =>
          field(
            { kind: 'Node', name },
            'metadata.labels',
            wanted.map((key) => `${key}=${given[key] ?? '(absent)'}`).join(', ') ||
              'no label that it asks for',
          ),
        ),
    ];
  },
  fix(none, { context }) {
    const labels = labelsOf(none);
    const [node] = none.nodes;
    return [
      ...(labels.length === 0 || node === undefined
        ? []
        : [
            change(
              'Give a node the label, or take the selector out of the pod template.',
              kubectl(context, `label node ${node.node} ${labels.join(' ')}`, null),
            ),
          ]),
      show(
        context,
        'See what it asks for.',
        `get pod ${none.pod.metadata.name} -o jsonpath='{.spec.nodeSelector}{.spec.affinity}'`,
      ),
    ];
  },
});

/** `key=value` of each label that no node has; where each of them is somewhere, all that it asks for. */
function labelsOf({ pod, nodes }: NoNode): string[] {
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  const missing = wanted.filter(([key, value]) => nodes.every(({ labels }) => labels[key] !== value));
  return (missing.length > 0 ? missing : wanted).map(([key, value]) => `${key}=${value}`);
}
