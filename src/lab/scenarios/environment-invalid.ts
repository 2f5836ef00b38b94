import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'ENVIRONMENT has a value that the contract does not know',
  story: 'The ConfigMap says prod; the contract knows development, staging and production.',
  expect: { fail: ['config/environment-value'] },
  manifests({ configMap }) {
    configMap.data.ENVIRONMENT = 'prod';
  },
});
