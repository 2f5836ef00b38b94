/** Whether a node is ready (core/v1 Node). Pure. */
import type { Condition, Node } from '../evidence/objects.js';

/** A node's condition Ready where it is anything but True. */
export function lostReady({ status }: Node): Condition | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? undefined : (ready ?? { type: 'Ready', status: 'Unknown' });
}
