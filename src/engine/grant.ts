import type { Access } from '../evidence/evidence.js';

/** The command with which an administrator makes the Role (or ClusterRole) for one permission that is missing. */
export function grantCommand({ verb, group, resource, clusterScoped }: Access, namespace: string): string {
  const [name = '', subresource] = resource.split('/');
  const qualified = `${name}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  const role = clusterScoped === true ? 'clusterrole todo-k8s' : `role todo-k8s -n ${namespace}`;
  return (
    `kubectl create ${role} --verb=${verb} --resource=${qualified}` +
    '   # by an administrator, who then binds it to you; todo-k8s checks role prints all that is needed'
  );
}
