import { backendContainer } from '../manifests.js';
import { kubelet, restarted } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The liveness probe asks for a path that does not exist',
  story:
    'The probe calls /health, the application answers 404 there, and the kubelet restarts both containers again and again.',
  expect: { fail: ['deployment/liveness-probe', 'pods/restarts'] },
  manifests(manifests) {
    const probe = backendContainer(manifests).livenessProbe?.httpGet;
    if (probe) probe.path = '/health';
  },
  world(world) {
    for (const pod of world.pods) {
      // uvicorn ends properly when it is asked to.
      const ended = { exitCode: 0, reason: 'Completed', restarts: 6, lines: ['INFO:     Shutting down'] };
      restarted(world, pod, ended, 50_000);
      const message = 'Liveness probe failed: HTTP probe failed with statuscode: 404';
      kubelet(world, pod, {
        type: 'Warning',
        reason: 'Unhealthy',
        message,
        at: world.now - 51_000,
        count: 18,
      });
      kubelet(world, pod, {
        type: 'Normal',
        reason: 'Killing',
        message: 'Container backend failed liveness probe, will be restarted',
        at: world.now - 51_000,
        count: 6,
      });
    }
  },
});
