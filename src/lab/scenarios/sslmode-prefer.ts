import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'DATABASE_URL does not demand TLS',
  story: 'Its sslmode is prefer: the driver would go on without TLS if somebody in between asked it to.',
  expect: { fail: ['config/database-url'] },
  manifests({ secretValues }) {
    secretValues.DATABASE_URL = (secretValues.DATABASE_URL ?? '').replace(/sslmode=[^&]*/, 'sslmode=prefer');
  },
});
