import { backendContainer } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The container does not get the ConfigMap',
  story:
    'The envFrom entry for the ConfigMap is gone, so ENVIRONMENT and LOG_LEVEL never reach the application.',
  expect: { fail: ['deployment/environment'], warn: ['config/unreferenced-keys'] },
  manifests(manifests) {
    const container = backendContainer(manifests);
    container.envFrom = (container.envFrom ?? []).filter((source) => source.configMapRef === undefined);
  },
});
