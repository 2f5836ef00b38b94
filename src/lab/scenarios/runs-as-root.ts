import { backendContainer } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The container runs as root',
  story:
    'The container’s securityContext is gone: the image’s user root applies, with every default capability.',
  expect: { fail: ['deployment/security-context'] },
  manifests(manifests) {
    delete backendContainer(manifests).securityContext;
  },
});
