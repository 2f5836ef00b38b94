import type { AnyCheck } from '../checks/check.js';
import type { EvidenceKey } from '../evidence/evidence.js';

/** A `--only` or `--skip` pattern that names no check. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError';
}

/**
 * The ids that `--only` and `--skip` leave.
 * @param only patterns; none means all. A pattern is an id, a suite, or either with `*` for any characters.
 * @throws SelectionError when a pattern matches nothing, or nothing is left
 */
export function selectChecks(checks: readonly AnyCheck[], only: string[], skip: string[]): Set<string> {
  const ids = checks.map((check) => check.meta.id as string);
  const selected = new Set(only.length > 0 ? matching(checks, only) : ids);
  for (const id of matching(checks, skip)) selected.delete(id);
  if (selected.size === 0) throw new SelectionError('--only and --skip leave no check to run');
  return selected;
}

/**
 * The ids that patterns name.
 * @throws SelectionError when a pattern matches nothing
 */
export function matching(checks: readonly AnyCheck[], patterns: readonly string[]): Set<string> {
  const ids = checks.map((check) => check.meta.id as string);
  return new Set(
    patterns.flatMap((pattern) => {
      const expression = new RegExp(
        `^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}${pattern.includes('/') ? '' : '(/.*)?'}$`,
      );
      const found = ids.filter((id) => expression.test(id));
      if (found.length === 0) {
        throw new SelectionError(`no check matches '${pattern}'; todo-k8s checks list names them all`);
      }
      return found;
    }),
  );
}

/** The facts that these checks read whatever they find. */
export function factsRead(checks: readonly AnyCheck[], ids: ReadonlySet<string>): Set<EvidenceKey> {
  return new Set(checks.flatMap(({ meta }) => (ids.has(meta.id) ? [...(meta.reads as EvidenceKey[])] : [])));
}

/**
 * All facts that may be asked for where these checks are judged: those of the checks that must pass before them, and those that
 * decide where the others do not.
 * @param skipped ids that are left out
 */
export function factsNeeded(
  checks: readonly AnyCheck[],
  ids: ReadonlySet<string>,
  skipped: ReadonlySet<string>,
): EvidenceKey[] {
  const byId = new Map(checks.map(({ meta }) => [meta.id as string, meta]));
  const judged = new Set(ids);
  // A set goes on with what is added to it meanwhile.
  for (const id of judged)
    for (const need of byId.get(id)?.needs ?? []) if (!skipped.has(need)) judged.add(need);
  const facts = [...judged].flatMap((id) => {
    const { reads = [], consults = [] } = byId.get(id) ?? {};
    return [...(reads as EvidenceKey[]), ...consults];
  });
  return [...new Set(facts)];
}
