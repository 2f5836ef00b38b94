/** What the message says with which a container waits that cannot be made. */
import { UNMADE, type UnmadeMeaning } from '../vocabulary/container-config.js';

export interface ConfigProblem {
  cause: UnmadeMeaning;
  /** Name of the Secret or ConfigMap. */
  object: string | undefined;
  key: string | undefined;
}

const LONGEST = 2000;

/** @returns undefined where the message names none of the known reasons */
export function parseConfigProblem(message: string): ConfigProblem | undefined {
  const text = message.slice(0, LONGEST);
  for (const { says, means } of UNMADE) {
    const match = says.exec(text);
    if (match) return { cause: means, object: match.groups?.object, key: match.groups?.key };
  }
  return undefined;
}
