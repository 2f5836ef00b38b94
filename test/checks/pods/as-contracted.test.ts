import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/as-contracted.js';
import type { Container, ContainerState, Pod } from '../../../src/evidence/objects.js';
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

  describe('a resize in place that the kubelet has not done', () => {
    const given = (resources: object) =>
      judge(check, ({ pods: [pod] }) => {
        const [status] = pod?.status?.containerStatuses ?? [];
        if (status) status.resources = resources;
      });
    const contracts = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '512Mi' } };

    test.each<[string, object, string]>([
      ['a smaller limit', { ...contracts, limits: { cpu: '1', memory: '256Mi' } }, 'limits.memory is 256Mi'],
      [
        'a smaller share',
        { ...contracts, requests: { cpu: '100m', memory: '512Mi' } },
        'requests.cpu is 100m',
      ],
      ['no limit of memory', { ...contracts, limits: { cpu: '1' } }, 'limits.memory is not set'],
      ['requests alone', { requests: contracts.requests }, 'limits.cpu is not set'],
    ])('%s', (_, resources, says) => {
      const judged = given(resources);
      expect(judged).toMatchObject({ status: 'fail' });
      expect(new Set(judged.ids)).toEqual(new Set(['given']));
      expect(judged.messages[0]).toBe(
        `${FIRST}: the kubelet has not given its container what the pod asks for: ${says}`,
      );
      expect(judged.findings[0]?.data?.field).toMatch(/^status\.containerStatuses\[0\]\.resources\./);
    });

    test.each([contracts, { ...contracts, limits: { cpu: '1000m', memory: '1024Mi' } }, {}])(
      'passes on %j',
      (resources) => expect(given(resources).status).toBe('pass'),
    );

    test('one that has been done is told of the pod, once', () => {
      const resources = { ...contracts, limits: { cpu: '1', memory: '64Mi' } };
      const judged = judge(check, ({ pods: [pod] }) => {
        const [container] = pod?.spec.containers ?? [];
        const [status] = pod?.status?.containerStatuses ?? [];
        for (const each of [container, status]) if (each) each.resources = resources;
      });
      expect(judged.ids).toEqual(['differs']);
    });
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

  describe('environment', () => {
    const ref = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
    const envFaults: [string, (container: Container) => void, RegExp][] = [
      [
        'another Secret',
        (all) => (all.envFrom = [{ secretRef: { name: 'other' } }]),
        /come from Secret other, by/,
      ],
      ['no envFrom', (all) => delete all.envFrom, /come from none, by the template from ConfigMap/],
      [
        'a source more',
        (all) => (all.envFrom = [...(all.envFrom ?? []), { secretRef: { name: 'other' } }]),
        /Secret other, by the template/,
      ],
      ['the sources turned round', (all) => all.envFrom?.reverse(), /by the template from ConfigMap/],
      [
        'a literal that replaces what the Secret has',
        (all) => (all.env = [{ name: 'LOG_LEVEL', value: 'DEBUG' }]),
        /variable LOG_LEVEL is a literal value, by the template not set there/,
      ],
      [
        'a key of another object',
        (all) => (all.env = [{ name: 'DATABASE_URL', ...ref('other', 'url') }]),
        /variable DATABASE_URL is key url of Secret other/,
      ],
    ];
    test.each(envFaults)('fails on a pod with %s', (_, change, message) => {
      const judged = inPod(change);
      expect(judged).toMatchObject({ status: 'fail', ids: ['environment'] });
      expect(judged.messages[0]).toMatch(message);
    });

    test('a variable of another name, as injectors add them, is none', () => {
      expect(inPod((all) => (all.env = [...(all.env ?? []), { name: 'OTEL', value: '1' }])).status).toBe(
        'pass',
      );
    });

    test('a variable of the template that the pod has otherwise, or not, is one', () => {
      const judged = judge(check, ({ deployment, pods }) => {
        const [template] = deployment.spec.template.spec.containers;
        if (template) template.env = [{ name: 'MODE', value: 'a' }];
        for (const [index, { spec }] of pods.entries())
          if (spec.containers[0]) spec.containers[0].env = index === 0 ? [{ name: 'MODE', value: 'b' }] : [];
      });
      expect(judged.messages.map((message) => message.replace(/^.*?: /, ''))).toEqual([
        'container backend: variable MODE is another value, by the template a literal value',
        'container backend: variable MODE is not set there, by the template a literal value',
      ]);
    });
  });

  describe('the user that was measured', () => {
    const measured = (value: object, more: (pod: Pod) => void = () => undefined) =>
      judge(check, ({ pods, inPod: facts }) => {
        if (facts[0]?.probe.ok) Object.assign(facts[0].probe.value, value);
        if (pods[0]) more(pods[0]);
      });

    test.each([
      ['process 1 is root', { uid: 1001, processUid: 0 }, 0],
      ['process 1 is somebody else', { uid: 1001, processUid: 33 }, 33],
      ['only the program could be asked', { uid: 0, processUid: undefined }, 0],
    ])('fails where %s though the pod says 1001', (_what, value, found) => {
      const judged = measured(value);
      expect(judged).toMatchObject({
        status: 'fail',
        ids: ['user'],
        findings: [{ data: { expected: 1001, found } }],
      });
      expect(judged.messages[0]).toContain(`its process runs as UID ${found}`);
    });

    test('process 1 of a pod that shares its processes is another’s', () => {
      const shared = judge(check, ({ deployment, pods, inPod: facts }) => {
        for (const spec of [deployment.spec.template.spec, ...pods.map((pod) => pod.spec)])
          spec.shareProcessNamespace = true;
        if (facts[0]?.probe.ok) Object.assign(facts[0].probe.value, { processUid: 65535 });
      });
      expect(shared.status).toBe('pass');
      expect(measured({ processUid: 0 }, (pod) => (pod.spec.hostPID = true)).ids).toEqual(['admission']);
    });

    test('what cannot be measured speaks against nothing', () => {
      expect(measured({ uid: undefined }).status).toBe('pass');
      const none = judge(check, ({ inPod: facts }) => {
        for (const each of facts) each.probe = { ok: false, at: '', why: 'unsupported', detail: 'no shell' };
      });
      expect(none.status).toBe('pass');
    });

    test('a template that names no user is told as such, once', () => {
      const judged = judge(check, ({ deployment, pods, inPod: facts }) => {
        for (const { containers } of [deployment.spec.template.spec, ...pods.map(({ spec }) => spec)])
          for (const container of containers) delete container.securityContext?.runAsUser;
        if (facts[0]?.probe.ok) Object.assign(facts[0].probe.value, { uid: 0, processUid: 0 });
      });
      expect(judged.status).toBe('pass');
    });
  });
});

describe('ephemeral containers', () => {
  const debugged = (state: ContainerState | undefined) =>
    judge(check, ({ pods: [pod] }) => {
      const status = {
        name: 'debugger-x2',
        image: 'docker.io/library/busybox:1.36',
        ready: false,
        restartCount: 0,
      };
      if (pod?.status) pod.status.ephemeralContainerStatuses = [{ ...status, ...(state && { state }) }];
    });

  test('warns of one that runs', () => {
    expect(debugged({ running: { startedAt: '2026-02-09T14:00:00Z' } })).toMatchObject({
      status: 'warn',
      ids: ['debugged'],
      messages: [
        `${FIRST}: ephemeral container debugger-x2 (docker.io/library/busybox:1.36) runs beside the application`,
      ],
      findings: [{ data: { field: 'status.ephemeralContainerStatuses[0].state.running' } }],
    });
  });

  test.each<[string, ContainerState | undefined]>([
    ['has ended', { terminated: { exitCode: 137 } }],
    ['cannot be pulled', { waiting: { reason: 'ImagePullBackOff' } }],
    ['has no state yet', undefined],
  ])('says nothing of one that %s', (_, state) => expect(debugged(state).status).toBe('pass'));
});
