import { podRef, serviceRef } from '../../rule/object-ref.js';
import { ofFreshPod, ofFreshPods, ofGrowth } from '../../computed/change.js';
import { look, type Part } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import { defineCheck, failUnlessEmpty, unknown } from '../check.js';
import type { CheckContext, Finding, FindingData, ObjectRef } from '../check.js';
import { isActive, isReady, isTerminating } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { changeObject, patchFields } from '../../fixes/commands.js';
import { failWith } from '../shared.js';
import { few } from '../../count.js';
import { isSameFamily, lookUp, portOf, portText } from './_endpoint.js';
import { localPolicies, nodesWithout } from './_policies.js';

type Message =
  | 'none'
  | 'missing'
  | 'unready-pod'
  | 'foreign'
  | 'port'
  | 'address'
  | 'portless'
  | 'single'
  | 'node-without-pod';

export default defineCheck({
  meta: {
    id: 'load-balancing/endpoints',
    title: 'Service has one ready endpoint for each ready pod',
    failureTitle: 'Service’s endpoints are not the backend’s ready pods',
    why: 'traffic goes to the endpoints and nowhere else: a pod that is not among them serves nothing',
    remedy: (context, findings) => [
      ...policyFixes(context, findings),
      look(
        kubectl(
          context,
          `get endpointslices -l kubernetes.io/service-name=${context.target.names.service} -o yaml`,
        ),
      ),
    ],
    severity: 'error',
    reads: ['endpoints', 'pods', 'service'],
    // Of the whole cluster, and only asked for where a policy makes nodes differ.
    consults: ['nodes'],
    needs: ['service/selector-matches', 'pods/ready', 'deployment/replicas'],
    messages: {
      none: 'the Service has no ready endpoint',
      missing: '{pod} is ready, but not among the ready endpoints',
      'unready-pod': '{pod} is not ready, but among the ready endpoints',
      foreign: '{found} is among the ready endpoints, and is not a pod of the backend',
      address: '{pod} has the address {expected}, its endpoint leads to {found}',
      port: 'the endpoint {address} leads to port {found}, the Service to port {expected}',
      portless: 'the endpoint {address} has no port: no container has the one that the Service names',
      'node-without-pod':
        '{policy} is Local, and {nodes} {have} no ready pod: requests that arrive there are dropped',
      single: 'there is only one ready endpoint: nothing is balanced',
    },
    passing: { none: ofFreshPods, missing: ofFreshPod, single: ofGrowth(2) },
    contractSection: 'Load Balancing Verification; Scaling Behavior: Horizontal Scaling',
  },
  evaluate({ endpoints, pods, service }, { contract, target }, consulted) {
    const object = serviceRef(target);
    const live = pods.filter(isActive);
    const readyPods = live.filter(isReady);
    const expected = `${count(readyPods.length, 'ready pod')}, each once`;
    // Terminating addresses still serve what is open; new connections get them only where nothing else is ready.
    const ready = endpoints.addresses.filter((address) => address.ready && !address.terminating);
    if (ready.length === 0) {
      return failWith('none', { expected, found: 'none', field: endpoints.source }, object);
    }

    const findings: Finding<Message>[] = [];
    const add = (messageId: Message, data: FindingData, about: ObjectRef) =>
      findings.push({ messageId, data: { expected, field: endpoints.source, ...data }, object: about });
    // A pod with an IPv4 and an IPv6 address is one endpoint, not two.
    const served = new Set<string>();
    const podAt = lookUp(pods);
    for (const address of ready) {
      const pod = podAt(address);
      if (!pod)
        add('foreign', { found: [address.podName, address.address].filter(Boolean).join(' at ') }, object);
      else if (!isTerminating(pod)) served.add(pod.metadata.name);
      const own = pod?.status?.podIP;
      const about = pod ? podRef(target, pod.metadata.name) : object;
      if (pod && own !== undefined && isSameFamily(own, address.address) && own !== address.address) {
        add('address', { pod: pod.metadata.name, expected: own, found: address.address }, about);
      }
      const port = portOf(service, contract.backend.service, pod);
      const leadsTo = portText(address.port, address.protocol);
      // A name that no container gives to a port of its: the endpoint has none, and leads nowhere.
      if (port === undefined && address.port === undefined) {
        add('portless', { address: address.address, expected: 'a port', found: 'none' }, about);
      }
      if (port !== undefined && port !== leadsTo) {
        add('port', { address: address.address, expected: port, found: leadsTo }, about);
      }
    }
    for (const { metadata } of readyPods) {
      const data = { pod: metadata.name, found: 'no ready endpoint' };
      if (!served.has(metadata.name)) add('missing', data, podRef(target, metadata.name));
    }
    for (const pod of live) {
      const { name } = pod.metadata;
      const data = { pod: name, found: 'a ready endpoint' };
      if (served.has(name) && !isReady(pod)) add('unready-pod', data, podRef(target, name));
    }
    if (findings.length === 0 && served.size === 1 && contract.backend.replicaCount > 1) {
      add(
        'single',
        { expected: count(contract.backend.replicaCount, 'endpoint'), found: '1 endpoint' },
        object,
      );
    }
    for (const policy of service ? localPolicies(service) : []) {
      if (consulted?.nodes === undefined) {
        if (findings.length > 0) break;
        return unknown(
          `${policy} is Local, and the cluster’s nodes could not be seen: one without a pod drops requests`,
        );
      }
      const without = nodesWithout(ready, consulted.nodes);
      if (without.length === 0) continue;
      const nodes = `${without.length === 1 ? 'node' : 'nodes'} ${few(without)}`;
      const data = { policy, nodes, have: without.length === 1 ? 'has' : 'have', field: `spec.${policy}` };
      add('node-without-pod', { ...data, expected: 'Cluster', found: 'Local' }, object);
    }
    return failUnlessEmpty(
      findings,
      `${count(served.size, 'ready endpoint')} for ${count(readyPods.length, 'ready pod')}`,
    );
  },
});

/** Takes back the policies that findings name. */
function policyFixes(context: CheckContext, findings: readonly Finding[]): Part[] {
  const policies = findings.flatMap(({ messageId, data }) =>
    messageId === 'node-without-pod' ? [[String(data?.policy), 'Cluster']] : [],
  );
  if (policies.length === 0) return [];
  const spec: unknown = Object.fromEntries(policies);
  return changeObject(context, patchFields('service', context.target.names.service, { spec }));
}
