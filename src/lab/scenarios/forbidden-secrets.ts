import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The user may not read Secrets',
  story: 'The Role that was given to the user lab leaves out secrets, as many clusters do for people.',
  expect: {
    warn: ['cluster/permissions'],
    unknown: [
      'deployment/release',
      'config/secret',
      'config/secret-name',
      'config/database-url',
      'config/auth-secret-length',
      'config/auth-secret-matches-frontend',
      'config/unreferenced-keys',
      'network/database-egress',
    ],
  },
  world(world) {
    for (const rule of world.role)
      rule.resources = rule.resources.filter((resource) => resource !== 'secrets');
  },
});
