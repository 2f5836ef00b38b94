/** Each deployment of the field, judged from its manifests: the same deviations as where it runs, and no cluster. */
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import Verify from '../../src/commands/verify.js';
import type { CheckResult, Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { runCommand, runWithoutCluster, temporaryFolder } from '../bundle/support.js';
import { render, ROWS } from './render.js';

const { folder, file, remove } = temporaryFolder();
afterAll(remove);

async function live(objects: object[]): Promise<Report> {
  const lab = await startLab('healthy', { objects });
  try {
    const { stdout, stderr } = await runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, '-o', 'json']);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Report;
  } finally {
    await lab.close();
  }
}

/** What is wrong, in words and places. Where the files are is the plan's alone, and a free node port the cluster's. */
function deviations({ findings }: CheckResult): string[] {
  return findings.map(({ message, data, object }) => {
    const rest = Object.entries(data).filter(([key]) => key !== 'place');
    const text = JSON.stringify([message, object?.kind, object?.name, Object.fromEntries(rest)]);
    return data.field === 'spec.ports[0].nodePort'
      ? text.replaceAll(/"not set"|not set|31000/g, 'ANY')
      : text;
  });
}

/** Checks of what runs; the others judge objects, and there is no reason to skip one. */
const RUNNING =
  /^(cluster|pods|functional|load-balancing)\/|^(deployment\/(rollout-complete|release)|network\/(service-dns|database-egress))$/;

describe.each(ROWS)('$id', (row) => {
  test('is judged from its manifests as where it runs', async () => {
    const objects = render(row);
    const given = file(`${row.id}.yaml`);
    writeFileSync(given, objects.map((object) => stringify(object)).join('---\n'));
    const before = await runWithoutCluster(Verify, ['--manifests', given, '-o', 'json'], folder);
    if (before.stdout === '') throw new Error(before.stderr);
    const planned = JSON.parse(before.stdout) as Report;
    const running = await live(objects);

    expect(planned.summary.unknown).toBe(0);
    expect(before.exitCode).toBe(planned.summary.fail > 0 ? 1 : 0);
    for (const check of planned.checks) {
      const other = running.checks.find(({ id }) => id === check.id);
      if (RUNNING.test(check.id)) {
        expect(check).toMatchObject({ status: 'skip' });
        expect(check.message).toMatch(/^only /);
        continue;
      }
      expect([check.id, check.status, deviations(check)]).toEqual([
        check.id,
        other?.status,
        other === undefined ? [] : deviations(other),
      ]);
      for (const { data, object } of check.findings)
        if (object !== null && objects.some((each) => isNamed(each, object)))
          expect(String(data.place)).toMatch(/\.yaml:\d+$/);
    }
  });
});

function isNamed(object: object, { kind, name }: { kind: string; name: string }): boolean {
  const { kind: own, metadata } = object as { kind: string; metadata: { name: string } };
  return own === kind && metadata.name === name;
}
