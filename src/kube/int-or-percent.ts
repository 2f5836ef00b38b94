/** IntOrString of the API where it counts pods: a number, or a percentage of the replicas. */

export type IntOrPercent = number | string;

/** What the API server puts where a rolling update says nothing (apps/v1 RollingUpdateDeployment). */
export const ROLLING_UPDATE_DEFAULT = '25%';

/**
 * What a value comes to (apimachinery, intstr.GetScaledValueFromIntOrPercent).
 * @param round `up` for maxSurge, `down` for maxUnavailable
 * @returns undefined where the text is neither
 */
export function scaledValue(value: IntOrPercent, replicas: number, round: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value;
  const [, digits, percent] = /^(\d{1,9})(%?)$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  if (percent === '') return Number(digits);
  const share = (Number(digits) * replicas) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}

/**
 * How many pods a rolling update may have above the replicas, and how many may be missing
 * (deploymentutil.ResolveFenceposts: where both come to nothing one pod may be missing, or nothing would move).
 */
export function rollingUpdate(
  strategy: { maxSurge?: IntOrPercent; maxUnavailable?: IntOrPercent } | undefined,
  replicas: number,
): { surge: number | undefined; unavailable: number | undefined } {
  const { maxSurge = ROLLING_UPDATE_DEFAULT, maxUnavailable = ROLLING_UPDATE_DEFAULT } = strategy ?? {};
  const surge = scaledValue(maxSurge, replicas, 'up');
  const unavailable = scaledValue(maxUnavailable, replicas, 'down');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}
