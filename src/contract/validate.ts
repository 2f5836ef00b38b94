/** Holds an overlay's values against the schema. Loaded only when some value is not the contract's own. */
import type { Contract } from './contract.js';
import { describeValue, type Place, type Problem } from './errors.js';
import type { Assignment } from './overlay.js';
import { startsWith } from './paths.js';
import { ContractSchema } from './schema.js';

/**
 * @param candidate the default contract with this overlay's assignments made
 * @param source where a fault is placed that no assignment explains
 */
export function validate(candidate: Contract, assignments: readonly Assignment[], source: Place): Problem[] {
  const result = ContractSchema.safeParse(candidate);
  if (result.success) return [];
  return result.error.issues.map((issue) => {
    const path = issue.path.map(String);
    // A wrong key is reported inside the issue of its record; a list's item belongs to the list's assignment.
    const message =
      issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    const culprit = assignments.findLast((assignment) => startsWith(path, assignment.path));
    const found = issue.code === 'invalid_key' ? undefined : foundAt(culprit, path);
    return {
      place: culprit?.place ?? source,
      key: culprit?.key ?? path.join('.'),
      message: found === undefined ? message : `${message}, found ${found}`,
    };
  });
}

function foundAt(culprit: Assignment | undefined, path: readonly string[]): string | undefined {
  if (culprit?.value === undefined) return undefined;
  const index = path[culprit.path.length];
  if (Array.isArray(culprit.value) && index !== undefined) {
    return `${describeValue(culprit.value[Number(index)])} as item ${Number(index) + 1}`;
  }
  return describeValue(culprit.value);
}
