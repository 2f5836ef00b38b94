import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The API documentation is switched off',
  story: 'The application was built with docs_url=None: /docs answers 404.',
  expect: { fail: ['functional/api-docs'] },
  world({ pods }) {
    for (const { app } of pods) app.docs = false;
  },
});
