import { crashLoops, failedStart } from '../mishaps.js';
import { replacePod } from '../rollout.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One pod crashes at each start',
  story:
    'The pod was moved ten minutes ago and now ends with an exception before it serves: CrashLoopBackOff.',
  expect: { fail: ['deployment/rollout-complete', 'pods/running', 'pods/restarts'] },
  world(world) {
    const pod = replacePod(world, 1, 600_000);
    const lines = failedStart(pod.object.metadata.name, [
      'ERROR:    Traceback (most recent call last):',
      '  File "/app/app/main.py", line 26, in lifespan',
      '    cache = Path("/var/cache/todo").mkdir(parents=True)',
      "PermissionError: [Errno 13] Permission denied: '/var/cache/todo'",
      '',
    ]);
    crashLoops(world, pod, { exitCode: 3, restarts: 6, lines });
  },
});
