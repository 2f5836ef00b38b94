import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Deployment lost a Helm label',
  story: 'The Deployment no longer says app.kubernetes.io/managed-by: Helm, although a release owns it.',
  expect: { fail: ['deployment/labels'] },
  manifests({ deployment }) {
    delete deployment.metadata.labels?.['app.kubernetes.io/managed-by'];
  },
});
