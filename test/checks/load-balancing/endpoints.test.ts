import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/load-balancing/endpoints.js';
import type { EndpointFacts } from '../../../src/evidence/evidence.js';
import { judge, type HealthyEvidence } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';

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
      messages: ['frontend-1 at 10.244.0.99 is among the ready endpoints, and is no pod of the backend'],
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
});
