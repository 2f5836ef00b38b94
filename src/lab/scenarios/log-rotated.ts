import { podAt } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One pod’s log has lost its beginning',
  story: 'The kubelet rotated the log away that said how the start went: nobody can tell any more.',
  expect: { unknown: ['functional/database-logs'] },
  world(world) {
    podAt(world, 0).log.rotate(40);
  },
});
