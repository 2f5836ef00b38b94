import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'BETTER_AUTH_SECRET is too short',
  story: 'It has 12 characters; tokens signed with it can be forged by trying.',
  expect: { fail: ['config/auth-secret-length'] },
  manifests({ secretValues }) {
    secretValues.BETTER_AUTH_SECRET = (secretValues.BETTER_AUTH_SECRET ?? '').slice(0, 12);
  },
});
