/** What several checks say in the same words. */
import type { Target } from '../contract/target.js';
import type { CheckContext, ObjectRef } from './check.js';

/** The Deployment as the object of a finding. */
export function deploymentRef(target: Target): ObjectRef {
  return { kind: 'Deployment', namespace: target.namespace, name: target.names.deployment };
}

/**
 * A `helm upgrade` command that sets these values, ready to paste.
 * @param assignments one or more `key=value` of Helm's --set
 */
export function helmUpgrade({ target }: CheckContext, ...assignments: string[]): string {
  const release = target.release ?? '<release>';
  const sets = assignments.map((assignment) => ` --set ${assignment}`).join('');
  return `helm upgrade ${release} ./helm/todo-chatbot -n ${target.namespace} --reuse-values${sets}`;
}
