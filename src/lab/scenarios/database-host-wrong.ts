import { databaseFails } from '../mishaps.js';
import { DATABASE_HOST } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The database’s host no longer exists',
  story: 'The database was deleted two minutes ago, and its name with it; everything else resolves.',
  expect: {
    fail: [
      'deployment/rollout-complete',
      'pods/ready',
      'network/database-egress',
      'functional/database-logs',
    ],
  },
  world(world) {
    world.network.hosts = Object.fromEntries(
      Object.entries(world.network.hosts).filter(([name]) => name !== DATABASE_HOST),
    );
    databaseFails(
      world,
      `could not translate host name "${DATABASE_HOST}" to address: Name or service not known`,
      120_000,
    );
  },
});
