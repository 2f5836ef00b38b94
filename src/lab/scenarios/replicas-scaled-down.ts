import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Deployment runs one replica instead of two',
  story: 'Somebody scaled it down with kubectl scale; Helm still believes in two.',
  expect: { fail: ['deployment/replicas'] },
  manifests({ deployment }) {
    deployment.spec.replicas = 1;
  },
});
