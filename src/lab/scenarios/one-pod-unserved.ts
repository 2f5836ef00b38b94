import { podAt } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One of two ready pods gets no traffic',
  story:
    'Both are among the endpoints, but kube-proxy’s rules on the node are out of date and lead to one of them only.',
  expect: { fail: ['load-balancing/distribution'] },
  world(world) {
    world.unserved.add(podAt(world, 1).object.metadata.name);
  },
});
