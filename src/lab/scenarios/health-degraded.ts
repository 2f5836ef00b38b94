import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The health endpoint says 200 although the database is gone',
  story:
    'The body says unhealthy, the status says 200: the probes see nothing, and Kubernetes keeps both pods in service.',
  expect: { fail: ['functional/health'] },
  world({ pods }) {
    for (const { app } of pods)
      Object.assign(app.health.body, { status: 'unhealthy', database: 'disconnected' });
  },
});
