/** Who is given the Role that `checks role` prints. */

export interface Subject {
  kind: 'User' | 'Group' | 'ServiceAccount';
  name: string;
  /** Of a ServiceAccount. */
  namespace?: string;
}

/** What RBAC takes in the name of an object: a segment of a path. */
const UNFIT = /[^A-Za-z0-9.:@_-]/g;

/**
 * @param text `ana`, `group:developers` or `serviceaccount:ci:deployer`; a name may have colons, as `system:masters` has
 * @returns undefined for what names nobody
 */
export function parseSubject(text: string): Subject | undefined {
  const [, kind = 'user', name = text] = /^(user|group|serviceaccount):(.*)$/s.exec(text) ?? [];
  if (name.trim() === '' || hasControls(name)) return undefined;
  if (kind === 'user') return { kind: 'User', name };
  if (kind === 'group') return { kind: 'Group', name };
  const [, namespace, account] = /^([a-z0-9-]+):([a-z0-9.-]+)$/.exec(name) ?? [];
  return namespace === undefined || account === undefined
    ? undefined
    : { kind: 'ServiceAccount', name: account, namespace };
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/**
 * A RoleBinding, or for a ClusterRole a ClusterRoleBinding, whose name says for whom: it replaces nobody else's.
 * @param role name of the Role or ClusterRole
 */
export function binding(
  kind: 'Role' | 'ClusterRole',
  namespace: string | undefined,
  subject: Subject,
  role: string,
): string {
  const who = [subject.kind.toLowerCase(), subject.namespace, subject.name].filter(Boolean).join(':');
  const name = JSON.stringify(`${role}:${who.replaceAll(UNFIT, '-')}`);
  const where = namespace === undefined ? '' : `\n  namespace: ${namespace}`;
  const of = subject.kind === 'ServiceAccount' ? `\n    namespace: ${subject.namespace ?? ''}` : '';
  const group = subject.kind === 'ServiceAccount' ? '' : '\n    apiGroup: rbac.authorization.k8s.io';
  return (
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}Binding\nmetadata:\n  name: ${name}${where}\n` +
    `subjects:\n  - kind: ${subject.kind}${group}\n    name: ${JSON.stringify(subject.name)}${of}\n` +
    `roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ${kind}\n  name: ${role}\n`
  );
}
