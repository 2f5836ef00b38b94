import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'LOG_LEVEL has a value that the contract does not know',
  story: 'The ConfigMap says verbose; the contract knows INFO, DEBUG and ERROR.',
  expect: { fail: ['config/log-level-value'] },
  manifests({ configMap }) {
    configMap.data.LOG_LEVEL = 'verbose';
  },
});
