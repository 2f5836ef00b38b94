/** `checks explain` knows every id: each page tells all that a reader needs, and no load run prints an id without one. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { checkOf, EVERY_CHECK } from '../../src/checks/of-load-run.js';
import ChecksExplain from '../../src/commands/checks/explain.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import { EXPLAINED_CAUSES } from '../../src/causes/catalogue.js';
import type { Report } from '../../src/engine/report.js';
import { SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { LOAD_FORMATS } from '../../src/report/outputs.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';
import { expectExplained } from '../support/explained.js';

const { file, remove } = temporaryFolder();
afterAll(remove);

const IDS = [...EVERY_CHECK.map(({ meta }) => meta.id as string), ...EXPLAINED_CAUSES.map(({ id }) => id)];

test.each(IDS)('%s has a page with reason, example and fix', async (id) => {
  const { stdout, exitCode } = await runCommand(ChecksExplain, [id, '--no-color']);
  expect(exitCode).toBe(0);
  for (const row of ['why', 'severity', 'example', '(?:fix|look|undo)']) expect(stdout).toMatch(new RegExp(`^${row}(?: +|\\n)\\S`, 'm'));
  expect(stdout).not.toMatch(/^example +\{/m);
  const json = await runCommand(ChecksExplain, [id, '-o', 'json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    id,
    example: expect.stringMatching(/\S/),
    remedy: expect.stringMatching(/\S/),
  });
});

test('a limit of a run has the page of all limits, and what is none has no page', () => {
  expect(checkOf('load-balancing/limit-12-unattributed')?.meta.id).toBe('load-balancing/limit');
  for (const id of ['load-balancing/limit-', 'load-balancing/limit-1', 'x/limit-1-p99', 'limit-1-p99'])
    expect(checkOf(id)).toBeUndefined();
});

describe.each(SCENARIO_NAMES)('a load run of %s', (name) => {
  test('prints no id without a page, in any format', async () => {
    const formats = LOAD_FORMATS.filter((format) => format !== 'text');
    const outputs = formats.flatMap((format) => ['-o', `${format}=${file(`${name}.${format}`)}`]);
    const { stdout, stderr } = await runCommand(Loadbalance, [
      ...[`--lab=${name}`, '--no-color', '--requests', '4', '--timeout', '1s'],
      ...['--fail-on', 'p50>1ms', '--fail-on', 'errors>1%', ...outputs],
    ]);
    const written = formats.map((format) => readFileSync(file(`${name}.${format}`), 'utf8'));
    const report = JSON.parse(written[formats.indexOf('json')] ?? '') as Report;
    expectExplained(report, [stdout, stderr, ...written].join('\n'));
  });
});
