import { installFrontend } from '../frontend.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The backend does not allow the frontend’s origin',
  story:
    'Browsers ask the backend before a page of the frontend may send a request, and it does not answer for that page: curl gets everything, and the pages show nothing.',
  expect: { fail: ['functional/cors'] },
  world(world) {
    installFrontend(world, world.manifests.secretValues.BETTER_AUTH_SECRET ?? '', world.now - 1_500_000, {
      NEXT_PUBLIC_API_URL: 'http://localhost:30081',
      BETTER_AUTH_URL: 'http://localhost:3000',
    });
  },
});
