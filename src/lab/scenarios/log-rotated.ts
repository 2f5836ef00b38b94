import { podAt } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One pod’s log has lost its beginning',
  story:
    'The kubelet rotated the log away that said how the start went; that the pod reaches its database now proves it instead.',
  expect: {},
  world(world) {
    podAt(world, 0).log.rotate(40);
  },
});
