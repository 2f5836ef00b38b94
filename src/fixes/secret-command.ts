import { helm, kubectl, word } from '../rule/command.js';
import { fix, type Part } from '../rule/fix.js';
import type { CheckContext } from '../rule/context.js';
import { chartKey, restartCommand } from './commands.js';

/** A variable of the backend's container, or a key of a Secret. */
export type SecretKey = string | { secret: string; key: string };

/** Where a secret is written. */
interface SecretPlace {
  secret: string;
  key: string;
  /** The variable of the user's shell that its value is taken from. */
  shell: string;
  /** The chart's own key for it; undefined where the Secret itself is changed. */
  value: string | undefined;
}

/** Where each secret comes from: as the contract says, as the template refers to it, else the Secret's key of its name. */
export function secretPlaces(context: CheckContext, keys: readonly SecretKey[]): SecretPlace[] {
  const { contract, target } = context;
  return keys.map((asked) => {
    if (typeof asked !== 'string') {
      const isOwn = asked.secret === target.names.secret;
      const value = isOwn ? chartKey(context, `backend.secrets.${asked.key}`) : undefined;
      return { ...asked, shell: shellName(asked.key), value };
    }
    const said = contract.backend.secretKeys[asked] ?? target.secretKeys?.[asked] ?? asked;
    const [first = asked, second] = said.split('/');
    const place =
      second === undefined ? { secret: target.names.secret, key: first } : { secret: first, key: second };
    return { ...place, shell: shellName(asked), value: chartKey(context, `backend.secrets.${asked}`) };
  });
}

/** A name that a shell takes: keys of Secrets may have dots and dashes, and begin with a digit. */
function shellName(key: string): string {
  const name = key.replace(/\W/g, '_');
  return (/^\d/.test(name) ? `_${name}` : name).replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/**
 * The command that sets secrets to the values of the shell's variables, and leaves the other keys alone: by the chart's own
 * keys where it has them, else in the Secrets themselves.
 * @param exists whether the Secret is there
 */
export function setSecretKeys(context: CheckContext, keys: readonly SecretKey[], exists = true): string {
  const places = secretPlaces(context, keys);
  const given = places.map(({ shell }) => `"\${${shell}:?}"`).join(' ');
  // `printf` is the shell's own, so that no value stands on a command line that other users can list.
  const from = (option: string, { shell }: SecretPlace) => `${option}=<(printf %s "$${shell}")`;
  if (places.every(({ value }) => value !== undefined)) {
    const files = places.map((place) => from(`--set-file ${place.value ?? ''}`, place)).join(' ');
    return `: ${given} && ${helm(context, 'upgrade', `--reset-then-reuse-values ${files}`)}`;
  }
  const commands = [...new Set(places.map(({ secret }) => secret))].map((secret) => {
    const own = places.filter((place) => place.secret === secret);
    const files = own.map((place) => from(`--from-file=${word(place.key)}`, place)).join(' ');
    const create = `create secret generic ${word(secret)} ${files}`;
    if (!exists) return kubectl(context, create);
    // Made here and nowhere else: a merge takes over the keys that are in it.
    const made = kubectl(context, `${create} --dry-run=client -o json`);
    return `${made} | ${kubectl(context, `patch secret ${word(secret)} --type=merge --patch-file=/dev/stdin`)}`;
  });
  return `: ${given} && ${commands.join(' && ')}`;
}

/**
 * The same for one variable, with a restart of the pods: a process keeps the environment it was started with.
 * @param prepare a command that puts the value into the variable
 */
export function setSecretKey(context: CheckContext, key: string, prepare: string, note?: string): Part {
  return fix(`${prepare} && ${setSecretKeys(context, [key])} && ${restartCommand(context)}`, note);
}
