import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/load-balancing/endpoints.js';
import type { EndpointFacts } from '../../../src/evidence/evidence.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import type { Node } from '../../../src/evidence/objects.js';
import { judge, remedyOf, TARGET, type HealthyEvidence } from '../../support/check-context.js';
import { healthyEvidence, NOW, POD_NAMES } from '../../support/healthy.js';

type Address = EndpointFacts['addresses'][number];
const change = (index: number, address: Partial<Address>) =>
  judge(check, ({ endpoints }) => Object.assign(endpoints.addresses[index] ?? {}, address));
const unready = ({ pods }: HealthyEvidence, index: number) => {
  const condition = pods[index]?.status?.conditions?.find(({ type }) => type === 'Ready');
  if (condition) condition.status = 'False';
};

describe('load-balancing/endpoints', () => {
  test('passes with one ready endpoint for each ready pod', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: '2 ready endpoints for 2 ready pods' });
  });

  test('fails without any', () => {
    const judged = judge(check, ({ endpoints }) => (endpoints.addresses = []));
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['none'],
      messages: ['the Service has no ready endpoint'],
    });
    expect(judged.findings[0]?.data).toMatchObject({
      expected: '2 ready pods, each once',
      field: 'EndpointSlice',
    });
  });

  test('fails when a ready pod is not among them, or is among them but not ready or on its way out', () => {
    const message = `${POD_NAMES[1]} is ready, but not among the ready endpoints`;
    expect(judge(check, ({ endpoints }) => endpoints.addresses.pop())).toMatchObject({
      ids: ['missing'],
      messages: [message],
    });
    expect(change(1, { ready: false }).messages).toEqual([message]);
    expect(change(1, { terminating: true }).messages).toEqual([message]);
  });

  test('fails when a pod that is not ready is among them', () => {
    expect(judge(check, (evidence) => unready(evidence, 1))).toMatchObject({
      ids: ['unready-pod'],
      messages: [`${POD_NAMES[1]} is not ready, but among the ready endpoints`],
      findings: [{ object: { kind: 'Pod', name: POD_NAMES[1] } }],
    });
  });

  test('fails on an endpoint of something else', () => {
    const extra = {
      address: '10.244.0.99',
      port: 8000,
      ready: true,
      terminating: false,
      nodeName: 'n',
      zones: [] as string[],
    };
    const withExtra = (podName: string | undefined) =>
      judge(check, ({ endpoints }) => endpoints.addresses.push({ ...extra, podName }));
    expect(withExtra('frontend-1')).toMatchObject({
      ids: ['foreign'],
      messages: ['frontend-1 at 10.244.0.99 is among the ready endpoints, and is not a pod of the backend'],
    });
    expect(withExtra(undefined).messages[0]).toMatch(/^10\.244\.0\.99 is among/);
  });

  test('knows a pod by its address where the endpoint does not name it', () => {
    expect(change(1, { podName: undefined }).status).toBe('pass');
  });

  test('counts a pod with two addresses once', () => {
    const judged = judge(check, ({ endpoints }) => {
      const [first] = endpoints.addresses;
      if (first) endpoints.addresses.push({ ...first, address: 'fd00::5' });
    });
    expect(judged).toMatchObject({ status: 'pass', text: '2 ready endpoints for 2 ready pods' });
  });

  test('a single one is a fault only where the contract wants more', () => {
    const single = (replicaCount: number) =>
      judge(check, (evidence, contract) => {
        contract.backend.replicaCount = replicaCount;
        evidence.pods.pop();
        evidence.endpoints.addresses.pop();
      });
    expect(single(2)).toMatchObject({
      status: 'fail',
      ids: ['single'],
      messages: ['there is only one ready endpoint: nothing is balanced'],
    });
    expect(single(1)).toMatchObject({ status: 'pass', text: '1 ready endpoint for 1 ready pod' });
  });

  test('does not judge pods that are on their way out', () => {
    const judged = judge(check, (evidence, contract) => {
      contract.backend.replicaCount = 1;
      const metadata = evidence.pods[1]?.metadata;
      if (metadata) metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged).toMatchObject({ status: 'pass', text: '1 ready endpoint for 1 ready pod' });
  });

  test.each<[string, Partial<Address>, string]>([
    ['another port', { port: 9000 }, '9000/TCP'],
    ['another protocol', { protocol: 'UDP' }, '8000/UDP'],
    ['no port', { port: undefined }, 'none'],
    ['the port of the Service’s node', { port: 30081 }, '30081/TCP'],
  ])('fails on an endpoint with %s', (_what, address, found) => {
    const judged = change(0, address);
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['port'],
      messages: [`the endpoint 10.244.0.5 leads to port ${found}, the Service to port 8000/TCP`],
      findings: [{ object: { kind: 'Pod', name: POD_NAMES[0] } }],
    });
  });

  test('knows where a named target port leads, pod by pod', () => {
    const named = (second: number) =>
      judge(check, ({ service, pods, endpoints }) => {
        Object.assign(service.spec.ports?.[0] ?? {}, { targetPort: 'web' });
        for (const [index, number] of [8000, second].entries()) {
          const [container] = pods[index]?.spec.containers ?? [];
          if (container) container.ports = [{ name: 'web', containerPort: number }];
        }
        Object.assign(endpoints.addresses[1] ?? {}, { port: 8001 });
      });
    expect(named(8001).status).toBe('pass');
    expect(named(8002).messages).toEqual([
      'the endpoint 10.244.0.6 leads to port 8001/TCP, the Service to port 8002/TCP',
    ]);
  });

  test('fails where the Service names a port that no container has: its endpoints have none', () => {
    const judged = judge(check, ({ service, endpoints }) => {
      Object.assign(service.spec.ports?.[0] ?? {}, { targetPort: 'no-such-name' });
      for (const address of endpoints.addresses) address.port = undefined;
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['portless', 'portless'] });
  });

  test('fails where an endpoint names a pod and leads somewhere else', () => {
    expect(change(1, { address: '10.244.0.200' })).toMatchObject({
      status: 'fail',
      ids: ['address'],
      messages: [`${POD_NAMES[1]} has the address 10.244.0.6, its endpoint leads to 10.244.0.200`],
    });
  });

  test('an address of something else is foreign, whatever its port', () => {
    const judged = change(1, { address: '10.244.0.200', podName: undefined, port: 9000 });
    expect(judged.ids).toEqual(['foreign', 'port', 'missing']);
  });

  describe('under a Local policy', () => {
    const node =
      (name: string, change: (node: Node) => void = () => undefined) =>
      (evidence: HealthyEvidence) => {
        const [first = { metadata: { name } }] = evidence.nodes;
        const copy: Node = structuredClone(first);
        copy.metadata.name = name;
        change(copy);
        evidence.nodes.push(copy);
      };
    const under = (policy: object, ...changes: ((evidence: HealthyEvidence) => void)[]) =>
      judge(check, (evidence) => {
        Object.assign(evidence.service.spec, policy);
        for (const change of changes) change(evidence);
      });
    const external = { externalTrafficPolicy: 'Local' };

    test.each(['externalTrafficPolicy', 'internalTrafficPolicy'])(
      '%s: a node without a pod fails',
      (policy) => {
        const judged = under({ [policy]: 'Local' }, node('other'));
        expect(judged).toMatchObject({
          status: 'fail',
          ids: ['node-without-pod'],
          messages: [
            `${policy} is Local, and node other has no ready pod: requests that arrive there are dropped`,
          ],
        });
        const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
        expect(remedyOf(check, context, judged.findings)).toContain(`{"spec":{"${policy}":"Cluster"}}`);
      },
    );

    test('a node whose pods are not among the endpoints has none', () => {
      const judged = under(external, node('other'), ({ endpoints, pods }) => {
        const [, pod] = pods;
        if (pod) pod.spec.nodeName = 'other';
        Object.assign(endpoints.addresses[1] ?? {}, { nodeName: undefined });
      });
      expect(judged.ids).toEqual(['node-without-pod']);
    });

    test('passes where each node that may carry one has a pod', () => {
      expect(under(external).status).toBe('pass');
      const spread = under(external, node('other'), ({ endpoints }) => {
        Object.assign(endpoints.addresses[1] ?? {}, { nodeName: 'other' });
      });
      expect(spread.status).toBe('pass');
    });

    test.each<[string, (node: Node) => void]>([
      ['cordoned', (node) => (node.spec = { unschedulable: true })],
      ['tainted', (node) => (node.spec = { taints: [{ key: 'control-plane', effect: 'NoSchedule' }] })],
      ['not Ready', (node) => (node.status = { conditions: [{ type: 'Ready', status: 'Unknown' }] })],
    ])('does not expect a pod on a node that is %s', (_what, change) => {
      expect(under(external, node('other', change)).status).toBe('pass');
    });

    test('the external policy says nothing of a Service without a node port', () => {
      expect(under({ ...external, type: 'ClusterIP' }, node('other')).status).toBe('pass');
    });

    test('is unknown where the nodes cannot be seen', () => {
      const { nodes, ...rest } = healthyEvidence();
      Object.assign(rest.service.spec, external);
      const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
      expect(check.evaluate(rest, context)).toMatchObject({ status: 'unknown' });
      expect(check.evaluate(rest, context, { nodes })).toMatchObject({ status: 'pass' });
    });
  });
});
