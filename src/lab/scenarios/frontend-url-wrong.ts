import { installFrontend } from '../frontend.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The frontend is given the address of a Service that is not there',
  story:
    'Its BACKEND_URL names another Service than the backend’s: its pages open, and nothing in them works.',
  expect: { fail: ['config/frontend-backend-url'] },
  world(world) {
    installFrontend(world, world.manifests.secretValues.BETTER_AUTH_SECRET ?? '', world.now - 1_500_000, {
      BACKEND_URL: 'http://todo-backend:8000',
    });
  },
});
