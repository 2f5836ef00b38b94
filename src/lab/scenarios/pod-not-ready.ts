import { logProbes, runLog } from '../install.js';
import { podAt, readinessFails } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One pod runs but is not ready',
  story:
    'Its health endpoint answers 503 because it lost its database connections; the Service sends everything to the other.',
  expect: { fail: ['deployment/rollout-complete', 'pods/ready'] },
  world(world) {
    const pod = podAt(world, 1);
    const name = pod.object.metadata.name;
    const since = world.now - 180_000;
    pod.app.health = {
      status: 503,
      body: { status: 'unhealthy', database: 'disconnected', pod: name },
      delayMs: 0,
    };
    pod.log = runLog(name, Date.parse(pod.object.status?.startTime ?? '') + 3000, since);
    for (let at = since; at < world.now; at += 10_000) logProbes(pod.log, at, 503);
    readinessFails(world, pod, 'HTTP probe failed with statuscode: 503', 180_000);
  },
});
