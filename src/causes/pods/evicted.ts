import { show } from '../../fixes/described.js';
import { endedCause } from '../ended.js';

export default endedCause({
  id: 'pods/evicted',
  means: 'evicted',
  title: 'The node evicts the pods',
  why: 'a node that runs short of memory, disk or process ids ends pods to save itself; their successors come to the same node',
  seen: 'status.reason of a pod, or of an event of it, is Evicted, with what the node was short of',
  remedy:
    'free what the node is short of, or move what uses it; requests near the real use protect from eviction',
  what: ({ message }, pods) =>
    `The node evicted ${pods} lately (${message.replace(/\.\s*$/, '') || 'it does not say why'})`,
  fix: ({ pods: [{ spec }] }, { context }) => [
    show(
      context,
      'See what the node is short of, and what uses it.',
      spec.nodeName === undefined ? 'describe nodes' : `describe node ${spec.nodeName}`,
      null,
    ),
  ],
});
