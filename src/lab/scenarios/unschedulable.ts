import { unschedulable } from '../mishaps.js';
import { addNeighbour } from '../neighbour.js';
import { replacePod } from '../rollout.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One pod finds no node with room for it',
  story:
    'A pod was evicted five minutes ago, and the one that replaces it asks for more memory than the node has left.',
  expect: { fail: ['deployment/rollout-complete', 'pods/running'] },
  world(world) {
    // 7837Mi can be allocated; with the pod that runs (512Mi) this leaves 125Mi.
    addNeighbour(world, 'kube-system', 'report-builder', { cpu: '500m', memory: '7200Mi' });
    unschedulable(
      world,
      replacePod(world, 1, 300_000),
      '0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: ' +
        '1 No preemption victims found for incoming pod.',
    );
  },
});
