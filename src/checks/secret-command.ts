import { helm, kubectl, word } from '../rule/command.js';
import { fix, type Part } from '../rule/fix.js';
import type { CheckContext } from './check.js';
import { fromVariables, restartCommand } from './shared.js';

/**
 * The command that sets keys of the Secret to the values of the shell's variables of the same names, and leaves its other
 * keys alone.
 * @param exists whether the Secret is there
 */
export function setSecretKeys(context: CheckContext, keys: readonly string[], exists = true): string {
  if (context.target.helm) {
    const { given, files } = fromVariables(keys, '--set-file backend.secrets.');
    return `: ${given} && ${helm(context, 'upgrade', `--reuse-values ${files}`)}`;
  }
  const { given, files } = fromVariables(keys, '--from-file=');
  const name = word(context.target.names.secret);
  const create = `create secret generic ${name} ${files}`;
  if (!exists) return `: ${given} && ${kubectl(context, create)}`;
  // Made here and nowhere else: a merge takes over the keys that are in it.
  const made = kubectl(context, `${create} --dry-run=client -o json`);
  return `: ${given} && ${made} | ${kubectl(context, `patch secret ${name} --type=merge --patch-file=/dev/stdin`)}`;
}

/**
 * The same for one key, with a restart of the pods: a process keeps the environment it was started with.
 * @param prepare a command that puts the value into the variable
 */
export function setSecretKey(context: CheckContext, key: string, prepare: string, note?: string): Part {
  return fix(`${prepare} && ${setSecretKeys(context, [key])} && ${restartCommand(context)}`, note);
}
