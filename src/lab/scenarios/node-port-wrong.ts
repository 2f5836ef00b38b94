import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Service has another node port',
  story:
    'The Service was created again without a fixed nodePort and got 30090; whoever calls 30081 is refused.',
  expect: { fail: ['service/ports'] },
  manifests({ service }) {
    for (const port of service.spec.ports ?? []) port.nodePort = 30090;
  },
});
