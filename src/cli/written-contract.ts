/** What the user's contract says of names, which decides what is looked for. */
import type { Contract } from '../contract/contract.js';
import type { ResolvedNames } from '../contract/names.js';
import { isOpen } from '../contract/open.js';
import { resolveContract } from '../contract/resolve.js';
import type { ObjectNames } from '../contract/target.js';
import type { SessionFlags } from './release.js';

/** What the user's files say, before anything is asked of the cluster: it may say what things are called. */
export async function writtenContract({
  contract,
  values,
  set,
}: Pick<SessionFlags, 'contract' | 'values' | 'set'>): Promise<Contract | undefined> {
  if (contract === undefined && set === undefined) return undefined;
  const sources = { valuesFiles: values ?? [], contractFile: contract, sets: set ?? [] };
  return (await resolveContract(sources)).contract;
}

export function givenNames(contract: Contract | undefined): Partial<ObjectNames> {
  return Object.fromEntries(Object.entries(contract?.names ?? {}).filter(([, name]) => name !== ''));
}

/** Where the contract leaves a name open, whatever was found is right. */
export function withOpenNames(found: ResolvedNames, contract: Contract | undefined): ResolvedNames {
  if (contract === undefined) return found;
  const accepted = { ...found.accepted };
  for (const kind of Object.keys(accepted) as (keyof ObjectNames)[])
    if (isOpen(contract, `names.${kind}`)) accepted[kind] = [found.names[kind]];
  return { ...found, accepted };
}
