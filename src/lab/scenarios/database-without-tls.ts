import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The database server offers no TLS',
  story:
    'Whatever answers at the database’s address says N to PostgreSQL’s SSLRequest; a driver with sslmode=require gives up.',
  expect: { fail: ['network/database-egress'] },
  world({ network }) {
    for (const host of Object.values(network.hosts)) host.answers = 'no-tls';
  },
});
