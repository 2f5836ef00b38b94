import { COMPONENT, COMPONENT_LABEL } from '../../contract/name-forms.js';
import { kubectl, word } from '../../rule/command.js';
import { fix, type Part } from '../../rule/fix.js';
import type { Pod } from '../../evidence/objects.js';
import { defineCheck, pass, unknown, type CheckContext, type Finding } from '../check.js';
import { isActive } from '../../kube/pod-state.js';
import { failOrWarn } from '../shared.js';
import { survey } from './_in-pod.js';
import type { EvidenceMap, InPodFacts } from '../../evidence/evidence.js';
import { DATABASE_PORT, demandedFlows, type DatabaseAt } from '../../computed/network-flows.js';
import { rule, type Direction } from '../../kube/network-policy.js';

type Consulted = Partial<Pick<EvidenceMap, 'secret' | 'environment' | 'inPod'>>;

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
    // Where the database is; wanted as soon as a policy keeps the pods from going everywhere.
    consults: ['secret', 'environment', 'inPod'],
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
  evaluate({ networkPolicies, deployment, pods, namespacePods }, context, consulted) {
    if (!deployment) return unknown('there is no Deployment whose pods a policy could select');
    const databases = databasesOf(consulted ?? {}, context);
    const flows = demandedFlows(deployment, namespacePods, context, databases);
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const selecting = new Set<string>();
    const told = new Set<string>();
    for (const labels of labelSets(pods, deployment.spec.template.metadata?.labels)) {
      for (const flow of flows) {
        const { answer, policies } = rule(networkPolicies, labels, flow);
        const names = policies.map(({ metadata }) => metadata.name);
        for (const name of names) selecting.add(name);
        if (flow.isDatabase && consulted === undefined && policies.length > 0)
          return unknown('where the database is was not read');
        // The pods reach it: whoever enforces the policies knows more of its address than can be seen here.
        if (flow.isDatabase && answer === 'maybe' && isReached(databases, pods, consulted?.inPod)) continue;
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
            port: flow.port,
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

/** The database’s hosts by the URL that the containers have, as their pods resolve them; undefined where none is demanded. */
function databasesOf(
  { environment, secret, inPod = [] }: Consulted,
  { contract }: CheckContext,
): DatabaseAt[] | undefined {
  const { hosts } = environment?.databaseUrl ?? secret?.databaseUrl ?? {};
  if (hosts === undefined && !contract.backend.requiredSecretKeys.includes('DATABASE_URL')) return undefined;
  const measured = inPod.flatMap(({ probe }) => (probe.ok ? probe.value.tcp : []));
  return (hosts ?? []).map(({ host, port }) => {
    const addresses = measured.flatMap((each) => (each.host === host ? (each.addresses ?? []) : []));
    return { host, port, addresses: [...new Set(addresses)] };
  });
}

/** Each pod that was measured connects to one of them. */
function isReached(
  databases: readonly DatabaseAt[] = [],
  pods: readonly Pod[],
  inPod: readonly InPodFacts[] = [],
): boolean {
  const { measured } = survey(pods, inPod);
  return (
    measured.length > 0 &&
    measured.every(({ value }) =>
      databases.some(({ host, port }) =>
        value.tcp.some((each) => each.host === host && each.port === port && each.connected),
      ),
    )
  );
}

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
function allowFixes(context: CheckContext, findings: readonly Finding[]): Part[] {
  const { contract, target } = context;
  const out = findings.flatMap(({ data }) => (data?.field === 'spec.egress' ? Number(data.port) : []));
  const instance = target.release === undefined ? {} : { 'app.kubernetes.io/instance': target.release };
  const ports = [...new Set([53, 443, DATABASE_PORT, ...out])].sort((a, b) => a - b);
  const tcp = (port: number) => ({ protocol: 'TCP', port });
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${target.names.deployment}-contract`, namespace: target.namespace },
    spec: {
      podSelector: { matchLabels: { ...instance, [COMPONENT_LABEL]: COMPONENT } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [tcp(contract.backend.container.port)] }],
      egress: [{ ports: [{ protocol: 'UDP', port: 53 }, ...ports.map(tcp)] }],
    },
  };
  return [fix(`echo ${word(JSON.stringify(policy))} | ${kubectl(context, 'apply -f -')}`)];
}
