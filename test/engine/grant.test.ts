import { expect, test } from '@jest/globals';
import { grantCommand } from '../../src/engine/grant.js';

test.each([
  [
    { verb: 'get', group: '', resource: 'secrets' },
    'create role todo-k8s -n dev --verb=get --resource=secrets ',
  ],
  [
    { verb: 'create', group: '', resource: 'pods/exec' },
    'create role todo-k8s -n dev --verb=create --resource=pods/exec ',
  ],
  [
    { verb: 'list', group: 'apps', resource: 'replicasets' },
    'create role todo-k8s -n dev --verb=list --resource=replicasets.apps ',
  ],
  [
    { verb: 'update', group: 'apps', resource: 'deployments/scale' },
    'create role todo-k8s -n dev --verb=update --resource=deployments.apps/scale ',
  ],
  [
    { verb: 'list', group: '', resource: 'nodes', clusterScoped: true },
    'create clusterrole todo-k8s --verb=list --resource=nodes ',
  ],
])('names verb, resource with group and subresource, and scope: %j', (access, command) => {
  expect(grantCommand(access, 'dev')).toContain(`kubectl ${command}`);
});
