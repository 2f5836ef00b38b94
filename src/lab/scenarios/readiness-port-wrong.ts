import { backendContainer } from '../manifests.js';
import { readinessFails } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The readiness probe asks on a port that nothing listens on',
  story:
    'The probe calls port 8080; the application listens on 8000. No pod ever becomes ready, so nothing answers.',
  expect: { fail: ['deployment/readiness-probe', 'deployment/rollout-complete', 'pods/ready'] },
  manifests(manifests) {
    const probe = backendContainer(manifests).readinessProbe?.httpGet;
    if (probe) probe.port = 8080;
  },
  world(world) {
    for (const pod of world.pods) {
      const { podIP = '' } = pod.object.status ?? {};
      const failure = `Get "http://${podIP}:8080/api/health": dial tcp ${podIP}:8080: connect: connection refused`;
      readinessFails(world, pod, failure, world.now - Date.parse(pod.object.status?.startTime ?? ''));
    }
    for (const { metadata } of world.replicaSets) world.unfinished.add(metadata.name);
  },
});
