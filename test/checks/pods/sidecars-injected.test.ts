import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/sidecars-injected.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, remedyOf, TARGET, type HealthyEvidence } from '../../support/check-context.js';
import { NOW, POD_NAMES } from '../../support/healthy.js';

type Asking = Partial<Record<'annotations' | 'labels', Record<string, string>>>;
const ask = (asking: Asking, more: (evidence: HealthyEvidence) => unknown = () => undefined) =>
  judge(check, (evidence) => {
    for (const { metadata } of evidence.pods)
      for (const place of ['annotations', 'labels'] as const)
        metadata[place] = { ...metadata[place], ...asking[place] };
    more(evidence);
  });
const beside = (index: number, name: string) => (evidence: HealthyEvidence) =>
  evidence.pods[index]?.spec.containers.push({ name });
const DAPR = { annotations: { 'dapr.io/enabled': 'true', 'dapr.io/app-id': 'backend' } };

describe('pods/sidecars-injected', () => {
  test('warns where a pod asks for a sidecar and has none', () => {
    const judged = ask(DAPR);
    expect(judged).toMatchObject({ status: 'warn', ids: ['absent', 'absent'] });
    expect(judged.messages[0]).toBe(
      `${POD_NAMES[0]} asks for the sidecar of Dapr (metadata.annotations['dapr.io/enabled']: true), and has no container daprd`,
    );
    expect(judged.findings[0]?.data).toMatchObject({ expected: 'daprd', found: 'backend' });
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, judged.findings)).toMatch(
      /injector of Dapr[^]*kubectl -n default rollout restart deployment todo-chatbot-backend/,
    );
  });

  test('passes where nobody asks', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'no injected sidecar asked for' });
    for (const value of ['false', 'no', '', 'disabled', '0'])
      expect(ask({ annotations: { 'dapr.io/enabled': value } }).status).toBe('pass');
    expect(ask({ labels: { 'sidecar.istio.io/inject': 'false' } }).status).toBe('pass');
    expect(ask({ annotations: { 'linkerd.io/inject': 'disabled' } }).status).toBe('pass');
  });

  test.each([
    [{ annotations: { 'dapr.io/enabled': 'Yes' } }, 'daprd'],
    [{ labels: { 'sidecar.istio.io/inject': 'true' } }, 'istio-proxy'],
    [{ annotations: { 'sidecar.istio.io/inject': 'true' } }, 'istio-proxy'],
    [{ annotations: { 'linkerd.io/inject': 'enabled' } }, 'linkerd-proxy'],
    [{ annotations: { 'linkerd.io/inject': 'ingress' } }, 'linkerd-proxy'],
  ])('%j wants %s', (asking, container) => {
    expect(ask(asking).findings[0]?.data).toMatchObject({ expected: container });
    const there = ask(asking, (evidence) => [beside(0, container)(evidence), beside(1, container)(evidence)]);
    expect(there).toMatchObject({ status: 'pass', text: '2 sidecars asked for, and there' });
  });

  test('names the pod that was made while the injector did not run', () => {
    expect(ask(DAPR, beside(0, 'daprd')).findings.map(({ object }) => object?.name)).toEqual([POD_NAMES[1]]);
  });

  test('knows a sidecar that is an init container which stays', () => {
    const judged = ask(DAPR, ({ pods }) => {
      for (const { spec } of pods) spec.initContainers = [{ name: 'daprd', restartPolicy: 'Always' }];
    });
    expect(judged.status).toBe('pass');
  });

  test('a container of the application’s own by another name is none', () => {
    expect(ask(DAPR, beside(0, 'dapr')).ids).toHaveLength(2);
  });

  test('pods that are on their way out are not judged', () => {
    const judged = ask(DAPR, ({ pods }) => {
      for (const { metadata } of pods) metadata.deletionTimestamp = '2026-02-09T14:05:00Z';
    });
    expect(judged.status).toBe('pass');
  });
});
