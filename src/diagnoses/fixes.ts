/** Ways to put things right, in the words that several topics share. */
import type { CheckContext } from '../checks/check.js';
import { helmUpgrade } from '../checks/shared.js';
import type { Fix } from './diagnosis.js';

/**
 * Sets values of the chart where Helm manages the release, else changes the object itself.
 * @param values `key=value` of Helm's --set, keys as the contract names them
 * @param kubectl what follows `kubectl -n <namespace>` where Helm does not manage the release
 */
export function setValues(
  context: CheckContext,
  description: string,
  values: readonly [string, ...string[]],
  kubectl: string,
): Fix {
  return context.target.helm
    ? { description, command: helmUpgrade(context, ...values), helmValue: values.join(',') }
    : run(context, description, kubectl);
}

/** A kubectl command. @param kubectl what follows `kubectl -n <namespace>` */
export function run({ target }: CheckContext, description: string, kubectl: string): Fix {
  return { description, command: `kubectl -n ${target.namespace} ${kubectl}`, helmValue: null };
}

/** What no single command does. */
export function advise(description: string, command: string | null = null): Fix {
  return { description, command, helmValue: null };
}

/**
 * Writes keys of the backend's Secret, whose values are taken from environment variables of the same names: a command
 * line is seen by others, and kept by the shell.
 */
export function setKeys(context: CheckContext, keys: readonly string[]): Fix {
  const { helm, names, namespace } = context.target;
  const description = `With the value${keys.length === 1 ? '' : 's'} in your shell’s variable${keys.length === 1 ? '' : 's'} ${keys.join(', ')}:`;
  const variable = (key: string) => `"\${${key}:?}"`;
  if (helm) {
    const sets = keys.map((key) => ` --set-string backend.secrets.${key}=${variable(key)}`).join('');
    const values = keys.map((key) => `backend.secrets.${key}`).join(',');
    return { description, command: `${helmUpgrade(context)}${sets}`, helmValue: values };
  }
  const literals = keys.map((key) => ` --from-literal=${key}=${variable(key)}`).join('');
  return {
    description,
    command: `kubectl -n ${namespace} create secret generic ${names.secret}${literals} --dry-run=client -o yaml | kubectl apply -f -`,
    helmValue: null,
  };
}

/** Nothing to mend as long as it lasts. */
export function waitForRollout(context: CheckContext): Fix {
  const command = `rollout status deployment ${context.target.names.deployment} --timeout=120s`;
  return run(context, 'Wait for its end.', command);
}
