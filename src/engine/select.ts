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
