/** Values that a contract leaves open (`any`), and those that must not be there (`absent`). */
import type { Contract } from './contract.js';

export type Mark = 'any' | 'absent';

/** What may be absent: `backend.env.NAME` for a variable, else a path or anything below it. */
const MAY_BE_ABSENT = [
  'names.configMap',
  'names.secret',
  'backend.livenessProbe',
  'backend.readinessProbe',
  'backend.startupProbe',
  'backend.resources',
  'backend.service.nodePort',
  'backend.env',
  'http.docsPath',
  'http.healthPath',
  'http.tasksPath',
];
const MAY_BE_OPEN = ['names', 'backend', ...MAY_BE_ABSENT];

/** Whether a value may be written as this word. */
export function mayBe(mark: Mark, path: string): boolean {
  return (mark === 'any' ? MAY_BE_OPEN : MAY_BE_ABSENT).some((allowed) => covers(allowed, path));
}

/** Whether the contract leaves a value open. */
export function isOpen({ any }: Pick<Contract, 'any'>, path: string): boolean {
  return any.some((marked) => covers(marked, path));
}

/** Whether the contract demands that a value is not there. */
export function isAbsent({ absent }: Pick<Contract, 'absent'>, path: string): boolean {
  return absent.some((marked) => covers(marked, path));
}

/** Marks a path, or with undefined takes marks back from it: what is said of a part is no longer said of the whole. */
export function setMark(contract: Pick<Contract, Mark>, path: string, mark: Mark | undefined): void {
  for (const each of ['any', 'absent'] as const)
    contract[each] = contract[each].filter((marked) => !covers(marked, path) && !covers(path, marked));
  if (mark !== undefined) contract[mark] = [...contract[mark], path];
}

/** Whether the owner knows that a check does not pass, and says so in the contract. */
export function isKnown(
  { knownWeaknesses, accepted }: Pick<Contract, 'knownWeaknesses' | 'accepted'>,
  check: string,
): boolean {
  return knownWeaknesses.includes(check) || accepted.some((each) => each.check === check);
}

function covers(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`);
}
