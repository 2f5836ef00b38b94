/** contract init from what is not running: manifests, and what Helm has stored. */
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import ContractInit from '../../src/commands/contract/init.js';
import Verify from '../../src/commands/verify.js';
import { startLab } from '../../src/lab/lab.js';
import { runCommand, runWithoutCluster, temporaryFolder } from '../bundle/support.js';
import { render, ROWS } from '../field/render.js';

const { folder, file, remove } = temporaryFolder();
afterAll(remove);

describe('from manifests', () => {
  test.each(['d06', 'd09', 'd28', 'd40'])('%s: verify is content with what was written', async (id) => {
    const row = ROWS.find((each) => each.id === id);
    if (row === undefined) throw new Error(`no row ${id}`);
    const given = file(`${id}.yaml`);
    const contract = file(`${id}.contract.yaml`);
    writeFileSync(
      given,
      render(row)
        .map((object) => stringify(object))
        .join('---\n'),
    );
    const init = await runWithoutCluster(
      ContractInit,
      ['--from', `manifests=${given}`, '-o', contract],
      folder,
    );
    expect(init.exitCode).toBe(0);
    expect(init.stderr).toContain(`Next: todo-k8s verify --manifests ${given} --contract ${contract}`);
    const { exitCode } = await runWithoutCluster(
      Verify,
      ['--manifests', given, '--contract', contract],
      folder,
    );
    expect(exitCode).toBe(0);
  });

  test('a Secret and a ConfigMap that are not among them are described by what takes values from them', async () => {
    const [row] = ROWS.filter(({ id }) => id === 'd06');
    const given = file('part.yaml');
    const objects = row === undefined ? [] : (render(row) as { kind: string }[]);
    const part = objects.filter(({ kind }) => kind !== 'Secret' && kind !== 'ConfigMap');
    writeFileSync(given, part.map((object) => stringify(object)).join('---\n'));
    const { stdout, exitCode } = await runWithoutCluster(
      ContractInit,
      ['--from', `manifests=${given}`],
      folder,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('  secret: todo-secrets');
    expect(stdout).toContain('  configMap: todo-config');
  });
});

describe('from what Helm has stored', () => {
  test('it is what was installed, whatever somebody has changed since', async () => {
    const lab = await startLab();
    try {
      await lab.change(({ manifests }) => {
        manifests.service.spec.type = 'ClusterIP';
      });
      const at = ['--kubeconfig', lab.kubeconfigPath];
      const stored = await runCommand(ContractInit, ['--from', 'release', ...at]);
      const live = await runCommand(ContractInit, ['--from', 'live', ...at]);
      expect([stored.exitCode, live.exitCode]).toEqual([0, 0]);
      expect(live.stdout).toContain('type: ClusterIP');
      expect(stored.stdout).toContain('Contract of Deployment todo-chatbot-backend');
      expect(stored.stdout).not.toContain('type: ClusterIP');
      const other = await runCommand(ContractInit, ['--from', 'release', '--release', 'nobody', ...at]);
      expect(other.exitCode).toBe(2);
      expect(other.stderr).toContain('no release "nobody" in namespace "default"; there are: todo-chatbot');
    } finally {
      await lab.close();
    }
  });
});

test.each([
  ['nothing', /expected live, release, manifests=FILE, chart=DIR or bundle=FILE/],
  ['manifests=', /expected live, release/],
  ['live=x', /expected live, release/],
])('--from %s is wrong usage', async (from, says) => {
  const { exitCode, stderr } = await runCommand(ContractInit, ['--from', from]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(says);
});

test('Helm’s values belong to a chart, and manifests to no cluster', async () => {
  const values = await runCommand(ContractInit, ['--from', 'live', '--set', 'a=b']);
  expect([values.exitCode, values.stderr]).toEqual([2, expect.stringContaining('--from chart=DIR')]);
  const lab = await runCommand(ContractInit, ['--from', 'manifests=x', '--lab']);
  expect([lab.exitCode, lab.stderr]).toEqual([2, expect.stringContaining('asks no cluster')]);
});
