import { databaseFails } from '../mishaps.js';
import { DATABASE_HOST } from '../manifests.js';
import { defineScenario } from '../scenario.js';
import { seconds } from '../clock.js';

const NEW_PASSWORD = 'npg-lab-3Ht8Vb1Lm6';

export default defineScenario({
  title: 'The password was changed in the Secret, and no pod was restarted',
  story:
    'The database’s password was changed three minutes ago and put into the Secret with kubectl edit; both pods still ' +
    'have the old one in their environment.',
  expect: { fail: ['deployment/rollout-complete', 'pods/ready', 'functional/database-logs'] },
  world(world) {
    const { secret, secretValues } = world.manifests;
    const old = secretValues.DATABASE_URL ?? '';
    const value = old.replace(/:\/\/([^:]+):[^@]+@/, `://$1:${NEW_PASSWORD}@`);
    secretValues.DATABASE_URL = value;
    secret.data.DATABASE_URL = Buffer.from(value).toString('base64');
    secret.metadata.managedFields = [
      ...(secret.metadata.managedFields ?? []),
      {
        manager: 'kubectl-edit',
        operation: 'Update',
        time: seconds(world.now - 180_000),
        fieldsV1: { 'f:data': { 'f:DATABASE_URL': {} } },
      },
    ];
    const host = world.network.hosts[DATABASE_HOST];
    if (host) host.database = { password: NEW_PASSWORD };
    databaseFails(
      world,
      'connection failed: FATAL:  password authentication failed for user "todo_owner"',
      170_000,
    );
    for (const pod of world.pods) pod.startedWith = { DATABASE_URL: old };
  },
});
