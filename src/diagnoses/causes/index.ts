/** Every cause that the doctor knows, in the order of the topics. */
import { RULES } from '../../causes/index.js';
import type { Cause } from '../cause.js';
import { CHART_CAUSES } from './chart.js';
import { CLUSTER_CAUSES } from './cluster.js';
import { DEPLOYMENT_CAUSES, ROLLOUT_CAUSES } from './pods.js';

const LISTS = [...CLUSTER_CAUSES, ...DEPLOYMENT_CAUSES, ...RULES, ...ROLLOUT_CAUSES] as const;

export type CauseId = (typeof LISTS)[number]['id'];

export const CAUSES: readonly Cause[] = LISTS;

/** With those that no cluster shows, which `verify` tells before anything is installed. */
export const EXPLAINED_CAUSES: readonly Cause[] = [...CAUSES, ...CHART_CAUSES];

const BY_ID = new Map(CAUSES.map((cause) => [cause.id, cause]));

/** @throws Error for an id that no cause has: a defect of a tree */
export function causeOf(id: string): Cause {
  const cause = BY_ID.get(id);
  if (!cause) throw new Error(`there is no cause '${id}'`);
  return cause;
}
