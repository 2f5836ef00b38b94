import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/network/service-dns.js';
import { judge } from '../../support/check-context.js';
import { NOW, POD_NAMES } from '../../support/healthy.js';
import { inside, unmeasured } from './_in-pod.js';

const SHORT = 'todo-chatbot-backend';
const FULL = 'todo-chatbot-backend.default.svc.cluster.local';

/** The second pod gets this answer for a name; none at all for undefined. */
const withAnswer = (name: string, answer: { addresses: string[]; error?: string } | undefined) =>
  judge(check, (evidence) => {
    const facts = inside(evidence, 1);
    facts.dns = facts.dns.filter((entry) => entry.name !== name);
    if (answer) facts.dns.push({ name, addresses: answer.addresses, error: answer.error, ms: 1 });
  });

describe('network/service-dns, of very many pods', () => {
  const left = { ok: false, at: '2026-02-09T14:05:00Z', why: 'not-sampled', detail: 'not chosen' } as const;

  test('passes by a sample, and says so', () => {
    const judged = judge(check, (evidence) => {
      evidence.inPod[1] = { pod: POD_NAMES[1], probe: left };
    });
    expect(judged).toMatchObject({ status: 'pass' });
    expect(judged.text).toContain('in 1 pod (a sample: 1 of 2 pods)');
  });

  test('is undecided where nothing was measured at all', () => {
    const judged = judge(check, (evidence) => {
      evidence.inPod = POD_NAMES.map((pod) => ({ pod, probe: left }));
    });
    expect(judged.status).toBe('unknown');
  });
});

describe('network/service-dns', () => {
  test('passes when both names lead to the clusterIP in every pod', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'todo-chatbot-backend and its full name resolve to 10.96.12.34 in 2 pods',
    });
  });

  test('is undecided while DNS may answer from its cache for a Service that was made anew', () => {
    const judged = (seconds: number) =>
      judge(check, (evidence) => {
        evidence.service.metadata.creationTimestamp = new Date(NOW - seconds * 1000).toISOString();
        for (const answer of inside(evidence, 1).dns) answer.addresses = ['10.96.9.9'];
      });
    expect(judged(12)).toMatchObject({
      status: 'unknown',
      text: 'the Service was made 12 s ago, and DNS may answer for 30 s as it did before',
    });
    expect(judged(40).status).toBe('fail');
  });

  test('fails when a name does not resolve, and names the pod', () => {
    const judged = withAnswer(SHORT, { addresses: [], error: 'dns: Temporary failure in name resolution' });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['unresolved'],
      messages: [`${SHORT} does not resolve in ${POD_NAMES[1]}: Temporary failure in name resolution`],
      findings: [{ object: { kind: 'Pod', name: POD_NAMES[1] }, data: { expected: '10.96.12.34' } }],
    });
    expect(withAnswer(SHORT, { addresses: [] }).messages).toEqual([
      `${SHORT} does not resolve in ${POD_NAMES[1]}: no address`,
    ]);
  });

  test('knows another cluster domain from a broken resolver', () => {
    expect(withAnswer(FULL, { addresses: [], error: 'dns: Name or service not known' })).toMatchObject({
      ids: ['cluster-domain'],
      messages: [
        `${FULL} does not resolve in ${POD_NAMES[1]}, though ${SHORT} does: the cluster’s domain is not cluster.local`,
      ],
    });
    expect(withAnswer(FULL, { addresses: [], error: 'timeout: no answer within 8 s' }).ids).toEqual([
      'unresolved',
    ]);
  });

  test('fails on another address', () => {
    expect(withAnswer(SHORT, { addresses: ['203.0.113.9'] })).toMatchObject({
      ids: ['wrong-address'],
      messages: [
        `${SHORT} resolves to 203.0.113.9 in ${POD_NAMES[1]}, the Service’s clusterIP is 10.96.12.34`,
      ],
    });
    expect(withAnswer(SHORT, { addresses: ['fd00::1', '10.96.12.34'] }).status).toBe('pass');
  });

  test('expects any address of a headless Service', () => {
    expect(judge(check, ({ service }) => (service.spec.clusterIP = 'None')).status).toBe('pass');
  });

  test('is unknown where a name was not looked up, with the reason', () => {
    expect(withAnswer(FULL, undefined)).toMatchObject({
      status: 'unknown',
      text: `in ${POD_NAMES[1]} ${FULL} was not looked up`,
    });
    const judged = judge(check, (evidence) => {
      const facts = inside(evidence, 1);
      facts.dns = [];
      facts.unmeasured = [{ what: 'dns', reason: 'no getent in the image' }];
    });
    expect(judged.text).toContain('no getent in the image');
  });

  test('is unknown where nothing could be run in a pod, and names it', () => {
    expect(
      judge(check, (evidence) => unmeasured(evidence, 1, 'forbidden', 'create pods/exec is forbidden')),
    ).toMatchObject({
      status: 'unknown',
      text: `nothing could be measured in ${POD_NAMES[1]}: create pods/exec is forbidden`,
    });
    expect(judge(check, ({ inPod }) => inPod.pop()).text).toBe(
      `nothing could be measured in ${POD_NAMES[1]}`,
    );
    expect(judge(check, (evidence) => (evidence.pods = [])).text).toBe(
      'there is no running pod to measure in',
    );
  });

  test('does not wait for pods that are on their way out', () => {
    const judged = judge(check, ({ inPod, pods }) => {
      inPod.pop();
      const metadata = pods[1]?.metadata;
      if (metadata) metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged.status).toBe('pass');
  });

  test('is unknown without the Service', () => {
    expect(judge(check, (evidence) => Object.assign(evidence, { service: undefined })).status).toBe(
      'unknown',
    );
  });
});
