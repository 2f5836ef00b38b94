import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'Pods cannot resolve names',
  story:
    'CoreDNS has no running pod, so every lookup is refused. Connections that are open go on; nothing new can be found.',
  expect: { fail: ['network/service-dns', 'network/database-egress'] },
  world(world) {
    world.network.dns = 'down';
  },
});
