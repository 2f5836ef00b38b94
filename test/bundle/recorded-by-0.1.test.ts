/**
 * Bundles that version 0.1.0 recorded from its own lab: they are judged as those of today are. What it did not record is
 * said to be not recorded, and is never wrong usage or an internal error.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import Diff from '../../src/commands/diff.js';
import Doctor from '../../src/commands/doctor/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import type { Diagnosis } from '../../src/rule/diagnosis.js';
import { entriesOf, withFact } from './archive.js';
import { runWithoutCluster, temporaryFolder } from './support.js';

jest.setTimeout(60_000);

const { file, remove } = temporaryFolder();
afterAll(remove);
const elsewhere = file('elsewhere');
mkdirSync(elsewhere);

const recorded = (name: string) => `${process.cwd()}/test/fixtures/bundles-0.1/${name}.tgz`;
const judged = async (command: Parameters<typeof runWithoutCluster>[0], bundle: string) => {
  const outcome = await runWithoutCluster(command, ['--from', bundle, '-o', 'json'], elsewhere);
  return { ...outcome, report: JSON.parse(outcome.stdout) as Report & { diagnoses: Diagnosis[] } };
};
const withStatus = ({ checks }: Report, ...wanted: string[]) =>
  checks.filter(({ status }) => wanted.includes(status)).map(({ id }) => id);

/** The bundle of `name` with another text for one fact. */
function changed(name: string, key: string, fact: unknown): string {
  const sound = entriesOf(gunzipSync(readFileSync(recorded(name))));
  writeFileSync(file('changed.tgz'), withFact(sound, key, JSON.stringify(fact)));
  return file('changed.tgz');
}

describe('judged today', () => {
  test('a healthy deployment, which collect recorded', async () => {
    const verified = await judged(Verify, recorded('healthy'));
    expect([verified.exitCode, withStatus(verified.report, 'fail', 'warn', 'unknown', 'blocked')]).toEqual([
      0,
      [],
    ]);
    // What nobody looked at then is skipped, and says so.
    const { message } = verified.report.checks.find(({ id }) => id === 'functional/cors') ?? {};
    expect(message).toBe('it was not asked when this was recorded');
    const { exitCode, report } = await judged(Doctor, recorded('healthy'));
    expect([exitCode, report.diagnoses]).toEqual([0, []]);
  });

  test('a crash, which doctor recorded', async () => {
    const { exitCode, report } = await judged(Doctor, recorded('crash-loop'));
    expect([exitCode, report.diagnoses[0]?.cause, report.diagnoses[0]?.verdict]).toEqual([
      1,
      'crash/permission-denied',
      'confirmed',
    ]);
    const verified = await judged(Verify, recorded('crash-loop'));
    expect([verified.exitCode, withStatus(verified.report, 'fail')]).toEqual([
      1,
      ['deployment/rollout-complete', 'pods/restarts', 'pods/running'],
    ]);
  });

  test('what the user was not allowed to read', async () => {
    const { exitCode, report } = await judged(Verify, recorded('forbidden-secrets'));
    expect([exitCode, withStatus(report, 'fail')]).toEqual([3, []]);
    // Nobody could list the release's Secrets: that none was stored is more than anybody saw.
    expect(report.checks.find(({ id }) => id === 'deployment/release')).toMatchObject({
      status: 'unknown',
      message:
        'not in the bundle: todo-k8s 0.1.0 recorded no revision of release todo-chatbot (evidence release)',
    });
    const diagnosed = await judged(Doctor, recorded('forbidden-secrets'));
    expect([diagnosed.exitCode, diagnosed.report.diagnoses[0]?.cause]).toEqual([3, 'evidence/forbidden']);
  });

  test('a load run', async () => {
    const { exitCode, report } = await judged(Loadbalance, recorded('load'));
    expect([exitCode, withStatus(report, 'pass').length, report.checks.length]).toEqual([0, 4, 4]);
    const verified = await judged(Verify, recorded('load'));
    expect([verified.exitCode, withStatus(verified.report, 'fail', 'warn')]).toEqual([3, []]);
    // It had no reason to ask for the health endpoint's words, and what it did not look at is nothing to put right.
    expect(verified.report.serving).toMatchObject({
      state: 'unknown',
      facts: ['not in the bundle: loadbalance did not read it (evidence health)', '2 of 2 pods ready'],
    });
    const unlooked = verified.report.checks.filter(({ message }) => message.startsWith('not in the bundle'));
    expect([unlooked.length, unlooked.flatMap(({ fix }) => fix)]).toEqual([8, []]);
    expect(verified.report.next).toBe('todo-k8s checks explain deployment/exists');
  });

  test('two of them compared', async () => {
    const pair = [recorded('healthy'), recorded('crash-loop')];
    const { exitCode, stdout } = await runWithoutCluster(Diff, [...pair, '-o', 'json'], elsewhere);
    expect([exitCode, stdout.includes('not in the bundle')]).toEqual([1, true]);
  });
});

describe('facts of then', () => {
  const forbidden =
    'services "todo-chatbot-backend" is forbidden: User "dev" cannot get resource "services/proxy" in API group "" in the namespace "default"';
  const AT = '2026-11-30T22:43:01.000Z';
  const route = (more: object) => ({
    ok: true,
    at: AT,
    value: { via: 'none', baseUrl: '', tried: [], balances: false, provesNodePort: false, ...more },
  });

  test('a way that nobody may take has no permission of its own, and is unknown or failed, not an error', async () => {
    const tried = [
      { url: 'http://localhost:30081', outcome: 'refused', detail: 'connection refused' },
      { url: 'https://127.0.0.1:6443/proxy', outcome: 'proxy-error', detail: forbidden },
    ];
    const bundle = changed('healthy', 'route', route({ tried }));
    const verified = await judged(Verify, bundle);
    expect([0, 2, 4]).not.toContain(verified.exitCode);
    expect(withStatus(verified.report, 'unknown', 'fail', 'blocked')).toContain('functional/node-port');
    const diagnosed = await judged(Doctor, bundle);
    expect([1, 3]).toContain(diagnosed.exitCode);
    expect(diagnosed.report.diagnoses.length).toBeGreaterThan(0);
  });

  test('a reason that names no permission', async () => {
    const bundle = changed('healthy', 'networkPolicies', {
      ok: false,
      at: AT,
      why: 'forbidden',
      detail: 'Cannot list networkpolicies in namespace "default": it is forbidden.',
    });
    const { exitCode, report } = await judged(Verify, bundle);
    expect([exitCode, withStatus(report, 'unknown')]).toEqual([3, ['network/policies']]);
    const diagnosed = await judged(Doctor, bundle);
    expect([0, 3]).toContain(diagnosed.exitCode);
  });

  test.each([
    ['a route of a way that there is not', 'route', route({ via: 'carrier-pigeon' })],
    ['a release made up for it', 'release', { ok: true, at: AT, value: { name: 7 } }],
    ['pods that are no list', 'pods', { ok: true, at: AT, value: { length: 1e9 } }],
  ])('%s is refused', async (_what, key, fact) => {
    const bundle = changed('healthy', key, fact);
    for (const command of [Verify, Doctor]) {
      const { exitCode, stderr } = await runWithoutCluster(command, ['--from', bundle], elsewhere);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`evidence/${key}.json`)]);
    }
  });
});

test('no value of a Secret is in them', () => {
  for (const name of ['healthy', 'forbidden-secrets', 'crash-loop', 'load'])
    expect(gunzipSync(readFileSync(recorded(name))).toString()).not.toMatch(
      /npg-lab-7Qw2Xr9Kd4|9f3b1c7e5d2a4860|:\/\/[^/\s"]*:[^/\s"@]+@/,
    );
});
