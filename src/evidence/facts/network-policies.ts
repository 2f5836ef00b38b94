import { networkPolicyShape } from '../border/object-shapes.js';
import { kept, listObjects } from '../border/read.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { NetworkPolicy } from '../objects.js';
import { hideInMeta } from '../pick.js';

export async function readNetworkPolicies(context: FactContext): Promise<NetworkPolicy[]> {
  const path = namespaced(context, 'networkpolicies', 'networking.k8s.io/v1');
  const policies = await listObjects(context, path, networkPolicyShape);
  kept(context, policies);
  return policies.map((policy) => ({ ...policy, metadata: hideInMeta(policy.metadata, context.hider) }));
}
