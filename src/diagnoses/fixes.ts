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
