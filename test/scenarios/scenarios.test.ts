/**
 * Every scenario of the lab through the whole program, in every format at once: which checks do not pass, the exit
 * code, the text as a person sees it (goldens/<scenario>.txt, read them), and no secret in anything that was written.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { loadScenario, SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { renderText } from '../../src/report/text.js';
import { verify } from '../faults/support/verify.js';
import { CANARIES, canaryForms } from './canaries.js';
import { expectGolden, stableText } from './stable.js';

const GOLDENS = 'goldens';
const FILES = { json: 'r.json', yaml: 'r.yaml', junit: 'r.xml', markdown: 'r.md', github: 'r.gh', wide: 'r.wide', html: 'r.html', prometheus: 'r.prom', events: 'r.jsonl' };

const folder = mkdtempSync(path.join(os.tmpdir(), 'scenarios-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Access logs are waited for 2 s at most: on an overloaded machine a request may stay unattributed, which is unknown.
jest.retryTimes(2);

describe.each(SCENARIO_NAMES)('%s', (name) => {
  test('fails exactly what it touches, in every format, and gives no secret away', async () => {
    const { expect: expected } = await loadScenario(name);
    const lab = await startLab(name, { secrets: { ...CANARIES } });
    try {
      const files = Object.entries(FILES).flatMap(([format, file]) => ['-o', `${format}=${path.join(folder, file)}`]);
      const { exitCode, stdout, stderr } = await verify(
        ...['--kubeconfig', lab.kubeconfigPath, '--no-color', '-v', ...files],
      );
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
      expectGolden(GOLDENS, name, stableText(report, renderText));
    } finally {
      await lab.close();
    }
  });
});

test('there is a golden file for each scenario, and no other', () => {
  expect(readdirSync(path.join(import.meta.dirname, GOLDENS)).sort()).toEqual(SCENARIO_NAMES.map((name) => `${name}.txt`).sort());
});

function inOrder(ids: string[] = []): string[] {
  return CHECKS.map(({ meta }) => meta.id as string).filter((id) => ids.includes(id));
}
