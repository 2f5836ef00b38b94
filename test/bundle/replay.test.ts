/**
 * What one command recorded, judged by others. That every scenario's own report comes out of its bundle again is
 * looked at where the report is: test/scenarios.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { afterAll, expect, jest, test } from '@jest/globals';
import Collect from '../../src/commands/collect.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import { startLab } from '../../src/lab/lab.js';
import { bundleBytes, runCommand, runWithoutCluster, temporaryFolder, withoutDurations } from './support.js';

jest.setTimeout(60_000);

const { folder, file, remove } = temporaryFolder();
const elsewhere = file('elsewhere');
mkdirSync(elsewhere);
afterAll(remove);

function replay(command: typeof Verify | typeof Loadbalance, argv: string[]) {
  return runWithoutCluster(command, argv, elsewhere);
}

test('what collect reads is judged as verify judges it, and as loadbalance does', async () => {
  const lab = await startLab('crash-loop');
  const bundle = file('collected.tgz');
  try {
    const collected = await runCommand(Collect, ['--kubeconfig', lab.kubeconfigPath, '-o', bundle]);
    expect(collected.exitCode).toBe(0);
    expect(collected.stdout).toMatch(/✔ (\d+) of \1 kinds of evidence read/);
  } finally {
    await lab.close();
  }
  const verified = await replay(Verify, ['--from', bundle, '-o', 'json']);
  expect(verified.exitCode).toBe(1);
  const balanced = await replay(Loadbalance, ['--from', bundle, '-o', 'json']);
  expect(balanced.exitCode).toBe(1);
  expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
});

test('a load run is judged again by the limits of then, or by others', async () => {
  const lab = await startLab();
  const bundle = file('load.tgz');
  let live;
  try {
    live = await runCommand(Loadbalance, [
      ...[
        '--kubeconfig',
        lab.kubeconfigPath,
        '--requests',
        '40',
        '--fail-on',
        'errors>50%',
        '--timeout',
        '4s',
      ],
      ...['--record', bundle, '-o', 'json', '-H', 'Authorization: Bearer load-header-canary'],
    ]);
  } finally {
    await lab.close();
  }
  // Every request is in it: a line for each, below the names of the columns.
  const [, samples = ''] = /(request,at_ms,pod,[^\0]*)/.exec((await bundleBytes(bundle)).toString()) ?? [];
  expect(samples.trimEnd().split('\n')).toHaveLength(41);
  expect(samples).toMatch(/^39,\d+,todo-chatbot-backend-[\w-]+,response,200,/m);
  const replayed = await replay(Loadbalance, ['--from', bundle, '-o', 'json']);
  expect(replayed.exitCode).toBe(live.exitCode);
  expect(withoutDurations(replayed.stdout)).toEqual(withoutDurations(live.stdout));
  expect((await bundleBytes(bundle)).includes('load-header-canary')).toBe(false);

  const stricter = await replay(Loadbalance, ['--from', bundle, '-o', 'json', '--fail-on', 'max>=0ms']);
  expect(stricter.exitCode).toBe(1);
  const sending = await replay(Loadbalance, ['--from', bundle, '--requests', '5']);
  expect(sending.exitCode).toBe(2);
});
