import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Service leads to a port that nothing listens on',
  story:
    'Its targetPort is 8080; the application listens on 8000. The endpoints look right, and every call is refused.',
  expect: { fail: ['service/ports'] },
  manifests({ service }) {
    for (const port of service.spec.ports ?? []) port.targetPort = 8080;
  },
});
