/** What all causes of a node port that does not answer have in common, where the Service does. */
import { serviceRef } from '../../rule/object-ref.js';
import { nodePortOf, type NodePortLook, type Silent } from '../../computed/node-port.js';
import type { VantageFacts } from '../../evidence/deep-facts.js';
import type { Told } from '../../rule/cause.js';
import { seenOutside } from './_seen.js';

/** What it takes to know that. */
export const NODE_PORT_CONSULTS = ['networkPolicies', 'pods', 'deployment', 'service', 'route'] as const;

/** The parts of a finding that say so; undefined where it is something else that keeps the node port silent, or nothing. */
export function silentBy(
  means: Silent['means'],
  vantage: VantageFacts,
  look: NodePortLook,
): Required<Pick<Told, 'object' | 'evidence' | 'ruledOut'>> | undefined {
  const nodePort = nodePortOf(vantage, look);
  if (nodePort.state !== 'silent' || nodePort.means !== means) return undefined;
  return {
    object: serviceRef(look.context.target),
    evidence: seenOutside(vantage),
    ruledOut: ['selector', 'target port', 'loopback address'],
  };
}
