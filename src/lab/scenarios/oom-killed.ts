import { podAt, restarted } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'One container was killed for its memory use',
  story:
    'Four minutes ago the kernel killed a container that had passed its limit of 1Gi; it was restarted and serves again.',
  expect: { fail: ['pods/no-oom'], warn: ['pods/restarts'] },
  world(world) {
    const pod = podAt(world, 0);
    restarted(world, pod, { exitCode: 137, reason: 'OOMKilled', restarts: 1, lines: [] }, 240_000);
    pod.usage.memoryKi = 986_112;
    pod.kernel.peakKi = 1_001_204;
  },
});
