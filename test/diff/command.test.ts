/** `diff` as a user has it: a lab that changes, bundles of before and after, and the cluster itself. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Collect from '../../src/commands/collect.js';
import Diff from '../../src/commands/diff.js';
import type { DiffResult } from '../../src/diff/model.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';

jest.setTimeout(60_000);

const { folder, file, remove } = temporaryFolder();
let lab: Lab;

async function collect(name: string): Promise<string> {
  const target = file(name);
  await runCommand(Collect, ['--kubeconfig', lab.kubeconfigPath, '-o', target]);
  return target;
}

beforeAll(async () => {
  lab = await startLab();
  await collect('1-healthy.tgz');
  await collect('2-healthy.tgz');
  await lab.change(({ manifests }) => {
    manifests.service.spec.type = 'ClusterIP';
    delete manifests.service.spec.ports?.[0]?.nodePort;
  });
  await collect('3-broken.tgz');
  writeFileSync(file('4-no-bundle.tgz'), 'something else');
});

afterAll(async () => {
  await lab.close();
  remove();
});

async function diff(...argv: string[]): Promise<{ exitCode: number; result: DiffResult }> {
  const { exitCode, stdout, stderr } = await runCommand(Diff, [...argv, '-o', 'json']);
  if (stdout === '') throw new Error(stderr);
  return { exitCode, result: JSON.parse(stdout) as DiffResult };
}

test('two bundles: the field, what verify now says, and nothing else', async () => {
  const { exitCode, result } = await diff(file('1-healthy.tgz'), file('3-broken.tgz'));
  expect(exitCode).toBe(1);
  const service = result.changes.filter(({ area }) => area === 'service');
  expect(service.map(({ field, before, after, contract }) => [field, before, after, contract])).toEqual([
    ['spec.type', 'NodePort', 'ClusterIP', 'NodePort'],
    ['spec.ports[http].nodePort', '30081', null, '30081'],
  ]);
  expect(result.changes.filter(({ area }) => area === 'checks').map(({ object }) => object)).toContain(
    'service/type',
  );
  expect(new Set(result.changes.map(({ area }) => area))).toEqual(new Set(['checks', 'service']));
});

test('tokens on one side alone are no change of the cluster, which is said', async () => {
  process.env.XDG_DATA_HOME = file('data');
  const hidden = file('hidden/3-broken.tgz');
  mkdirSync(path.dirname(hidden));
  await runCommand(Collect, ['--kubeconfig', lab.kubeconfigPath, '--pseudonymize', '-o', hidden]);
  delete process.env.XDG_DATA_HOME;
  const { result } = await diff(file('3-broken.tgz'), hidden);
  expect(result.notices).toEqual([expect.stringContaining('those differ for that alone')]);
  expect((await runCommand(Diff, [file('3-broken.tgz'), hidden])).stdout).toMatch(
    /▲ .*hidden\/3-broken\.tgz has\s+tokens/,
  );
  expect((await diff(hidden, hidden)).result.notices).toEqual([]);
});

test('a bundle and the cluster', async () => {
  const broken = await diff(file('3-broken.tgz'), 'live', '--kubeconfig', lab.kubeconfigPath);
  expect(broken.result.changes).toEqual([]);
  expect(broken.exitCode).toBe(0);
  const healthy = await diff(file('1-healthy.tgz'), '--kubeconfig', lab.kubeconfigPath);
  expect(healthy.result.b.label).toBe('live');
  expect(healthy.exitCode).toBe(1);
});

test('since the newest bundle that passed, beside it or in a folder', async () => {
  const beside = await diff('--since-healthy', file('3-broken.tgz'));
  expect(beside.result.a.label).toBe(file('2-healthy.tgz'));
  const live = await diff('--since-healthy', '--in', folder, '--kubeconfig', lab.kubeconfigPath);
  expect(live.result.a.label).toBe(path.join(folder, '2-healthy.tgz'));
  mkdirSync(file('empty'));
  const none = await runCommand(Diff, ['--since-healthy', file('3-broken.tgz'), '--in', file('empty')]);
  expect({ exitCode: none.exitCode, stdout: none.stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(none.stderr).toMatch(/none of the 0 bundles/);
});

test('wrong use is told', async () => {
  expect((await runCommand(Diff, [])).stderr).toMatch(/name two states/);
  expect((await runCommand(Diff, ['--since-healthy', 'a', 'b'])).stderr).toMatch(/name one/);
  const no = await runCommand(Diff, [file('4-no-bundle.tgz'), file('1-healthy.tgz')]);
  expect(no.exitCode).toBe(2);
  expect(no.stderr).toMatch(/4-no-bundle\.tgz: it is damaged, or no bundle/);
});
