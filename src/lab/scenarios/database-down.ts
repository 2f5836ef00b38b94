import { logProbes, runLog } from '../install.js';
import { readinessFails } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The database is down, and no pod is ready',
  story:
    'Both pods answer 503 on their health endpoint and were taken out of service: the node port refuses connections.',
  expect: {
    fail: [
      'deployment/rollout-complete',
      'pods/ready',
      'network/database-egress',
      'functional/database-logs',
    ],
  },
  world(world) {
    for (const pod of world.pods) {
      const name = pod.object.metadata.name;
      const since = world.now - 120_000;
      pod.app.health = {
        status: 503,
        body: { status: 'unhealthy', database: 'disconnected', pod: name },
        delayMs: 0,
      };
      pod.log = runLog(name, Date.parse(pod.object.status?.startTime ?? '') + 3000, since);
      for (let at = since; at < world.now; at += 10_000) {
        pod.log.append(
          'ERROR:    todo: Health check: database error: connection failed: Connection refused',
          at - 1,
        );
        logProbes(pod.log, at, 503);
      }
      readinessFails(world, pod, 'HTTP probe failed with statuscode: 503', 90_000);
    }
    for (const host of Object.values(world.network.hosts)) host.answers = 'refused';
  },
});
