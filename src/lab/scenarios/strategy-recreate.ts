import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'An upgrade stops every pod before it starts a new one',
  story: 'The strategy is Recreate: each upgrade takes the backend down.',
  expect: { fail: ['deployment/strategy'] },
  manifests({ deployment }) {
    deployment.spec.strategy = { type: 'Recreate' };
  },
});
