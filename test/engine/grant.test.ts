import { expect, test } from '@jest/globals';
import { grant, grantAll } from '../../src/engine/grant.js';
import { remedyText } from '../../src/rule/fix.js';

const PLACE = {
  target: { context: 'minikube', namespace: 'dev', release: undefined },
  shell: { context: 'other' },
};

test.each([
  [
    { verb: 'get', group: '', resource: 'secrets' },
    '-n dev create role todo-k8s --verb=get --resource=secrets ',
  ],
  [
    { verb: 'create', group: '', resource: 'pods/exec' },
    '-n dev create role todo-k8s --verb=get,create --resource=pods/exec ',
  ],
  [
    { verb: 'list', group: 'apps', resource: 'replicasets' },
    '-n dev create role todo-k8s --verb=list --resource=replicasets.apps ',
  ],
  [
    { verb: 'update', group: 'apps', resource: 'deployments/scale' },
    '-n dev create role todo-k8s --verb=update --resource=deployments.apps/scale ',
  ],
  [
    { verb: 'list', group: '', resource: 'nodes', clusterScoped: true },
    'create clusterrole todo-k8s --verb=list --resource=nodes ',
  ],
])('names context, verb, resource with group and subresource, and scope: %j', (access, command) => {
  expect(remedyText(grant(access, PLACE))).toContain(`kubectl --context other ${command}`);
});

test('all permissions are granted in the same cluster', () => {
  expect(remedyText(grantAll(PLACE))).toContain(
    'todo-k8s checks role -n dev | kubectl --context other apply -f -',
  );
});
