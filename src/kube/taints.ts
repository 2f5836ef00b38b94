/** Taints of nodes, and what tolerates them, as the scheduler decides it (core/v1 Toleration). */
import type { Pod, Toleration } from '../evidence/objects.js';

export interface Taint {
  key: string;
  value?: string | undefined;
  effect: string;
}

/** An empty key with the operator Exists tolerates every taint, no effect those of every effect. */
function tolerates(
  { key = '', operator = 'Equal', value = '', effect = '' }: Toleration,
  taint: Taint,
): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '') return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
}

/** Those that keep the pod from the node: a PreferNoSchedule only makes another one preferred. */
export function keptOffBy<T extends Taint>(
  taints: readonly T[],
  tolerations: readonly Toleration[] = [],
): T[] {
  return taints.filter(
    (taint) =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !tolerations.some((each) => tolerates(each, taint)),
  );
}

/** Whether a pod on a node with this taint is left there for good, and not only for some seconds. */
export function mayStay({ spec }: Pick<Pod, 'spec'>, taint: Taint): boolean {
  const lasting = (spec.tolerations ?? []).filter(({ tolerationSeconds }) => tolerationSeconds === undefined);
  return lasting.some((each) => tolerates(each, taint));
}
