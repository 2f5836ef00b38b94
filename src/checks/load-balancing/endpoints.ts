import { grouped } from '../../computed/memo.js';
import { look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import type { EndpointFacts } from '../../evidence/evidence.js';
import type { Pod } from '../../evidence/objects.js';
import { defineCheck, failUnlessEmpty, type Finding, type FindingData, type ObjectRef } from '../check.js';
import { isActive, isReady, isTerminating } from '../pod-state.js';
import { count, failWith, podRef, serviceRef } from '../shared.js';

type Message = 'none' | 'missing' | 'unready-pod' | 'foreign' | 'single';
type Address = EndpointFacts['addresses'][number];

export default defineCheck({
  meta: {
    id: 'load-balancing/endpoints',
    title: 'Service has one ready endpoint for each ready pod',
    failureTitle: 'Service’s endpoints are not the backend’s ready pods',
    why: 'traffic goes to the endpoints and nowhere else: a pod that is not among them serves nothing',
    remedy: (context) => [
      look(
        kubectl(
          context,
          `get endpointslices -l kubernetes.io/service-name=${context.target.names.service} -o yaml`,
        ),
      ),
    ],
    severity: 'error',
    reads: ['endpoints', 'pods'],
    needs: ['service/selector-matches', 'pods/ready', 'deployment/replicas'],
    messages: {
      none: 'the Service has no ready endpoint',
      missing: '{pod} is ready, but not among the ready endpoints',
      'unready-pod': '{pod} is not ready, but among the ready endpoints',
      foreign: '{found} is among the ready endpoints, and is no pod of the backend',
      single: 'there is only one ready endpoint: nothing is balanced',
    },
    contractSection: 'Load Balancing Verification; Scaling Behavior: Horizontal Scaling',
  },
  evaluate({ endpoints, pods }, { contract, target }) {
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
    return failUnlessEmpty(
      findings,
      `${count(served.size, 'ready endpoint')} for ${count(readyPods.length, 'ready pod')}`,
    );
  },
});

/** The pod of an address: by the reference to it, which endpoints made by hand have not; else by its own address. */
function lookUp(pods: readonly Pod[]): (address: Address) => Pod | undefined {
  const byName = grouped(pods, ({ metadata }) => metadata.name);
  const byAddress = grouped(pods, ({ status }) => status?.podIP);
  return ({ podName, address }) =>
    (podName === undefined ? byAddress.get(address) : byName.get(podName))?.[0];
}
