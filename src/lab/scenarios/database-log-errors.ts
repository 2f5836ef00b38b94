import { podAt } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One pod logs database errors',
  story: 'Requests fail now and then with QueuePool limit errors; the health endpoint does not notice.',
  expect: { fail: ['functional/database-logs'] },
  world(world) {
    const { log } = podAt(world, 1);
    for (const ago of [65_000, 31_000, 4000]) {
      log.append(
        'ERROR:    todo.database: QueuePool limit of size 10 overflow 0 reached, connection timed out, timeout 30.00',
        world.now - ago,
      );
    }
  },
});
