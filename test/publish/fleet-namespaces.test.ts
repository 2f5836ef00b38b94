/** A Role in some namespaces alone: the releases of a list are read there, and what may not be read is unknown. */
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parse as parseYaml, parseAllDocuments } from 'yaml';
import ChecksRole from '../../src/commands/checks/role.js';
import Fleet from '../../src/commands/fleet.js';
import { REPORT_APIS } from '../../src/publish/report-object.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';

const { file, remove } = temporaryFolder();
/** Namespaces in which Reports may be listed. */
let granted: string[] = [];
/** All of what a printed Role or ClusterRole grants, instead. */
let role: Role | undefined;

interface Role {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

/** As RBAC does: a Role in its own namespace, a ClusterRole everywhere; nothing that no rule names. */
function allows({ kind, metadata, rules }: Role, path: string): boolean {
  const [, group = '', namespace, resource = ''] =
    /^\/apis\/([^/]+)\/[^/]+\/(?:namespaces\/([^/]+)\/)?([^/]+)$/.exec(path) ?? [];
  return (
    (kind === 'ClusterRole' || (namespace !== undefined && namespace === metadata.namespace)) &&
    rules.some(
      (rule) =>
        rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes('list'),
    )
  );
}
/** Paths that were asked for. */
let asked: string[] = [];
let server: Server;

const report = (namespace: string, release: string) => ({
  metadata: {
    name: `todo-k8s-verify-${release}`,
    namespace,
    labels: { 'todo-k8s.io/release': release },
    annotations: { 'todo-k8s.io/exit-code': '0', 'todo-k8s.io/started-at': new Date().toISOString() },
  },
  results: [{ policy: 'pods/ready', result: 'pass', properties: { status: 'pass' } }],
});

beforeAll(async () => {
  server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    asked.push(path);
    const namespace = /\/namespaces\/([^/]+)\/reports$/.exec(path)?.[1];
    const isGranted =
      role === undefined ? namespace !== undefined && granted.includes(namespace) : allows(role, path);
    const refusal = {
      ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 },
      message: `reports.openreports.io is forbidden: User "ci" cannot list resource "reports"`,
    };
    const found = namespace === undefined ? ['a', 'b'] : [namespace];
    const items = isGranted ? found.flatMap((each) => [report(each, 'shop'), report(each, 'other')]) : [];
    response
      .writeHead(isGranted ? 200 : 403, { 'content-type': 'application/json' })
      .end(JSON.stringify(isGranted ? { kind: 'ReportList', metadata: {}, items } : refusal));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'few' },
    clusters: [{ name: 'few', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'few', context: { cluster: 'few', user: '' } }],
  };
  writeFileSync(file('kubeconfig'), JSON.stringify(config));
});
afterAll(() => {
  server.close();
  remove();
});

async function rows(...releases: string[]) {
  asked = [];
  writeFileSync(file('list'), releases.map((each) => `${each}\n`).join(''));
  const target = ['--kubeconfig', file('kubeconfig'), '--releases-from', file('list')];
  const { stdout, exitCode } = await runCommand(Fleet, [...target, '-o', 'json']);
  const told = (JSON.parse(stdout) as { releases: Record<'namespace' | 'release' | 'status', string>[] })
    .releases;
  return {
    exitCode,
    told: told.map(({ namespace, release, status }) => `${status} ${namespace}/${release}`),
  };
}

test('each namespace of the list is asked once, and nothing else is shown', async () => {
  granted = ['a', 'b', 'c'];
  const { told, exitCode } = await rows('a/shop', 'a/other', 'b/shop');
  expect(told).toEqual(['pass a/other', 'pass a/shop', 'pass b/shop']);
  expect(exitCode).toBe(0);
  expect(asked.filter((path) => path.includes('/namespaces/')).sort()).toEqual(
    ['a', 'b'].map((namespace) => `/apis/openreports.io/v1alpha1/namespaces/${namespace}/reports`),
  );
});

test('where it is refused, too, the releases of that namespace are unknown, and the others are read', async () => {
  granted = ['a'];
  const { told, exitCode } = await rows('a/shop', 'b/shop', 'b/blue', 'a/never');
  expect(told).toEqual(['unknown a/never', 'unknown b/blue', 'unknown b/shop', 'pass a/shop']);
  expect(exitCode).toBe(3);
});

test('where nothing may be read, no release is lost', async () => {
  granted = [];
  const { told, exitCode } = await rows('a/shop', 'b/blue');
  expect(told).toEqual(['unknown a/shop', 'unknown b/blue']);
  expect(exitCode).toBe(3);
});

describe('what checks role --fleet prints', () => {
  afterEach(() => (role = undefined));
  const printed = async (...argv: string[]) => {
    const { stdout, exitCode } = await runCommand(ChecksRole, ['--fleet', ...argv]);
    expect(exitCode).toBe(0);
    return stdout;
  };
  const fleet = async (...argv: string[]) => {
    const { exitCode } = await runCommand(Fleet, ['--kubeconfig', file('kubeconfig'), ...argv]);
    return exitCode;
  };

  test('is enough in its namespace, and nowhere else', async () => {
    role = parseYaml(await printed('-n', 'a')) as Role;
    expect(role).toMatchObject({ kind: 'Role', metadata: { name: 'todo-k8s-fleet', namespace: 'a' } });
    expect(await fleet('-n', 'a')).toBe(0);
    expect(await fleet('-n', 'b')).toBe(3);
    expect(await fleet('-A')).toBe(3);
    expect((await rows('a/shop', 'b/shop')).told).toEqual(['unknown b/shop', 'pass a/shop']);
  });

  test('with -A is enough everywhere', async () => {
    role = parseYaml(await printed('-A')) as Role;
    expect(role).toMatchObject({ kind: 'ClusterRole', metadata: { name: 'todo-k8s-fleet' } });
    expect(role.metadata).not.toHaveProperty('namespace');
    for (const where of [['-A'], ['-n', 'a'], ['-n', 'b']]) expect(await fleet(...where)).toBe(0);
  });

  test('lets each kind of published object be listed, and nothing else', async () => {
    const { rules } = parseYaml(await printed()) as Role;
    expect(rules).toEqual(
      REPORT_APIS.map(({ group, resource }) => ({
        apiGroups: [group],
        resources: [resource],
        verbs: ['list'],
      })),
    );
  });

  test('--bind gives that one', async () => {
    const all = parseAllDocuments(await printed('-A', '--bind', 'ana')).map((each) => each.toJS() as object);
    expect(all[1]).toMatchObject({
      kind: 'ClusterRoleBinding',
      metadata: { name: 'todo-k8s-fleet:user:ana' },
      roleRef: { kind: 'ClusterRole', name: 'todo-k8s-fleet' },
    });
  });

  test.each([['-A'], ['--fleet', '--doctor'], ['--fleet', '--only', 'pods'], ['--fleet', '-A', '-n', 'a']])(
    '%s %s is wrong usage',
    async (...argv) => {
      expect(await runCommand(ChecksRole, argv)).toMatchObject({ exitCode: 2, stdout: '' });
    },
  );
});
