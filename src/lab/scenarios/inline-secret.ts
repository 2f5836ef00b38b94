import { backendContainer } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'A credential is written into the Deployment',
  story:
    'BETTER_AUTH_SECRET is a literal in the pod template, where everybody who may list Deployments can read it.',
  expect: { fail: ['deployment/no-inline-secrets'] },
  manifests(manifests) {
    const { BETTER_AUTH_SECRET: value = '' } = manifests.secretValues;
    backendContainer(manifests).env = [{ name: 'BETTER_AUTH_SECRET', value }];
  },
});
