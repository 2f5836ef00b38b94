import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The health endpoint is slow',
  story: 'It takes 1.3 seconds for each answer: it does more than a probe should.',
  expect: { warn: ['functional/health-latency'] },
  world({ pods }) {
    for (const { app } of pods) app.health.delayMs = 1300;
  },
});
