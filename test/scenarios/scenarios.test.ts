/**
 * Every scenario of the lab through the whole program, in every format at once: which checks do not pass, the exit
 * code, the text as a person sees it (goldens/<scenario>.txt, read them), and no secret in anything that was written.
 * The run is recorded, the bundle moved to a folder of its own, and judged again without kubeconfig, home or cluster: the
 * report is the same to the byte, but for how long each check took.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { loadScenario, SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { renderText } from '../../src/report/text.js';
import { bundleBytes, runWithoutCluster, temporaryFolder, withoutDurations } from '../bundle/support.js';
import { verify } from '../faults/support/verify.js';
import { CANARIES, canaryForms } from './canaries.js';
import { expectExplained } from '../support/explained.js';
import { expectReadable } from '../support/readable.js';
import { expectGolden, expectPlace, stableText, withoutPlace } from './stable.js';

const GOLDENS = 'goldens';
const FILES = { json: 'r.json', yaml: 'r.yaml', junit: 'r.xml', markdown: 'r.md', github: 'r.gh', wide: 'r.wide', html: 'r.html', prometheus: 'r.prom', events: 'r.jsonl' };

const { folder, file: inFolder, remove } = temporaryFolder();
const elsewhere = inFolder('elsewhere');
mkdirSync(elsewhere);
afterAll(remove);

describe.each(SCENARIO_NAMES)('%s', (name) => {
  test('fails exactly what it touches, in every format and from its bundle, and gives no secret away', async () => {
    const { expect: expected } = await loadScenario(name);
    const lab = await startLab(name, { secrets: { ...CANARIES } });
    const files = Object.entries(FILES).flatMap(([format, file]) => ['-o', `${format}=${path.join(folder, file)}`]);
    const recorded = inFolder('recorded.tgz');
    const { exitCode, stdout, stderr } = await verify(
      ...['--kubeconfig', lab.kubeconfigPath, '--no-color', '-v', '--record', recorded, '--include-unredacted', ...files],
    ).finally(() => lab.close());
    const written = Object.values(FILES).map((file) => readFileSync(path.join(folder, file), 'utf8'));
    const report = JSON.parse(written[0] ?? '') as Report;

    const having = (status: string) => report.checks.filter((check) => check.status === status).map(({ id }) => id);
    expect({ fail: having('fail'), warn: having('warn'), unknown: having('unknown') }).toEqual({
      fail: inOrder(expected.fail),
      warn: inOrder(expected.warn),
      unknown: inOrder(expected.unknown),
    });
    expect(report.checks.map(({ id }) => id)).toEqual(CHECKS.map(({ meta }) => meta.id as string));
    expect(exitCode).toBe(expected.fail ? 1 : expected.unknown ? 3 : 0);
    expect(stderr).toMatch(/^list \/apis\/apps\/v1\/namespaces\/default\/deployments {2}\w+ {2}\d+ ms$/m);

    const everything = [stdout, stderr, ...written].join('\n');
    for (const form of canaryForms()) expect(everything.includes(form)).toBe(false);
    expectExplained(report, everything);
    expectGolden(GOLDENS, name, stableText(report, renderText));

    expect(stderr).toContain(`Recorded in ${recorded}`);
    const moved = path.join(elsewhere, 'moved.tgz');
    renameSync(recorded, moved);
    const again = inFolder('again.json');
    const replayed = await runWithoutCluster(Verify, ['--from', moved, '--no-color', '-o', `json=${again}`], elsewhere);
    expect(replayed.exitCode).toBe(exitCode);
    const text = readFileSync(again, 'utf8');
    expect(withoutDurations(withoutPlace(text))).toEqual(withoutDurations(withoutPlace(written[0] ?? '')));
    expectPlace(written[0] ?? '', `--kubeconfig ${lab.kubeconfigPath}`, `--kubeconfig=${lab.kubeconfigPath}`);
    expectPlace(text, '--context todo-k8s-lab', '--context=todo-k8s-lab');
    expect(text).not.toContain(lab.kubeconfigPath);
    expectReadable(report.checks);
    const bytes = await bundleBytes(moved);
    expect(bytes.includes('"namespace": "default"')).toBe(true);
    for (const form of canaryForms()) expect(bytes.includes(form)).toBe(false);
  });
});

test('there is a golden file for each scenario, and no other', () => {
  expect(readdirSync(path.join(import.meta.dirname, GOLDENS)).sort()).toEqual(SCENARIO_NAMES.map((name) => `${name}.txt`).sort());
});

function inOrder(ids: string[] = []): string[] {
  return CHECKS.map(({ meta }) => meta.id as string).filter((id) => ids.includes(id));
}
