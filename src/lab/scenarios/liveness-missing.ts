import { backendContainer } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'There is no liveness probe',
  story: 'A container that hangs would never be restarted.',
  expect: { fail: ['deployment/liveness-probe'] },
  manifests(manifests) {
    delete backendContainer(manifests).livenessProbe;
  },
});
