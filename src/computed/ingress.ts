/** Whether NetworkPolicies let callers of the node port in. */
import type { Look } from '../rule/look.js';
import { rule } from '../kube/network-policy.js';
import { demandedFlows } from './network-flows.js';

export interface IngressDenied {
  /** The policy that isolates the pods. */
  name: string;
  /** Whether its rules deny the caller whoever it is. */
  certain: boolean;
}

export type IngressLook = Pick<Look<'networkPolicies' | 'pods' | 'deployment'>, 'context' | 'maybe'>;

/** The policy that denies callers of the node port the way in, if one does. */
export function ingressDenied({ context, maybe }: IngressLook): IngressDenied | undefined {
  const policies = maybe('networkPolicies');
  const pods = maybe('pods');
  const deployment = maybe('deployment');
  if (!policies.ok || !pods.ok || !deployment.ok || !deployment.value) return undefined;
  const labels = pods.value[0]?.metadata.labels ?? deployment.value.spec.template.metadata?.labels ?? {};
  const flow = demandedFlows(deployment.value, [], context).find(({ peers }) =>
    peers.some(({ kind }) => kind === 'client'),
  );
  if (flow === undefined) return undefined;
  const { answer, policies: isolating } = rule(policies.value, labels, flow);
  const name = isolating[0]?.metadata.name;
  return answer === 'yes' || name === undefined ? undefined : { name, certain: answer === 'no' };
}
