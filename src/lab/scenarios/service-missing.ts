import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Service was deleted',
  story: 'Both pods run and are ready, but nothing leads to them.',
  expect: { fail: ['service/exists'] },
  manifests(manifests) {
    manifests.missing.add('service');
  },
});
