import { databaseFails } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The database is down, and no pod is ready',
  story:
    'Both pods answer 503 on their health endpoint and were taken out of service: the node port refuses connections.',
  expect: {
    fail: [
      'deployment/rollout-complete',
      'pods/ready',
      'network/database-egress',
      'functional/database-logs',
    ],
  },
  world(world) {
    databaseFails(world, 'connection failed: Connection refused', 120_000);
    for (const host of Object.values(world.network.hosts)) host.answers = 'refused';
  },
});
