import { installFrontend } from '../frontend.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'Frontend and backend sign with different secrets',
  story: 'The frontend of the same release has another BETTER_AUTH_SECRET: every login ends in a 401.',
  expect: { fail: ['config/auth-secret-matches-frontend'] },
  world(world) {
    installFrontend(world, 'lab-frontend-0c4d8e2f6a1b3957d5e9f7c1b3a5', world.now - 1_500_000);
  },
});
