/** "Did you mean …?": finds the key that somebody probably meant. */

/** The key that `key` is a slip of the finger away from; undefined when none is near. */
export function nearest(key: string, candidates: readonly string[]): string | undefined {
  const wanted = normalise(key);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = slip(wanted, normalise(candidate));
    if (distance !== undefined && (best === undefined || distance < best.distance))
      best = { candidate, distance };
  }
  return best?.candidate;
}

function normalise(key: string): string {
  return key.toLowerCase().replace(/[-_\s]/g, '');
}

/** The distance, where it is small enough for a slip. */
function slip(key: string, candidate: string): number | undefined {
  // `replicas` for `replicaCount`, `liveness` for `livenessProbe`.
  const singular = key.replace(/s$/, '');
  const isShortened = singular.length >= 6 && candidate.startsWith(singular);
  if (isShortened) return 2;
  const allowed = candidate.length <= 3 ? 0 : candidate.length <= 6 ? 1 : 2;
  // A plural is a slip at any length.
  if (`${candidate}s` === key || `${key}s` === candidate) return 1;
  if (Math.abs(key.length - candidate.length) > allowed) return undefined;
  const distance = editDistance(key, candidate);
  return distance <= allowed ? distance : undefined;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let value = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + cost);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) value = Math.min(value, at(row - 2, column - 2) + 1);
      current[column] = value;
    }
  }
  return at(a.length, b.length);
}
