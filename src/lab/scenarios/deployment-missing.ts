import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Deployment was deleted',
  story: 'Service, ConfigMap and Secret of the release are there; somebody deleted the Deployment by hand.',
  expect: { fail: ['deployment/exists'] },
  manifests(manifests) {
    manifests.missing.add('deployment');
  },
});
