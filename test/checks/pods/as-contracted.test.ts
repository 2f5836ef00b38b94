import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/as-contracted.js';
import type { Container } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';

const [FIRST] = POD_NAMES;

const inPod = (change: (container: Container) => void) =>
  judge(check, ({ pods: [pod] }) => {
    const [container] = pod?.spec.containers ?? [];
    if (container) change(container);
  });

describe('pods/as-contracted', () => {
  test('passes where the pods are as their template', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: '2 pods as the contract demands' });
  });

  const faults: [string, (container: Container) => void, string][] = [
    ['another image', (all) => (all.image = 'todo-chatbot-backend:debug'), 'image'],
    ['another pull policy', (all) => (all.imagePullPolicy = 'Always'), 'imagePullPolicy'],
    [
      'a resize in place',
      (all) => (all.resources = { ...all.resources, limits: { cpu: '1', memory: '64Mi' } }),
      'limits',
    ],
    ['no requests', (all) => delete all.resources?.requests, 'requests'],
    ['no liveness probe', (all) => delete all.livenessProbe, 'livenessProbe'],
    [
      'another readiness path',
      (all) => Object.assign(all.readinessProbe?.httpGet ?? {}, { path: '/' }),
      'readinessProbe',
    ],
    [
      'privileges',
      (all) => (all.securityContext = { ...all.securityContext, privileged: true }),
      'privileged',
    ],
    ['root', (all) => (all.securityContext = { ...all.securityContext, runAsUser: 0 }), 'runAsUser'],
    ['no port', (all) => (all.ports = []), 'ports'],
  ];
  test.each(faults)('fails on a pod with %s', (_, change, field) => {
    const judged = inPod(change);
    expect(judged).toMatchObject({ status: 'fail' });
    expect(new Set(judged.ids)).toEqual(new Set(['differs']));
    expect(judged.messages[0]).toMatch(new RegExp(`^${FIRST}: `));
    expect(judged.findings[0]?.data?.field).toMatch(/^spec\.containers\[0\]/);
    expect(JSON.stringify(judged.findings)).toContain(field);
    expect(judged.findings.every(({ object }) => object?.name === FIRST)).toBe(true);
  });

  test('a fault of the template is told there, and not of each pod', () => {
    const judged = judge(check, ({ deployment, pods }) => {
      for (const { containers } of [deployment.spec.template.spec, ...pods.map(({ spec }) => spec)])
        for (const container of containers) delete container.livenessProbe;
    });
    expect(judged.status).toBe('pass');
  });

  test('a sidecar that was injected into the pods is no fault', () => {
    const judged = judge(check, ({ pods }) => {
      for (const { spec } of pods) spec.containers.push({ name: 'proxy', image: 'proxy:1' });
    });
    expect(judged.status).toBe('pass');
  });

  test('pods that are about to go are not judged, and no pod proves nothing', () => {
    const going = judge(check, ({ pods: [pod] }) => {
      Object.assign(pod?.metadata ?? {}, { deletionTimestamp: '2026-02-09T14:00:00Z' });
      Object.assign(pod?.spec.containers[0] ?? {}, { image: 'other:1' });
    });
    expect(going.status).toBe('pass');
    expect(judge(check, (evidence) => (evidence.pods = [])).status).toBe('skip');
  });
});
