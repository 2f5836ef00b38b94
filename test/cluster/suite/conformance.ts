/** Whether the lab and the cluster say the same. */
import type { Report } from '../../../src/engine/report.js';

/**
 * The checks on which lab and cluster differ, as `id: lab …, cluster …`. The checks of `excused` must differ: an
 * excuse that is no longer needed is itself a difference.
 */
export function compare(lab: Report, cluster: Report, excused: readonly string[]): string[] {
  const seen = new Map(cluster.checks.map(({ id, status }) => [id, status]));
  return lab.checks.flatMap(({ id, status }) => {
    const other = seen.get(id) ?? 'absent';
    if (excused.includes(id))
      return status === other ? [`${id}: both ${status}, though a difference is expected`] : [];
    return status === other ? [] : [`${id}: lab ${status}, cluster ${other}`];
  });
}
