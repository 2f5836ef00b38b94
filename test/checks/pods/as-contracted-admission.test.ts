/** Pods that a webhook or a policy has changed while they were made, and what is put beside their containers later. */
import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/as-contracted.js';
import type { Container, Pod } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';

const [FIRST] = POD_NAMES;

describe('what only admission can set', () => {
  type Spec = Pod['spec'];
  const both = (template: Partial<Spec>, pod: Partial<Spec>) =>
    judge(check, ({ deployment, pods }) => {
      Object.assign(deployment.spec.template.spec, template);
      for (const { spec } of pods) Object.assign(spec, template);
      Object.assign(pods[0]?.spec ?? {}, pod);
    });

  test.each<[string, Partial<Spec>, Partial<Spec>, string]>([
    ['the node’s network', {}, { hostNetwork: true }, 'hostNetwork is true, and false'],
    ['the node’s processes', { hostPID: false }, { hostPID: true }, 'hostPID is true, and false'],
    ['its own network', { hostNetwork: true }, { hostNetwork: false }, 'hostNetwork is false, and true'],
    ['an account', {}, { serviceAccountName: 'admin' }, 'serviceAccountName is admin, and default'],
    ['a process namespace', {}, { shareProcessNamespace: true }, 'shareProcessNamespace is true, and false'],
    ['the node’s resolver', {}, { dnsPolicy: 'Default' }, 'dnsPolicy is Default, and ClusterFirst'],
    [
      'other name servers',
      { dnsConfig: { nameservers: ['10.96.0.10'] } },
      { dnsConfig: { nameservers: ['8.8.8.8'] } },
      'dnsConfig.nameservers is 8.8.8.8, and 10.96.0.10',
    ],
    [
      'names of its own',
      {},
      { hostAliases: [{ ip: '10.0.0.9', hostnames: ['db.example.com'] }] },
      'hostAliases is 10.0.0.9 db.example.com, and none',
    ],
    [
      'no names of its own',
      { hostAliases: [{ ip: '10.0.0.9' }] },
      { hostAliases: [] },
      'hostAliases is none, and 10.0.0.9',
    ],
    [
      'files of another Secret',
      { volumes: [{ name: 'ca', secret: { secretName: 'ca' } }] },
      { volumes: [{ name: 'ca', secret: { secretName: 'other' } }] },
      "volumes[name='ca'] is Secret other, and Secret ca",
    ],
    [
      'no such files',
      { volumes: [{ name: 'ca', projected: { sources: [{ configMap: { name: 'ca' } }] } }] },
      { volumes: [] },
      "volumes[name='ca'] is not set, and ConfigMap ca",
    ],
    [
      'another account',
      { serviceAccountName: 'todo' },
      { serviceAccountName: 'default' },
      'serviceAccountName is default, and todo',
    ],
  ])('warns of a pod with %s', (_, template, pod, words) => {
    const judged = both(template, pod);
    expect(judged).toMatchObject({ status: 'warn', ids: ['admission'] });
    expect(judged.messages).toEqual([
      `${FIRST}: spec.${words} in its template: it was set when the pod was created`,
    ]);
  });

  test.each<[string, Partial<Spec>, Partial<Spec>]>([
    ['the account that a pod gets where none is named', {}, { serviceAccountName: 'default' }],
    ['an empty account', { serviceAccountName: '' }, { serviceAccountName: 'default' }],
    ['what the template says too', { hostNetwork: true, serviceAccountName: 'todo' }, {}],
    ['a flag that is off', {}, { hostNetwork: false, hostPID: false }],
    ['tolerations', {}, { tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }] }],
    ['a volume for its token', {}, { volumes: [{ name: 'kube-api-access-x2x9p', projected: {} }] }],
    ['names to search', {}, { dnsConfig: { searches: ['mesh.local'] } }],
    [
      'the policy of DNS that is the default',
      {},
      { dnsPolicy: 'ClusterFirst', shareProcessNamespace: false },
    ],
    [
      'a volume of its own that stays',
      { volumes: [{ name: 'tmp' }] },
      { volumes: [{ name: 'envoy', configMap: { name: 'mesh' } }, { name: 'tmp' }] },
    ],
    ['priority, scheduler and node', {}, { priority: 0, schedulerName: 'default-scheduler' }],
  ])('is content with %s', (_, template, pod) => {
    expect(both(template, pod).status).toBe('pass');
  });

  test('warns of an account beside what is worse', () => {
    const judged = judge(check, ({ pods: [pod] }) => {
      const [container] = pod?.spec.containers ?? [];
      if (pod) pod.spec.serviceAccountName = 'admin';
      if (container) container.imagePullPolicy = 'Always';
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['differs', 'admission'] });
  });
});

describe('what only admission can set in a container', () => {
  const both = (template: Partial<Container>, pod: Partial<Container>) =>
    judge(check, ({ deployment, pods }) => {
      for (const spec of [deployment.spec.template.spec, ...pods.map((each) => each.spec)])
        Object.assign(spec.containers[0] ?? {}, template);
      Object.assign(pods[0]?.spec.containers[0] ?? {}, pod);
    });
  const mount = (name: string, mountPath: string) => ({ name, mountPath });

  test.each<[string, Partial<Container>, Partial<Container>, string]>([
    [
      'another command',
      { command: ['uvicorn', 'main:app'] },
      { command: ['sleep', 'infinity'] },
      'command, args is sleep infinity, and uvicorn main:app',
    ],
    [
      'a command where the image’s own counts',
      {},
      { command: ['/bin/sh', '-c'], args: ['true'] },
      'command, args is /bin/sh -c true, and the image’s own',
    ],
    [
      'no arguments',
      { args: ['--port', '8000'] },
      { args: [] },
      'command, args is the image’s own, and --port 8000',
    ],
    [
      'fewer arguments',
      { command: ['uvicorn'], args: ['main:app', '--no-access-log'] },
      { args: ['main:app'] },
      'command, args is uvicorn main:app, and uvicorn main:app --no-access-log',
    ],
    ['another directory', {}, { workingDir: '/tmp' }, 'workingDir is /tmp, and the image’s own'],
    [
      'no mount',
      { volumeMounts: [mount('ca', '/etc/ca')] },
      { volumeMounts: [mount('kube-api-access-1', '/var/run/secrets/kubernetes.io/serviceaccount')] },
      "volumeMounts[mountPath='/etc/ca'] is not set, and volume ca",
    ],
    [
      'another volume in its place',
      { volumeMounts: [mount('ca', '/etc/ca')] },
      { volumeMounts: [mount('other', '/etc/ca')] },
      "volumeMounts[mountPath='/etc/ca'] is volume other, and volume ca",
    ],
  ])('warns of %s', (_, template, pod, words) => {
    const judged = both(template, pod);
    expect(judged).toMatchObject({ status: 'warn', ids: ['admission'] });
    expect(judged.messages).toEqual([
      `${FIRST}: spec.containers[0].${words} in its template: it was set when the pod was created`,
    ]);
  });

  test.each<[string, Partial<Container>, Partial<Container>]>([
    [
      'a wrapper that starts the template’s command',
      { command: ['uvicorn', 'main:app'] },
      { command: ['/vault/vault-env'], args: ['uvicorn', 'main:app'] },
    ],
    [
      'arguments as a command',
      { command: ['uvicorn'], args: ['main:app'] },
      { command: ['uvicorn', 'main:app'], args: [] },
    ],
    ['a directory that is the image’s own', { workingDir: '' }, {}],
    [
      'mounts that are added',
      { volumeMounts: [mount('ca', '/etc/ca')] },
      {
        volumeMounts: [
          mount('token', '/var/run/secrets/kubernetes.io/serviceaccount'),
          mount('ca', '/etc/ca'),
        ],
      },
    ],
    ['more variables', {}, { env: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }] }],
  ])('is content with %s', (_, template, pod) => {
    expect(both(template, pod).status).toBe('pass');
  });

  test('of containers beside the application their image, and that they are there', () => {
    const beside = (change: (spec: Pod['spec']) => void) =>
      judge(check, ({ deployment, pods }) => {
        for (const spec of [deployment.spec.template.spec, ...pods.map((each) => each.spec)]) {
          spec.containers.push({ name: 'cache', image: 'redis:7' });
          spec.initContainers = [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }];
        }
        if (pods[0]) change(pods[0].spec);
      });
    expect(beside(() => undefined).status).toBe('pass');
    expect(
      beside(({ containers }) => Object.assign(containers[1] ?? {}, { image: 'redis:6' })).messages,
    ).toEqual([
      `${FIRST}: spec.containers[1].image is redis:6, and redis:7 in its template: it was set when the pod was created`,
    ]);
    expect(beside(({ containers }) => void containers.pop()).messages).toEqual([
      `${FIRST}: spec.containers is none, and a container cache in its template: it was set when the pod was created`,
    ]);
    const moved = beside(
      ({ containers, initContainers = [] }) => void containers.push(...initContainers.splice(0)),
    );
    expect(moved.status).toBe('pass');
  });
});
