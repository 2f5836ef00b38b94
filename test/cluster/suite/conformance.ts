/** Whether the lab and the cluster say the same. */
import type { Report } from '../../../src/engine/report.js';
import { PATIENT, verify, type Verified } from './verify.js';

const DATABASE_CHANGED =
  'the suite’s faults of this kind are there when a pod starts, and the application ends; in the lab the database changes under pods that run';

/** Lab scenarios that no fault of the suite is like, and why. */
export const WITHOUT_TWIN: Record<string, string> = {
  'bound-to-loopback': 'a rollout keeps an old pod that serves; in the lab every pod listens on the loopback',
  'credentials-stale': DATABASE_CHANGED,
  'database-host-wrong': DATABASE_CHANGED,
  'database-password-wrong': DATABASE_CHANGED,
  'image-without-python':
    'the node has no image without a shell; the probe’s script is tried in one in test/evidence',
  'mixed-images': 'the node has one build of the image',
};

/** Lab scenarios that other parts of the suite than the table of faults compare with. */
export const COMPARED_ELSEWHERE = ['healthy', 'forbidden-exec', 'forbidden-secrets'];

/** What verify says of a scenario of the lab, which shares the processors with the cluster. */
export function verifyLab(scenario: string): Promise<Verified> {
  return verify([`--lab=${scenario}`, ...(scenario === 'slow-health' ? [] : PATIENT)]);
}

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
