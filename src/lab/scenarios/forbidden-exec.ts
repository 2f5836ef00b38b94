import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The user may not run commands in pods',
  story:
    'The Role that was given to the user lab leaves out pods/exec, so nothing can be seen from inside a pod.',
  expect: { warn: ['cluster/permissions'], unknown: ['network/service-dns', 'network/database-egress'] },
  world(world) {
    for (const rule of world.role)
      rule.resources = rule.resources.filter((resource) => resource !== 'pods/exec');
  },
});
