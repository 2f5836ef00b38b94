/** What a Deployment's controller says of it. */
import type { Condition, Deployment } from '../evidence/objects.js';

/** `status.conditions[type='Progressing']` of a Deployment; undefined as long as its controller has not written it. */
export function progressOf({ status }: Pick<Deployment, 'status'>): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Progressing');
}
