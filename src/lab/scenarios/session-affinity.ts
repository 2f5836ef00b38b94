import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Service pins each client to one pod',
  story: 'sessionAffinity is ClientIP: all that one client sends goes to one of the two pods.',
  expect: { fail: ['service/session-affinity'] },
  manifests({ service }) {
    Object.assign(service.spec, {
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
    });
  },
});
