import { backendContainer } from '../manifests.js';
import { pullFails } from '../mishaps.js';
import { beginRollout } from '../rollout.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'An upgrade is stuck: its image cannot be pulled',
  story: 'Twelve minutes ago the image was set to a tag that does not exist. The two old pods still serve.',
  expect: { fail: ['deployment/image', 'deployment/rollout-complete', 'pods/running'] },
  world(world) {
    const pod = beginRollout(
      world,
      () => {
        backendContainer(world.manifests).image = 'todo-chatbot-backend:1.4.0';
      },
      720_000,
    );
    pullFails(
      world,
      pod,
      'rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/todo-chatbot-backend:1.4.0": ' +
        'failed to resolve reference "docker.io/library/todo-chatbot-backend:1.4.0": pull access denied, repository ' +
        'does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    );
  },
});
