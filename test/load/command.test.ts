/** The command as it is shipped: its outputs, its exit codes, a signal. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { Report } from '../../src/engine/report.js';
import { buildIfStale, start } from '../faults/support/program.js';

jest.setTimeout(120_000);

let folder: string;
let lab: Lab;

beforeAll(async () => {
  buildIfStale();
  folder = mkdtempSync(join(tmpdir(), 'todo-k8s-load-'));
  lab = await startLab('healthy');
}, 120_000);

afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true });
});

const run = (...argv: string[]) =>
  start(['loadbalance', '--kubeconfig', lab.kubeconfigPath, '--url', lab.url, ...argv]);

/** A kubeconfig of a cluster that is not there. */
function deadKubeconfig(): string {
  const file = join(folder, 'dead');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'a', user: { token: 'x' } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

test('prints the table, the verdict and what makes it more certain, and nothing on stderr', async () => {
  const { exitCode, stdout, stderr } = await run('--requests', '20').ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^pod +share +requests/m);
  expect(stdout).toMatch(/^✔ every ready pod answered +2 of 2$/m);
  expect(stdout).toMatch(/^✔ balanced · /m);
  expect(stdout).toMatch(/todo-k8s loadbalance .*--requests 200$/m);
});

test('writes every format and all samples beside what goes to stdout', async () => {
  const file = (name: string) => join(folder, name);
  const formats = ['text', 'yaml', 'csv', 'junit', 'markdown', 'html'];
  const argv = formats.flatMap((format) => ['-o', `${format}=${file(format)}`]);
  const { exitCode, stdout } = await run('-o', 'json', ...argv, '--samples', file('samples')).ended;
  expect(exitCode).toBe(0);
  const report = JSON.parse(stdout) as Report;
  expect(report.load?.pods.reduce((sum, { requests }) => sum + requests, 0)).toBe(10);
  for (const format of formats) expect(readFileSync(file(format), 'utf8').length).toBeGreaterThan(100);
  const samples = readFileSync(file('samples'), 'utf8').trimEnd().split('\n');
  expect(samples).toHaveLength(11);
  expect(samples[1]).toMatch(/^0,\d+,todo-chatbot-backend-[^,]+,response,200,[\d.]+,[\d.]+,[\d.]+$/);
});

test('a header that may be a secret is not repeated', async () => {
  const { stdout } = await run('-H', 'Authorization: Bearer s3cr3t', '-o', 'json').ended;
  expect(JSON.parse(stdout)).toMatchObject({ exitCode: 0 });
  expect(stdout).not.toContain('s3cr3t');
});

describe('a cluster that cannot be asked', () => {
  test.each(['text', 'json', 'yaml', 'csv', 'junit', 'markdown', 'html'])('as %s', async (format) => {
    const argv = ['loadbalance', '--kubeconfig', deadKubeconfig(), '-o', format];
    const { exitCode, stdout, stderr } = await start(argv).ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
    if (format !== 'csv') expect(stdout).toMatch(/refuses\s+connections/);
    if (format === 'text')
      expect(stdout).toMatch(/^Next: todo-k8s verify --only cluster,pods --kubeconfig=\S+$/m);
  });
});

test('Ctrl-C half-way prints what there is, and exits with 130', async () => {
  const going = run('--requests', '100000', '--rate', '200', '-o', 'json');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  going.child.kill('SIGINT');
  const { exitCode, stdout } = await going.ended;
  expect(exitCode).toBe(130);
  const { interrupted, load } = JSON.parse(stdout) as Report;
  expect(interrupted).toBe(true);
  const sum = (tallies: { requests: number }[] = []) =>
    tallies.reduce((all, { requests }) => all + requests, 0);
  expect(load?.completed).toBeGreaterThan(0);
  expect(sum(load?.pods) + sum(load?.lost) + sum(load?.unattributed) + (load?.unfinished ?? 0)).toBe(100_000);
});

test.each([
  [['--requests', '0'], /greater than or equal to 1/],
  [['--requests', '1000001'], /less than or equal to 1000000/],
  [['--rate', '0'], /--rate: '0' is not allowed/],
  [['--confidence', '1'], /--confidence: '1' is not allowed/],
  [['--path', 'api'], /'api' is not a path/],
  [['--header', 'Host: x'], /set by this program alone/],
  [['--fail-on', 'p99'], /is not a threshold/],
  [['--via', 'train'], /is not a way to the backend/],
  [['--pod-header', ''], /is not a name of a header/],
  [['-o', 'wide'], /'wide' is not a format/],
  [['-o', 'csv=x', '--samples', 'x'], /both name/],
  [['--samples', '/nowhere/x.csv'], /the directory does not exist/],
])('%j is wrong usage', async (argv, message) => {
  // Nothing is asked of a cluster, so none is given.
  const { exitCode, stderr } = await start(['loadbalance', ...argv]).ended;
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});
