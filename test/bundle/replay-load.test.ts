/**
 * Every scenario of the lab through `loadbalance`: recorded, moved to a folder of its own, and looked at again without
 * kubeconfig, home or cluster. It comes to the same report to the byte, but for durations, and holds no secret.
 */
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import Loadbalance from '../../src/commands/loadbalance.js';
import { startLab } from '../../src/lab/lab.js';
import { SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { CANARIES, canaryForms } from '../scenarios/canaries.js';
import { withoutPlace } from '../scenarios/stable.js';
import { bundleBytes, runCommand, runWithoutCluster, temporaryFolder, withoutDurations } from './support.js';

jest.setTimeout(60_000);

const { file, remove } = temporaryFolder();
const elsewhere = file('elsewhere');
mkdirSync(elsewhere);
afterAll(remove);

test.each(SCENARIO_NAMES)('%s', async (name) => {
  const lab = await startLab(name, { secrets: { ...CANARIES } });
  const recorded = file('load.tgz');
  const live = await runCommand(Loadbalance, [
    ...['--kubeconfig', lab.kubeconfigPath, '--record', recorded, '-o', 'json'],
  ]).finally(() => lab.close());

  const moved = path.join(elsewhere, 'load.tgz');
  renameSync(recorded, moved);
  const replayed = await runWithoutCluster(Loadbalance, ['--from', moved, '-o', 'json'], elsewhere);
  expect(replayed.exitCode).toBe(live.exitCode);
  // The replay names the recorded context, never the path of the recorder's kubeconfig.
  expect(withoutDurations(withoutPlace(replayed.stdout))).toEqual(
    withoutDurations(withoutPlace(live.stdout)),
  );

  const bytes = await bundleBytes(moved);
  for (const form of canaryForms()) expect(bytes.includes(form)).toBe(false);
});
