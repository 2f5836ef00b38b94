import { COMPONENT, COMPONENT_LABEL } from '../../contract/name-forms.js';
import { kubectl, word } from '../../rule/command.js';
import { fix, type Part } from '../../rule/fix.js';
import type { Pod } from '../../evidence/objects.js';
import { defineCheck, pass, unknown, type CheckContext, type Finding } from '../check.js';
import { isActive } from '../../kube/pod-state.js';
import { failOrWarn } from '../shared.js';
import { demandedFlows } from '../../computed/network-flows.js';
import { rule, type Direction } from '../../kube/network-policy.js';

type Message = 'ingress-denied' | 'egress-denied' | 'ingress-restricted' | 'egress-restricted';

export default defineCheck({
  meta: {
    id: 'network/policies',
    title: 'NetworkPolicies allow the traffic that the contract demands',
    failureTitle: 'NetworkPolicies deny traffic that the contract demands',
    why: 'where the CNI enforces them, the frontend gets no answer or the backend loses its database',
    remedy: allowFixes,
    severity: 'error',
    reads: ['networkPolicies', 'deployment', 'pods', 'namespacePods'],
    needs: ['deployment/exists'],
    messages: {
      'ingress-denied': '{found} allows no {flow} (enforcement depends on the CNI)',
      'egress-denied': '{found} allows no {flow} (enforcement depends on the CNI)',
      'ingress-restricted':
        '{found} allows {flow} for some peers only; whether for this one cannot be seen from here',
      'egress-restricted':
        '{found} allows {flow} for some peers only; whether for this one cannot be seen from here, only measured',
    },
    contractSection:
      'Security Requirements: Network Security; Database Connectivity: Network Access from Minikube',
  },
  evaluate({ networkPolicies, deployment, pods, namespacePods }, context) {
    if (!deployment) return unknown('there is no Deployment whose pods a policy could select');
    const flows = demandedFlows(deployment, namespacePods, context);
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const selecting = new Set<string>();
    const told = new Set<string>();
    for (const labels of labelSets(pods, deployment.spec.template.metadata?.labels)) {
      for (const flow of flows) {
        const { answer, policies } = rule(networkPolicies, labels, flow);
        const names = policies.map(({ metadata }) => metadata.name);
        for (const name of names) selecting.add(name);
        const key = `${flow.words} ${names.join(' ')}`;
        if (answer === 'yes' || told.has(key)) continue;
        told.add(key);
        const finding: Finding<Message> = {
          messageId: messageFor(flow.direction, answer),
          data: {
            flow: flow.words,
            expected: `${flow.words} allowed`,
            found: `NetworkPolicy ${names.join(', ')}`,
            field: `spec.${flow.direction.toLowerCase()}`,
          },
          object: { kind: 'NetworkPolicy', namespace: context.target.namespace, name: names[0] ?? '' },
        };
        (answer === 'no' && !flow.optional ? failures : warnings).push(finding);
      }
    }
    if (selecting.size === 0)
      return pass('no NetworkPolicy selects the backend’s pods: all traffic is allowed');
    return failOrWarn(failures, warnings, `${[...selecting].join(', ')} allow all traffic of the contract`);
  },
});

function messageFor(direction: Direction, answer: 'maybe' | 'no'): Message {
  const way = direction === 'Ingress' ? 'ingress' : 'egress';
  return `${way}-${answer === 'no' ? 'denied' : 'restricted'}`;
}

/** The different label sets of the pods: those of the template, and in a rollout those of the old pods. */
function labelSets(pods: readonly Pod[], template: Record<string, string> = {}): Record<string, string>[] {
  const live = pods.filter(isActive).map(({ metadata }) => metadata.labels ?? {});
  const sets = live.length > 0 ? live : [template];
  return [...new Map(sets.map((labels) => [JSON.stringify(labels), labels])).values()];
}

/** Policies only ever allow: one more that allows what the contract demands puts it right beside any other. */
function allowFixes(context: CheckContext): Part[] {
  const { contract, target } = context;
  const instance = target.release === undefined ? {} : { 'app.kubernetes.io/instance': target.release };
  const tcp = (port: number) => ({ protocol: 'TCP', port });
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${target.names.deployment}-contract`, namespace: target.namespace },
    spec: {
      podSelector: { matchLabels: { ...instance, [COMPONENT_LABEL]: COMPONENT } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [tcp(contract.backend.container.port)] }],
      egress: [{ ports: [{ protocol: 'UDP', port: 53 }, tcp(53), tcp(443), tcp(5432)] }],
    },
  };
  return [fix(`echo ${word(JSON.stringify(policy))} | ${kubectl(context, 'apply -f -')}`)];
}
