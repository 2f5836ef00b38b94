import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Service selects no pod',
  story:
    'Its selector says component: api, the pods say component: backend; there are no endpoints and nothing answers.',
  expect: { fail: ['service/selector-matches'] },
  manifests({ service }) {
    service.spec.selector = { ...service.spec.selector, 'app.kubernetes.io/component': 'api' };
  },
});
