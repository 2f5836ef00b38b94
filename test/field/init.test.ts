/** contract init describes each deployment of the field, and verify is content with what it wrote, real faults aside. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import ContractInit from '../../src/commands/contract/init.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { runCommand } from '../bundle/support.js';
import { realFaultsOf } from './real-faults.js';
import { render, ROWS, type FieldRow } from './render.js';

const folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-field-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function initAndVerify(objects: object[], name: string, edit = (text: string) => text) {
  const file = path.join(folder, `${name}.yaml`);
  const lab = await startLab('healthy', { objects });
  try {
    const at = ['--kubeconfig', lab.kubeconfigPath];
    const init = await runCommand(ContractInit, [...at, '--force', '-o', file]);
    expect(init).toMatchObject({ exitCode: 0 });
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    const { exitCode, stdout, stderr } = await runCommand(Verify, [...at, '--contract', file, '-o', 'json']);
    if (stdout === '') throw new Error(stderr);
    const { checks } = JSON.parse(stdout) as Report;
    const having = (status: string) => checks.filter((check) => check.status === status).map(({ id }) => id);
    return { exitCode, checks, having, text: readFileSync(file, 'utf8'), init };
  } finally {
    await lab.close();
  }
}

describe.each(ROWS)('$id', (row) => {
  test('is described, and only its real faults are left', async () => {
    const { exitCode, having } = await initAndVerify(render(row), row.id);
    expect(having('fail').sort()).toEqual(realFaultsOf(row).sort());
    expect(having('unknown')).toEqual([]);
    expect(exitCode).toBe(realFaultsOf(row).length > 0 ? 1 : 0);
  });
});

const rowOf = (id: string): FieldRow => {
  const row = ROWS.find((each) => each.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
};

describe('an application that gets its database by another variable', () => {
  /** The manifests with DATABASE_URL renamed, in the Secret and wherever it is referred to. */
  const renamed = (name: string) =>
    JSON.parse(JSON.stringify(render(rowOf('d06'))).replaceAll('DATABASE_URL', name)) as object[];

  test.each(['NEON_DATABASE_URL', 'POSTGRES_URL', 'SQLALCHEMY_DATABASE_URI'])('%s', async (name) => {
    const { exitCode, having, text, checks } = await initAndVerify(renamed(name), name);
    expect(text).toContain(name);
    expect([exitCode, having('fail'), having('unknown')]).toEqual([0, [], []]);
    // What is not judged is named: a skip must not look as if there were no database.
    for (const check of ['config/database-url', 'network/database-egress'])
      expect(checks.find(({ id }) => id === check)).toMatchObject({
        status: 'skip',
        message: expect.stringContaining(
          `does not ask for a DATABASE_URL; the container gets its database ${name} in its place, from Secret `,
        ),
      });
  });
});

describe('the file', () => {
  test('lists weaknesses to be accepted; one that is accepted passes and is told', async () => {
    const accept = (text: string) =>
      text
        .replaceAll(/^ {2}# ( {0,2}[-\w].*)$/gm, '  $1')
        .replaceAll(/reason:$/gm, 'reason: a small cluster');
    const { text, checks, exitCode } = await initAndVerify(render(rowOf('d06')), 'accepted', accept);
    expect(text).toContain('knownWeaknesses:\n  - deployment/security-context');
    const check = checks.find(({ id }) => id === 'deployment/security-context');
    expect(check).toMatchObject({ status: 'pass', message: 'accepted: a small cluster' });
    expect(check?.accepted?.length).toBeGreaterThan(2);
    expect(exitCode).toBe(0);
  });

  test('is silent about what is as the written contract has it, and never holds a secret', async () => {
    const { text, init } = await initAndVerify(render(rowOf('d03')), 'short');
    expect(text).not.toMatch(/tag:|targetPort|maxSurge|successThreshold/);
    expect(text).toContain('pullPolicy: Never   # written contract: IfNotPresent');
    expect(text + init.stderr).not.toContain('npg-lab');
    expect(init.stderr).toContain('not taken over: deployment/no-inline-secrets');
  });

  test('does not take over a target port that nobody listens on', async () => {
    const { having, text } = await initAndVerify(render({ ...rowOf('d06'), tport: 5000 }), 'port');
    expect(having('fail')).toEqual(['service/ports']);
    expect(text).not.toContain('targetPort');
  });
});
