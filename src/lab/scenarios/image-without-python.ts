import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The image has no Python to probe with',
  story:
    'The application was built into a distroless image: there is neither python3 nor a shell to run in it.',
  expect: { unknown: ['network/service-dns', 'network/database-egress'] },
  world({ pods }) {
    for (const pod of pods) pod.tools = [];
  },
});
