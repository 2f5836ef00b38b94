import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'DATABASE_URL ends with a line break',
  story: 'The Secret was made with echo instead of printf: the line break became part of the URL.',
  expect: { fail: ['config/database-url'] },
  manifests({ secretValues }) {
    secretValues.DATABASE_URL = `${secretValues.DATABASE_URL ?? ''}\n`;
  },
});
