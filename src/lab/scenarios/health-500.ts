import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The health endpoint fails',
  story:
    'It began to answer 500 a few seconds ago. The probes have not failed three times yet, so both pods still count as ready.',
  expect: { fail: ['functional/health'] },
  world({ pods }) {
    for (const { app } of pods)
      app.health = { status: 500, body: { detail: 'Internal Server Error' }, delayMs: 0 };
  },
});
