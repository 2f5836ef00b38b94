import type { CheckContext } from '../check.js';
import { helmUpgrade } from '../shared.js';

/**
 * Commands that set one key of the Secret and restart the pods: a process keeps the environment it was started with.
 * @param value as it stands inside double quotes of a shell; a placeholder or a command, never a real value
 */
export function setSecretKey(context: CheckContext, key: string, value: string): string {
  const { helm, names, namespace } = context.target;
  const set = helm
    ? `${helmUpgrade(context)} --set-string "backend.secrets.${key}=${value}"`
    : `kubectl -n ${namespace} patch secret ${names.secret} -p "{\\"stringData\\":{\\"${key}\\":\\"${value}\\"}}"`;
  return `${set} && kubectl -n ${namespace} rollout restart deployment/${names.deployment}`;
}
