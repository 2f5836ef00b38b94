import { databaseFails } from '../mishaps.js';
import { DATABASE_HOST } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The database no longer accepts the password in the Secret',
  story: 'The role’s password was reset in the database two minutes ago; the Secret still has the old one.',
  expect: { fail: ['deployment/rollout-complete', 'pods/ready', 'functional/database-logs'] },
  world(world) {
    const host = world.network.hosts[DATABASE_HOST];
    if (host) host.database = { password: 'npg-lab-reset-5Yx0' };
    databaseFails(
      world,
      'connection failed: FATAL:  password authentication failed for user "todo_owner"',
      120_000,
    );
  },
});
