import { namespaced, type FactContext } from '../fact-context.js';
import type { NetworkPolicy } from '../objects.js';
import { hideInMeta, pickNetworkPolicy } from '../pick.js';

export async function readNetworkPolicies(context: FactContext): Promise<NetworkPolicy[]> {
  const path = namespaced(context, 'networkpolicies', 'networking.k8s.io/v1');
  const policies = await context.client.list<NetworkPolicy>(path, context.signal, {
    pick: pickNetworkPolicy,
  });
  return policies.map((policy) => ({ ...policy, metadata: hideInMeta(policy.metadata, context.hider) }));
}
