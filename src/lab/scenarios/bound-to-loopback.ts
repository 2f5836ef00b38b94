import { readinessFails } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The application listens on 127.0.0.1 only',
  story:
    'uvicorn was started without --host 0.0.0.0: inside the pod everything answers, and nobody else gets a connection.',
  expect: {
    fail: ['deployment/rollout-complete', 'pods/ready'],
  },
  world(world) {
    for (const pod of world.pods) {
      pod.app.loopback = true;
      pod.log.replace(/http:\/\/0\.0\.0\.0:8000/, 'http://127.0.0.1:8000');
      const address = pod.object.status?.podIP ?? '';
      readinessFails(
        world,
        pod,
        `Get "http://${address}:8000/api/health": dial tcp ${address}:8000: connect: connection refused`,
        600_000,
      );
    }
  },
});
