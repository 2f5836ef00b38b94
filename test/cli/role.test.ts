/** `checks role`: what it prints is what is read, and nothing is written with it. */
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
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

  test('nothing in it writes, but for what opens a command in a pod', async () => {
    const writing = permissions(await roles('--doctor')).filter((each) => !/ (?:get|list) /.test(each));
    expect(writing).toEqual(['Role create pods/exec']);
  });

  test('--no-exec leaves that out', async () => {
    expect(permissions(await roles('--doctor', '--no-exec')).join()).not.toContain('exec');
  });
});
