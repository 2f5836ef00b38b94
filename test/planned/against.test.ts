/** verify --against: what would not work in a cluster is foretold, what would is not objected to, and nothing is written. */
import { describe, expect, test } from '@jest/globals';
import ChecksExplain from '../../src/commands/checks/explain.js';
import ChecksList from '../../src/commands/checks/list.js';
import ChecksRole from '../../src/commands/checks/role.js';
import Verify from '../../src/commands/verify.js';
import type { World } from '../../src/lab/world.js';
import { runCommand } from '../bundle/support.js';
import { render } from '../field/render.js';
import { against, inCluster, objects, ROW, within, type Objects, type Spec, type Template } from './site.js';

describe('what would work is not objected to', () => {
  test('a first installation, and every rule has looked', async () => {
    const { install, objecting } = await against(objects());
    expect(objecting).toEqual([]);
    expect(install.map(({ id }) => id).sort()).toEqual([
      'install/autoscaler',
      'install/change',
      'install/image',
      'install/limit-range',
      'install/namespace',
      'install/node-port',
      'install/ownership',
      'install/pod-security',
      'install/quota',
      'install/references',
      'install/room',
      'install/selector',
    ]);
    expect(install.find(({ id }) => id === 'install/change')?.message).toBe('the Deployment is new');
  });

  test.each<[string, (world: World) => void]>([
    [
      'a quota with room',
      inCluster('resourcequotas', {
        kind: 'ResourceQuota',
        metadata: { name: 'enough' },
        status: { hard: { pods: '10', 'requests.cpu': '1' }, used: { pods: '2', 'requests.cpu': '900m' } },
      }),
    ],
    [
      'a quota of something that every object has',
      inCluster('resourcequotas', {
        kind: 'ResourceQuota',
        metadata: { name: 'odd' },
        status: { hard: { constructor: '0', valueOf: '0' }, used: {} },
      }),
    ],
    [
      'a quota for other pods',
      inCluster('resourcequotas', {
        kind: 'ResourceQuota',
        metadata: { name: 'scoped' },
        spec: { scopes: ['Terminating'] },
        status: { hard: { pods: '0' }, used: { pods: '0' } },
      }),
    ],
    [
      'a LimitRange that it keeps',
      inCluster('limitranges', {
        kind: 'LimitRange',
        metadata: { name: 'wide' },
        spec: { limits: [{ type: 'Container', max: { memory: '1Gi' }, min: { cpu: '10m' } }] },
      }),
    ],
  ])('%s', async (_name, change) => {
    const { objecting } = await within(change, () => against(objects()));
    expect(objecting).toEqual([]);
  });

  test('an image by tag and digest, which the node knows by its digest alone', async () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    const there = (world: World) => {
      for (const { status } of world.nodes)
        Object.assign(status ?? {}, { images: [{ names: [`docker.io/library/pinned@${digest}`] }] });
    };
    const pinned = objects((_all, { spec }) => {
      for (const each of spec.containers)
        Object.assign(each, { image: `pinned:1@${digest}`, imagePullPolicy: 'Never' });
    });
    const { objecting } = await within(there, () => against(pinned));
    expect(objecting).toEqual([]);
  });
});

describe('what would not is foretold', () => {
  const plans: [string, string, RegExp, (all: Objects, template: Template, spec: Spec) => void][] = [
    [
      'a node port that is taken',
      'install/node-port',
      /node port 30081 is taken by Service default\/todo-chatbot-backend/,
      (all) => {
        const service = all.find(({ kind }) => kind === 'Service');
        Object.assign(service?.spec as object, {
          type: 'NodePort',
          ports: [{ port: 8000, nodePort: 30081 }],
        });
      },
    ],
    [
      'a Secret that is nowhere',
      'install/references',
      /no Secret nobody, here or among the manifests/,
      (_all, { spec }) => spec.containers[0]?.envFrom.push({ secretRef: { name: 'nobody' } }),
    ],
    [
      'a key that a Secret does not have',
      'install/references',
      /Secret todo-secrets has no key OTHER/,
      (_all, { spec }) =>
        spec.containers[0]?.env.push({
          name: 'X',
          valueFrom: { secretKeyRef: { name: 'todo-secrets', key: 'OTHER' } },
        }),
    ],
    [
      'a ServiceAccount that is not there',
      'install/references',
      /no ServiceAccount nobody/,
      (_all, { spec }) => {
        spec.serviceAccountName = 'nobody';
      },
    ],
    [
      'more than any node has',
      'install/room',
      /room for 0 of 2 pods: each asks for 900000m CPU/,
      (_all, { spec }) => {
        for (const each of spec.containers) each.resources = { requests: { cpu: '900' } };
      },
    ],
    [
      'a label that no node has',
      'install/room',
      /no node has the label disk=ssd/,
      (_all, { spec }) => {
        spec.nodeSelector = { disk: 'ssd' };
      },
    ],
    [
      'an image that is never pulled and not there',
      'install/image',
      /image nobody:1 is never pulled, and is not on node minikube/,
      (_all, { spec }) => {
        for (const each of spec.containers)
          Object.assign(each, { image: 'nobody:1', imagePullPolicy: 'Never' });
      },
    ],
    [
      'a selector that its own pods do not match',
      'install/selector',
      /asks for app=other, a label that its own pods do not have/,
      (_all, _template, spec) => {
        spec.selector.matchLabels = { app: 'other' };
      },
    ],
  ];
  test.each(plans)('%s', async (_name, id, says, change) => {
    const { objecting, exitCode } = await against(objects(change));
    expect(objecting.map((each) => each.id)).toContain(id);
    const check = objecting.find((each) => each.id === id);
    expect(check?.findings.map(({ message }) => message).join('\n')).toMatch(says);
    expect(check?.status).toBe('fail');
    expect(check?.remedy).toMatch(/It is in .*plan\d+\.yaml/);
    expect(exitCode).toBe(1);
  });

  const worlds: [string, string, RegExp, (world: World) => void][] = [
    [
      'a quota of pods',
      'install/quota',
      /quota few: 3 pods are allowed, 2 are there: 2 pods more would exceed it/,
      inCluster('resourcequotas', {
        kind: 'ResourceQuota',
        metadata: { name: 'few' },
        status: { hard: { pods: '3' }, used: { pods: '2' } },
      }),
    ],
    [
      'a quota that demands what no container has',
      'install/quota',
      /demands limits\.cpu of every container, and todo-backend has none/,
      inCluster('resourcequotas', {
        kind: 'ResourceQuota',
        metadata: { name: 'strict' },
        status: { hard: { 'limits.cpu': '4' }, used: {} },
      }),
    ],
    [
      'a LimitRange',
      'install/limit-range',
      /LimitRange small: container todo-backend requests 10m cpu, at least 50m is demanded/,
      inCluster('limitranges', {
        kind: 'LimitRange',
        metadata: { name: 'small' },
        spec: { limits: [{ type: 'Container', min: { cpu: '50m' } }] },
      }),
    ],
    [
      'Helm’s own object of that name',
      'install/ownership',
      /Service todo-backend belongs to Helm release other/,
      inCluster('services', {
        kind: 'Service',
        metadata: { name: 'todo-backend', annotations: { 'meta.helm.sh/release-name': 'other' } },
        spec: { ports: [{ port: 8000 }] },
      }),
    ],
    [
      'a selector that is there already',
      'install/selector',
      /another one than that of the Deployment that is there, and it is immutable/,
      inCluster('deployments.apps', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'todo-backend' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'old' } },
          template: { metadata: { labels: { app: 'old' } }, spec: { containers: [] } },
        },
      }),
    ],
  ];
  test.each(worlds)('%s', async (_name, id, says, change) => {
    const { objecting } = await within(change, () =>
      against(
        objects((_all, { spec }) => {
          for (const each of spec.containers) each.resources = { requests: { cpu: '10m' } };
        }),
      ),
    );
    const check = objecting.find((each) => each.id === id);
    expect(check?.findings.map(({ message }) => message).join('\n')).toMatch(says);
  });

  test('a namespace that is not there', async () => {
    const { objecting } = await against(objects(), '-n', 'nowhere');
    expect(objecting.map(({ id, message }) => [id, message])).toContainEqual([
      'install/namespace',
      'The namespace is missing or being deleted',
    ]);
  });
});

test('what is not among the manifests is judged as it is in the cluster, without a value', async () => {
  const secret = render(ROW as never).find((object) => (object as { kind: string }).kind === 'Secret');
  const without = objects().filter(({ kind }) => kind !== 'Secret');
  const { stringData } = secret as { stringData: Record<string, string> };
  const data = Object.fromEntries(
    Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  const { report, objecting, stdout } = await within(
    inCluster('secrets', { kind: 'Secret', type: 'Opaque', metadata: { name: 'todo-secrets' }, data }),
    () => against(without),
  );
  expect(objecting).toEqual([]);
  expect(report.checks.find(({ id }) => id === 'config/secret')?.status).toBe('pass');
  for (const value of Object.values(stringData)) expect(stdout).not.toContain(value);
});

test('an upgrade says what it changes, and whether pods are replaced', async () => {
  const first = objects();
  const there = first.find(({ kind }) => kind === 'Deployment');
  const change = inCluster('deployments.apps', there ?? {});
  const same = await within(change, () => against(first));
  const message = (found: typeof same) => found.install.find(({ id }) => id === 'install/change')?.message;
  expect(message(same)).toBe('nothing changes, no pod is replaced');
  const next = objects((_all, { spec }) => {
    for (const each of spec.containers) each.image = 'todo-backend:2';
  });
  expect(message(await within(change, () => against(next)))).toMatch(
    /^replaces all \d pods: spec\.template\.spec\.containers\[0\]\.image: \S+ → todo-backend:2$/,
  );
});

describe('the command line', () => {
  test('--against needs a plan', async () => {
    const { exitCode, stderr } = await runCommand(Verify, ['--against', 'live']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--manifests or --chart')]);
  });

  test('--only chooses among them, and they are explained', async () => {
    const { report } = await against(objects(), '--only', 'install/quota');
    expect(report.checks.map(({ id }) => id)).toEqual(['install/quota']);
    const { stdout, exitCode } = await runCommand(ChecksExplain, ['install/quota']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('quota has room')]);
  });

  test('each has a page with its fix and an example, and stands in the list', async () => {
    const { install } = await against(objects());
    const list = await runCommand(ChecksList, ['-o', 'json']);
    const listed = (JSON.parse(list.stdout) as { id: string }[]).map(({ id }) => id);
    for (const { id } of install) {
      const { stdout } = await runCommand(ChecksExplain, [id, '-o', 'json']);
      const page = JSON.parse(stdout) as { example: string; remedy: string };
      expect([id, page.example === '', page.remedy === '']).toEqual([id, false, false]);
      expect(listed).toContain(id);
    }
  });

  test('the Role has what it reads', async () => {
    const { stdout } = await runCommand(ChecksRole, ['--against']);
    for (const resource of ['resourcequotas', 'limitranges', 'serviceaccounts', 'namespaces'])
      expect(stdout).toContain(`"${resource}"`);
    expect(stdout).not.toMatch(/verbs: .*(create|update|patch|delete).*"pods"/);
  });
});
