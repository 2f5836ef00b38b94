/** What the checks of a load run have in common. */
import { kubectl } from '../../rule/command.js';
import { look, type Part } from '../../rule/fix.js';
import type { CheckContext } from '../check.js';
import { podSelector } from '../../fixes/commands.js';

/** The facts that most of them judge. */
export type Run = 'route' | 'distribution';

export const LOAD_SECTION = 'Load Balancing Verification; Scaling Behavior: Horizontal Scaling';

/** Probability with which an even spread must not be called uneven. */
export function confidenceOf({ load, contract }: CheckContext): number {
  return load?.confidence ?? contract.loadBalancing.confidence;
}

export function seeEndpoints(context: CheckContext): Part[] {
  const { service } = context.target.names;
  return [look(kubectl(context, `get endpointslices -l kubernetes.io/service-name=${service} -o wide`))];
}

export function seeLogs(context: CheckContext): Part[] {
  return [look(kubectl(context, `logs -l ${podSelector(context)} --since=5m --prefix`))];
}
