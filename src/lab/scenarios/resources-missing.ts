import { backendContainer } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The container has no requests and no limits',
  story:
    'The resources block is gone from the pod template: the scheduler guesses, and one leak takes the node down.',
  expect: { fail: ['deployment/resources'] },
  manifests(manifests) {
    backendContainer(manifests).resources = {};
  },
});
