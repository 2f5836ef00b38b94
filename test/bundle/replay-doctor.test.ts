/**
 * Every scenario of the lab through `doctor`, `collect` and `loadbalance`: recorded, moved to a folder of its own, and
 * looked at again without kubeconfig, home or cluster. What doctor recorded comes to the same report to the byte, but
 * for durations; what collect read comes to the same causes, statuses and exit codes.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import Collect from '../../src/commands/collect.js';
import Doctor from '../../src/commands/doctor/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { CANARIES, canaryForms } from '../scenarios/canaries.js';
import { bundleBytes, runCommand, runWithoutCluster, temporaryFolder, withoutDurations } from './support.js';

jest.setTimeout(60_000);
// Access logs are waited for 2 s at most: on an overloaded machine a request may stay unattributed, which is unknown.
jest.retryTimes(2);

const { file, remove } = temporaryFolder();
const elsewhere = file('elsewhere');
mkdirSync(elsewhere);
afterAll(remove);

/** What two runs over the same state have in common: what was found, and what it means. */
function outcome({ checks, diagnoses, unexplained, exitCode, ...rest }: Report) {
  return {
    checks: checks.map(({ id, status }) => `${id} ${status}`),
    causes: diagnoses?.map(({ cause, verdict, object }) => [cause, verdict, object?.name]),
    hops: rest.topics?.map(({ topic, path }) => [topic, ...path.map(({ hop, state }) => `${hop} ${state}`)]),
    unexplained,
    exitCode,
  };
}

describe.each(SCENARIO_NAMES)('%s', (name) => {
  test('has the same causes from a bundle as it had live', async () => {
    const lab = await startLab(name, { secrets: { ...CANARIES } });
    const at = ['--kubeconfig', lab.kubeconfigPath];
    const recorded = { doctor: file('d.tgz'), collect: file('c.tgz'), loadbalance: file('l.tgz') };
    const json = file('doctor.json');
    let live, collected, balanced;
    try {
      live = await runCommand(Doctor, [
        ...at,
        '--no-color',
        '--record',
        recorded.doctor,
        '-o',
        `json=${json}`,
      ]);
      collected = await runCommand(Collect, [...at, '-o', recorded.collect]);
      balanced = await runCommand(Loadbalance, [...at, '--record', recorded.loadbalance, '-o', 'json']);
    } finally {
      await lab.close();
    }
    expect(live.stderr).toContain(`Recorded in ${recorded.doctor}`);
    expect([0, 3]).toContain(collected.exitCode);
    const moved = Object.fromEntries(
      Object.entries(recorded).map(([command, from]) => {
        const to = path.join(elsewhere, path.basename(from));
        renameSync(from, to);
        return [command, to];
      }),
    ) as typeof recorded;
    const replay = (command: typeof Doctor | typeof Loadbalance, from: string) =>
      runWithoutCluster(command, ['--from', from, '-o', 'json'], elsewhere);

    const again = await replay(Doctor, moved.doctor);
    const before = withoutDurations(readFileSync(json, 'utf8'));
    expect(again.exitCode).toBe(live.exitCode);
    expect(withoutDurations(again.stdout)).toEqual(before);

    const elsewhereRead = await replay(Doctor, moved.collect);
    expect(elsewhereRead.exitCode).toBe(live.exitCode);
    expect(outcome(JSON.parse(elsewhereRead.stdout) as Report)).toEqual(outcome(before));

    const load = await replay(Loadbalance, moved.loadbalance);
    expect(load.exitCode).toBe(balanced.exitCode);
    expect(withoutDurations(load.stdout)).toEqual(withoutDurations(balanced.stdout));

    for (const bundle of Object.values(moved)) {
      const bytes = await bundleBytes(bundle);
      for (const form of canaryForms()) expect(bytes.includes(form)).toBe(false);
    }
  });
});
