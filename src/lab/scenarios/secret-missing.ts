import { configFails } from '../mishaps.js';
import { replacePod } from '../rollout.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Secret is gone, and a pod that was moved cannot start',
  story:
    'Somebody deleted the Secret. The old pod still has its environment; the new one waits: CreateContainerConfigError.',
  expect: { fail: ['config/secret', 'deployment/rollout-complete', 'pods/running'] },
  manifests(manifests) {
    manifests.missing.add('secret');
  },
  world(world) {
    const message = `secret "${world.manifests.secret.metadata.name}" not found`;
    configFails(world, replacePod(world, 1, 300_000), message);
  },
});
