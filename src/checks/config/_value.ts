import { configMapRef } from '../../rule/object-ref.js';
import { fix, type Part } from '../../rule/fix.js';
import type { ConfigMapFacts } from '../../evidence/evidence.js';
import { pass, unknown, type CheckContext, type Verdict, skip } from '../check.js';
import { absent, failWith } from '../shared.js';
import { patchFields, restartCommand, setValues } from '../../fixes/commands.js';
import { isAbsent, isOpen } from '../../contract/open.js';

/** Messages for `judgeValue`. */
export const VALUE_MESSAGES = {
  'not-allowed': '{key} is {found}',
  differs: '{key} is {found}, this release is to have {expected}',
};

/** Judges one key of the ConfigMap: a value that the contract allows at all, and the one that this release is to have. */
export function judgeValue(
  key: string,
  allowed: readonly string[],
  configMap: ConfigMapFacts | undefined,
  { contract, target }: CheckContext,
): Verdict<keyof typeof VALUE_MESSAGES> {
  const object = configMapRef(target);
  const at = `backend.env.${key}`;
  if (isAbsent(contract, at) || isOpen(contract, at)) return skip(`the contract demands no ${key}`);
  if (!configMap) return absent(object);
  const value = configMap.data[key];
  if (value === undefined) return unknown(`the ConfigMap has no key ${key}`);
  // Quoted where the eye would miss what is wrong.
  const found = value.trim() === value && value !== '' ? value : JSON.stringify(value);
  const field = `data.${key}`;
  if (!allowed.includes(value)) {
    return failWith('not-allowed', { key, expected: allowed.join(', '), found, field }, object);
  }
  const expected = contract.backend.env[key] ?? value;
  if (value !== expected) return failWith('differs', { key, expected, found, field }, object);
  return pass(`${key} ${value}`);
}

/**
 * Sets a key of the ConfigMap to the value that this release is to have, and restarts the pods that have read it; to the first
 * one that is allowed where the release was given none of those.
 */
export function setValue(context: CheckContext, key: string, allowed: readonly string[]): Part[] {
  const wanted = context.contract.backend.env[key] ?? '';
  const value = allowed.includes(wanted) ? wanted : (allowed[0] ?? wanted);
  const rest = patchFields('configmap', context.target.names.configMap, { data: { [key]: value } });
  const [set, ...more] = setValues(context, rest, `backend.env.${key}=${value}`);
  const command = set === undefined || set.kind === 'text' ? '' : set.command;
  return [fix(`${command} && ${restartCommand(context)}`), ...more];
}
