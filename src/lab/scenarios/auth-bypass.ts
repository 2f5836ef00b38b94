import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'Tasks can be read without a token',
  story:
    'The dependency that checks the token was lost in a refactoring: /api/tasks answers 200 to everybody.',
  expect: { fail: ['functional/auth-required'] },
  world({ pods }) {
    for (const { app } of pods) app.tasksOpen = true;
  },
});
