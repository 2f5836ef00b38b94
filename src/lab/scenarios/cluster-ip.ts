import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Service is of type ClusterIP',
  story:
    'It can be reached inside the cluster only: there is no NodePort for the host or for the frontend on it.',
  expect: { fail: ['service/type'] },
  manifests({ service }) {
    service.spec.type = 'ClusterIP';
    delete service.spec.externalTrafficPolicy;
    for (const port of service.spec.ports ?? []) delete port.nodePort;
  },
});
