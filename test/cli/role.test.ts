/** `checks role`: what it prints is what is read, and nothing is written with it. */
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { CHECKS } from '../../src/checks/index.js';
import ChecksExplain from '../../src/commands/checks/explain.js';
import ChecksRole from '../../src/commands/checks/role.js';
import { runCommand } from '../bundle/support.js';

interface Role {
  kind: string;
  rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

async function roles(...argv: string[]): Promise<Role[]> {
  const { stdout, exitCode } = await runCommand(ChecksRole, argv);
  expect(exitCode).toBe(0);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Role);
}

const permissions = (all: readonly Role[]): string[] =>
  all.flatMap(({ kind, rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => [kind, verb, resource, ...apiGroups].filter(Boolean).join(' ')),
      ),
    ),
  );

describe('checks role', () => {
  test('--doctor adds what only the doctor reads', async () => {
    const ofChecks = permissions(await roles());
    const added = permissions(await roles('--doctor')).filter((each) => !ofChecks.includes(each));
    expect(added.sort()).toEqual([
      'ClusterRole list pods',
      'Role get pods/proxy',
      'Role get services/proxy',
      'Role list events',
      'Role list pods metrics.k8s.io',
    ]);
  });

  test('--workers: to make one Job and remove it, and what says where its pods send', async () => {
    const least = ['--only', 'cluster/reachable', '--no-exec'];
    const before = permissions(await roles(...least));
    const added = permissions(await roles(...least, '--workers')).filter((each) => !before.includes(each));
    expect(added.sort()).toEqual([
      'ClusterRole list nodes',
      'Role create jobs batch',
      'Role delete jobs batch',
      'Role get deployments apps',
      'Role get pods/log',
      'Role get secrets',
      'Role get services',
      'Role list pods',
      'Role list replicasets apps',
      'Role patch jobs batch',
    ]);
  });

  test('nothing in it writes, but for what opens a command in a pod', async () => {
    const writing = permissions(await roles('--doctor')).filter((each) => !/ (?:get|list) /.test(each));
    expect(writing).toEqual(['Role create pods/exec']);
  });

  test('--no-exec leaves that out', async () => {
    expect(permissions(await roles('--doctor', '--no-exec')).join()).not.toContain('exec');
  });

  describe('checks explain', () => {
    interface Explained {
      reads: { evidence: string; permissions: string[] }[];
      role?: string;
    }
    const explained = async (id: string): Promise<Explained> =>
      JSON.parse((await runCommand(ChecksExplain, [id, '-o', 'json'])).stdout) as Explained;

    test.each<[id: string, evidence: string, permissions: string[]]>([
      ['pods/running', 'pods', ['list pods', 'list replicasets', 'get deployments']],
      ['deployment/exists', 'deployment', ['get deployments']],
      ['load-balancing/endpoints', 'endpoints', ['list endpointslices', 'get services']],
      ['cluster/reachable', 'server', []],
      [
        'functional/health',
        'health',
        [
          ...['get services', 'get pods/log', 'list nodes', 'list pods', 'list replicasets'],
          'get deployments',
        ],
      ],
      [
        'config/auth-secret-matches-frontend',
        'frontend',
        ['list deployments', 'get secrets', 'get deployments', 'get configmaps'],
      ],
    ])('%s: %s takes what it is made from, too', async (id, evidence, permissions) => {
      const { reads } = await explained(id);
      expect(reads.find((each) => each.evidence === evidence)).toEqual({ evidence, permissions });
    });

    test.each(CHECKS.map(({ meta }) => meta.id as string))(
      '%s: the Role that its page names holds all of them',
      async (id) => {
        const { reads, role } = await explained(id);
        expect(role).toBe(`todo-k8s checks role --only ${id}`);
        const granted = permissions(await roles(...(role ?? '').split(' ').slice(3)));
        const without = granted.map((each) => each.split(' ').slice(1, 3).join(' '));
        expect(without).toEqual(expect.arrayContaining(reads.flatMap((each) => each.permissions)));
      },
    );

    test('the page of a check of another command names none', async () => {
      expect(await explained('load-balancing/limit')).not.toHaveProperty('role');
      expect(await explained('install/quota')).not.toHaveProperty('role');
    });
  });

  describe('--bind', () => {
    interface Binding {
      kind: string;
      metadata: { name: string; namespace?: string };
      subjects: { kind: string; name: string; namespace?: string; apiGroup?: string }[];
      roleRef: { kind: string; name: string };
    }
    const bindings = async (...argv: string[]) =>
      ((await roles(...argv)) as unknown as Binding[]).filter(({ kind }) => kind.endsWith('Binding'));

    test('gives both roles to whom it names, each by a binding of its own', async () => {
      const all = await bindings('-n', 'todo', '--bind', 'ana', '--bind=serviceaccount:ci:deployer');
      expect(
        all.map(({ kind, metadata, subjects, roleRef }) => [
          `${kind} ${metadata.namespace ?? '-'} ${metadata.name}`,
          subjects.map((each) => `${each.kind} ${each.namespace ?? '-'} ${each.name}`).join(),
          `${roleRef.kind} ${roleRef.name}`,
        ]),
      ).toEqual([
        ['RoleBinding todo todo-k8s:user:ana', 'User - ana', 'Role todo-k8s'],
        [
          'RoleBinding todo todo-k8s:serviceaccount:ci:deployer',
          'ServiceAccount ci deployer',
          'Role todo-k8s',
        ],
        ['ClusterRoleBinding - todo-k8s:user:ana', 'User - ana', 'ClusterRole todo-k8s'],
        [
          'ClusterRoleBinding - todo-k8s:serviceaccount:ci:deployer',
          'ServiceAccount ci deployer',
          'ClusterRole todo-k8s',
        ],
      ]);
    });

    test.each([
      ['ana@example.com', 'User', 'ana@example.com', 'todo-k8s:user:ana@example.com'],
      ['https://sso.example/ana', 'User', 'https://sso.example/ana', 'todo-k8s:user:https:--sso.example-ana'],
      ['group:system:masters', 'Group', 'system:masters', 'todo-k8s:group:system:masters'],
      ['ana"\\: x', 'User', 'ana"\\: x', 'todo-k8s:user:ana--:-x'],
      ['- ana', 'User', '- ana', 'todo-k8s:user:--ana'],
    ])('%s', async (text, kind, name, called) => {
      const [first] = await bindings(`--bind=${text}`);
      expect(first).toMatchObject({ metadata: { name: called }, subjects: [{ kind, name }] });
    });

    test.each(['', ' ', 'group:', 'serviceaccount:ci', 'serviceaccount:CI:x', 'a\nb', 'a\u0000b'])(
      '%j names nobody',
      async (text) => {
        const { exitCode, stdout } = await runCommand(ChecksRole, [`--bind=${text}`]);
        expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      },
    );
  });
});
