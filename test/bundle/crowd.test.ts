/** A namespace with 5,000 pods, all of the Deployment: collected, judged again, diagnosed and compared within 300 MB. */
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openBundle } from '../../src/evidence/bundle/bundle-reader.js';
import type { Report } from '../../src/engine/report.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { crowd } from '../faults/support/crowd.js';
import { faultyApi } from '../faults/support/faulty-api.js';
import { buildIfStale, environment, PROGRAM } from '../faults/support/program.js';
import { temporaryFolder } from './support.js';

jest.setTimeout(180_000);

const PODS = 5000;
/** KiB: 210,000 to 230,000 were measured, by how busy the collector of garbage was. */
const LIMIT_KIB = 300_000;
const LIMIT_MS = 100_000;

const { file, remove } = temporaryFolder();
let lab: Lab;

beforeAll(async () => {
  buildIfStale();
  lab = await startLab();
});

afterAll(async () => {
  await lab.close();
  remove();
});

/** Runs the shipped program. @returns its outcome, and its largest resident set in KiB */
async function measured(argv: string[]) {
  const told = file('rss');
  const hook = path.join(import.meta.dirname, 'max-rss.cjs');
  const env = environment({ MAX_RSS_FILE: told, NODE_OPTIONS: `--require=${hook}` });
  const begin = performance.now();
  const { exitCode, stdout, stderr } = await new Promise<{
    exitCode: number;
    stdout: string;
    stderr: string;
  }>((resolve) => {
    const options = { env, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [PROGRAM, ...argv], options, (error, out, err) =>
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout: out, stderr: err }),
    );
  });
  expect(stderr).not.toMatch(/internal error/);
  return { exitCode, stdout, ms: performance.now() - begin, rss: Number(readFileSync(told, 'utf8')) };
}

test('5,000 pods fit, in time and in memory', async () => {
  const api = await faultyApi(lab, await crowd(lab, PODS, PODS, []));
  const bundle = file('crowd.tgz');
  // Nothing answers there: to find requests in 5,000 logs takes a minute, and has nothing to do with bundles.
  const argv = ['collect', '--kubeconfig', api.kubeconfig, '--url', 'http://127.0.0.1:9', '-o', bundle];
  const collected = await measured(argv);
  expect(collected.stdout).toContain('kinds of evidence read');
  expect(collected.rss).toBeLessThan(LIMIT_KIB);

  const { reader } = await openBundle(bundle);
  const pods = await reader.read('pods', new AbortController().signal);
  expect(pods.ok && pods.value.length).toBe(PODS);
  expect(statSync(bundle).size).toBeLessThan(4 * 1024 * 1024);

  const replayed = await measured(['verify', '--from', bundle, '-o', 'json']);
  expect(
    (JSON.parse(replayed.stdout) as Report).checks.find(({ id }) => id === 'pods/ready')?.message,
  ).toMatch(/5000/);
  expect(replayed.rss).toBeLessThan(LIMIT_KIB);

  const diagnosed = await measured(['doctor', '--from', bundle, '-o', 'json']);
  const { topics = [] } = JSON.parse(diagnosed.stdout) as Report;
  expect(
    topics
      .find(({ topic }) => topic === 'pods')
      ?.path.map(({ detail }) => detail)
      .join(),
  ).toMatch(/5000/);
  expect(diagnosed.rss).toBeLessThan(LIMIT_KIB);

  const compared = await measured(['diff', bundle, bundle]);
  expect(compared.exitCode).toBe(0);
  expect(compared.rss).toBeLessThan(LIMIT_KIB);
});
