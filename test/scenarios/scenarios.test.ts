/**
 * Every scenario of the lab through the whole program, in every format at once: which checks do not pass, the exit
 * code, the text as a person sees it (goldens/<scenario>.txt, read them), and no secret in anything that was written.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { loadScenario, SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { decideStyle } from '../../src/report/style.js';
import { renderText } from '../../src/report/text.js';
import { verify } from '../faults/support/verify.js';
import { CANARIES, canaryForms } from './canaries.js';

const GOLDENS = path.join(import.meta.dirname, 'goldens');
const FILES = { json: 'r.json', yaml: 'r.yaml', junit: 'r.xml', markdown: 'r.md', github: 'r.gh', wide: 'r.wide', html: 'r.html', prometheus: 'r.prom', events: 'r.jsonl' };

const folder = mkdtempSync(path.join(os.tmpdir(), 'scenarios-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The report without what differs from run to run, and as it is rendered then: widths must not differ either. */
function stableText(report: Report): string {
  const stable = JSON.parse(JSON.stringify(report), (key, value: unknown) => {
    if (key === 'durationMs') return 7;
    // Where the lab's own node refuses, whatever else listens on localhost has a say in how the head looks.
    if (key === 'route') return null;
    return typeof value === 'string' ? stableString(value) : value;
  }) as Report;
  return renderText(stable, decideStyle({ isTTY: false, columns: 80, env: { LANG: 'C.UTF-8' } }));
}

/** Durations, ages, addresses, ports, clock times. */
function stableString(text: string): string {
  return text
    .replace(/\b\d+(\.\d+)? ms\b/g, '7 ms')
    .replace(/http:\/\/(localhost|127[\d.]+):\d+/g, 'http://127.0.0.9:30081')
    .replace(/https:\/\/127\.0\.0\.1:\d+/g, 'https://127.0.0.1:6443')
    .replace(/127(\.\d+){3}/g, '127.0.0.9')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-02-09T14:05:00Z')
    .replace(/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, '14:05:00')
    .replace(/10 requests: \d+ \/ \d+, p = [\d.]+/g, '10 requests: 6 / 4, p = 0.75')
    .replace(/\d+ min ago/g, '9 min ago')
    .replace(/\d+ s ago/g, '50 s ago');
}

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
      expectGolden(name, stableText(report));
    } finally {
      await lab.close();
    }
  });
});

test('there is a golden file for each scenario, and no other', () => {
  expect(readdirSync(GOLDENS).sort()).toEqual(SCENARIO_NAMES.map((name) => `${name}.txt`).sort());
});

function inOrder(ids: string[] = []): string[] {
  return CHECKS.map(({ meta }) => meta.id as string).filter((id) => ids.includes(id));
}

function expectGolden(name: string, text: string): void {
  const file = path.join(GOLDENS, `${name}.txt`);
  if (process.env.UPDATE_GOLDENS) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
