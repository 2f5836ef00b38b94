import type { Access } from '../evidence/evidence.js';
import { applyRole, kubectl, type Place } from '../rule/command.js';
import { fix, type Part } from '../rule/fix.js';

/** By WebSocket it is a GET; from Kubernetes 1.35 it needs `create` as well, and the server names one of them at a time. */
const EXEC_VERBS = 'get,create';

/** What an administrator does about one permission that is missing: makes the Role (or ClusterRole) for it. */
export function grant({ verb, group, resource, clusterScoped }: Access, place: Place): Part[] {
  const [name = '', subresource] = resource.split('/');
  const qualified = `${name}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  const create = `--verb=${resource === 'pods/exec' ? EXEC_VERBS : verb} --resource=${qualified}`;
  const command =
    clusterScoped === true
      ? kubectl(place, `create clusterrole todo-k8s ${create}`, null)
      : kubectl(place, `create role todo-k8s ${create}`);
  return [
    fix(
      command,
      'by an administrator, who then binds it to you; todo-k8s checks role prints all that is needed',
    ),
  ];
}

/** What an administrator does about permissions of which it is not known which they are. */
export function grantAll(place: Place): Part[] {
  return [fix(applyRole(place), 'by an administrator; checks role --bind USER gives it to you, too')];
}
