/** Every cause that the doctor knows, in the order of their ids. */
import { EVERY } from './index.js';
import type { Cause } from '../rule/cause-data.js';

export type CauseId = (typeof EVERY)[number]['id'];

/** With those that no cluster shows, which `verify` tells before anything is installed. */
export const EXPLAINED_CAUSES: readonly Cause[] = EVERY;

export const CAUSES = EXPLAINED_CAUSES.filter(({ isBeforeInstall }) => !isBeforeInstall);

const BY_ID = new Map(CAUSES.map((cause) => [cause.id, cause]));

/** @throws Error for an id that no cause has: a defect of a tree */
export function causeOf(id: string): Cause {
  const cause = BY_ID.get(id);
  if (!cause) throw new Error(`there is no cause '${id}'`);
  return cause;
}
